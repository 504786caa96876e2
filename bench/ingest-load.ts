/**
 * The load of the ingest benchmark, in a process of its own: keep-alive connections that each send one webhook after another, as fast as answers come.
 * Plain sockets and one prepared buffer a connection, in which only the webhook id changes: a load generator that costs as much as the server would
 * measure itself. Started by ingest.bench.ts; reads its task as JSON from standard input, prints one JSON line.
 */
import { createHmac } from 'node:crypto';
import net from 'node:net';
import { text } from 'node:stream/consumers';

export interface LoadTask { port: number; path: string; topic: string; shop: string; secret: string; connections: number; seconds: number; run: number; bodies: string[] }

export interface LoadResult {
  /** Answers by status; sent is their sum, because every connection waits for its last answer. */
  statuses: Record<string, number>;
  ms: number;
  /** Milliseconds from the last byte written to the answer: 50th, 99th, 100th percentile. */
  p50: number; p99: number; max: number;
  /** Requests of each connection: ids are webhookId(run, connection, 1…n). */
  sent: number[];
  /** Ids that were answered otherwise than by 200. */
  refused: string[];
  cpuMs: number;
}

/** Fixed width, so that it can be written in place: a UUID of run, connection and count. */
export function webhookId(run: number, connection: number, count: number): string {
  const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
  return `${hex(run, 8)}-${hex(connection, 4)}-4000-8000-${hex(count, 12)}`;
}

function connection(task: LoadTask, number: number, until: number, note: (ms: number, status: string) => void): Promise<{ sent: number; refused: string[] }> {
  const body = Buffer.from(task.bodies[number % task.bodies.length]!);
  const signature = createHmac('sha256', task.secret).update(body).digest('base64');
  const head = `POST ${task.path} HTTP/1.1\r\nhost: 127.0.0.1:${task.port}\r\ncontent-type: application/json\r\nx-shopify-topic: ${task.topic}\r\nx-shopify-shop-domain: ${task.shop}\r\n`
    + `x-shopify-api-version: 2026-10\r\nx-shopify-triggered-at: 2026-11-24T12:00:00.000000000Z\r\nx-shopify-hmac-sha256: ${signature}\r\ncontent-length: ${body.length}\r\nx-shopify-webhook-id: `;
  const message = Buffer.concat([Buffer.from(`${head}${webhookId(task.run, number, 0)}\r\n\r\n`), body]);
  const idAt = head.length;
  return new Promise((resolve, reject) => {
    const socket = net.connect(task.port, '127.0.0.1');
    let sent = 0, at = 0, id = '', rest = '';
    const refused: string[] = [];
    const send = (): void => {
      if (performance.now() >= until) { socket.destroy(); resolve({ sent, refused }); return; }
      id = webhookId(task.run, number, ++sent);
      message.write(id, idAt, 'latin1');
      at = performance.now();
      socket.write(message);
    };
    socket.setNoDelay(true).on('connect', send).on('error', reject).on('close', () => reject(new Error(`connection ${number} closed by the server`)));
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(rest)?.[1] ?? 0);
      if (rest.length < end + 4 + length) return;
      const status = rest.slice(9, 12);
      note(performance.now() - at, status);
      if (status !== '200') refused.push(id);
      rest = '';
      send();
    });
  });
}

if (import.meta.main) {
  const task = JSON.parse(await text(process.stdin)) as LoadTask;
  const took: number[] = [], statuses: Record<string, number> = {};
  const start = performance.now(), until = start + task.seconds * 1000;
  const ends = await Promise.all(Array.from({ length: task.connections }, (_, number) =>
    connection(task, number, until, (ms, status) => { took.push(ms); statuses[status] = (statuses[status] ?? 0) + 1; })));
  const ms = performance.now() - start, sorted = Float64Array.from(took).sort();
  const rank = (q: number): number => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
  const cpu = process.cpuUsage();
  const result: LoadResult = { statuses, ms, p50: rank(0.5), p99: rank(0.99), max: rank(1), sent: ends.map((e) => e.sent), refused: ends.flatMap((e) => e.refused), cpuMs: (cpu.user + cpu.system) / 1000 };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
