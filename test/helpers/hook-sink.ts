/** A real HTTP server that keeps what is posted to it; it answers as told. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface Posted { path: string; headers: http.IncomingHttpHeaders; body: string }
export interface HookSink { url: string; posts: Posted[]; /** What it answers to the next posts. */ status: number; headers: Record<string, string>; answer: string }

export async function hookSink(): Promise<HookSink> {
  const sink: HookSink = { url: '', posts: [], status: 200, headers: {}, answer: 'ok' };
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      sink.posts.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      response.writeHead(sink.status, sink.headers).end(sink.answer);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => new Promise<void>((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }));
  return sink;
}
