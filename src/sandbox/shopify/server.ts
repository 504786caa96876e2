/** The simulated store on HTTP, loopback only. */
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, ConnectionLost, HttpRefusal, jsonReply, type StoreReply } from './http-message.ts';
import { openStore, type Store, type StoreOptions } from './store.ts';

const MAX_BODY = 8 * 1024 * 1024;

export interface ServeOptions extends StoreOptions {
  /** 0 picks a free port; null opens none: the store is reached through `handle` only. */
  port: number | null;
}
export interface ServedStore extends Omit<Store, 'stop' | 'resume' | 'baseUrl' | 'resultFile'> { url: string; stop(): Promise<void> }

/** Starts the store's server on 127.0.0.1. Rejects when the port is taken. */
export async function serveStore(options: ServeOptions): Promise<ServedStore> {
  const store = openStore(options);
  const server = options.port === null ? null : await listen(store, options.port).catch(async (error: unknown) => { await store.stop(); throw error; });
  if (server !== null) store.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  store.resume();
  return {
    ...store, url: store.baseUrl,
    async stop() {
      store.bulk.stop();
      server?.closeAllConnections();
      if (server !== null) await new Promise<void>((resolve) => { server.close(() => resolve()); });
      await store.stop();
    },
  };
}

async function listen(store: Store, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    serve(store, request, response).catch((error: unknown) => {
      if (error instanceof ConnectionLost) {
        // The caller waits as long as the fault says, then hears nothing.
        setTimeout(() => request.socket.destroy(), error.afterMs).unref();
        return;
      }
      if (response.headersSent) response.destroy();
      else send(response, jsonReply(error instanceof HttpRefusal ? error.status : 500, { errors: error instanceof Error ? error.message : String(error) }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function serve(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://store');
  const file = request.method === 'GET' ? store.resultFile(pathname) : null;
  if (file !== null) {
    response.writeHead(200, { 'Content-Type': 'application/jsonl' });
    createReadStream(file).on('error', () => response.destroy()).pipe(response);
    return;
  }
  send(response, await store.handle({ method: request.method ?? 'GET', path: request.url ?? '/', headers: request.headers, body: await bodyOf(request, MAX_BODY) }));
}

const DROP_MS = 50;

function send(response: ServerResponse, reply: StoreReply): void {
  response.writeHead(reply.status, reply.headers);
  if (reply.takesMs === undefined) { response.end(reply.body); return; }
  const drops = Math.max(1, Math.ceil(reply.takesMs / DROP_MS));
  const size = Math.max(1, Math.ceil(reply.body.length / drops));
  let at = 0;
  const timer = setInterval(() => {
    response.write(reply.body.subarray(at, at + size));
    at += size;
    if (at >= reply.body.length) { clearInterval(timer); response.end(); }
  }, DROP_MS);
  response.once('close', () => clearInterval(timer));
}
