/** A pretended third-party warehouse: our REST interface, files over SFTP, and `/warehouse-sandbox/` to move it by hand. Loopback only. */
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, HttpRefusal, jsonObject, jsonReply } from '../shopify/http-message.ts';
import { Building } from './building.ts';
import { Clerk } from './clerk.ts';
import { control } from './control.ts';
import { Faults } from './faults.ts';
import { memoryFile } from './memory-file.ts';
import { Pace } from './pace.ts';
import { RestDesk } from './rest-desk.ts';
import { startSftp } from './sftp-server.ts';
import { Webhooks } from './webhooks.ts';

export interface WarehouseOptions {
  /** 0 picks a free one. */
  port: number;
  /** `whsec_` and base64: signs both ways. */
  secret: string;
  /** Where messages go; null for a warehouse that can only be asked. */
  hookUrl: string | null;
  /** SFTP beside REST, jailed to `folder`. The clerk works every `clerkEveryMs`; 0 only when told. */
  sftp?: { folder: string; port: number; user: string; password: string; clerkEveryMs: number };
  /** Orders picked by themselves; 0 only when told. */
  ordersPerMinute?: number;
  /** Seeds parcel numbers, split parcels and the faults' dice. */
  seed?: number;
  clock?: { now(): Date };
  /** A file that keeps what the building knows between two starts, for the customer with this secret. */
  memory?: string;
  /** Told when the customer asks or tells something for the first time of all, before the answer. */
  onFirstContact?: (building: Building) => void;
  /** What is on the shelves at the start, by SKU. */
  shelves?: Record<string, number>;
}

export interface SandboxWarehouse {
  /** The address for the connection's settings. */
  url: string;
  /** For the connection's settings, when there is SFTP. */
  sftp: { port: number; fingerprint: string } | null;
  building: Building;
  /** Whether the customer ever asked or told something. */
  readonly isKnown: boolean;
  faults: Faults;
  clerk: Clerk | null;
  pace: Pace;
  /** Sends what is waiting; resolves when the customer has it. */
  flush(): Promise<void>;
  /** What a customer refused or never took. */
  failures: readonly string[];
  stop(): Promise<void>;
}

const MAX_BODY = 4 * 1024 * 1024;

export async function startWarehouse(options: WarehouseOptions): Promise<SandboxWarehouse> {
  const now = (): Date => options.clock?.now() ?? new Date();
  const faults = new Faults(options.seed ?? 1);
  const building: Building = new Building(now, () => { keep(); setImmediate(() => { void webhooks.flush().then(keep); }); });
  const webhooks = new Webhooks(building, faults, { url: options.hookUrl, secret: () => options.secret, now });
  const desk = new RestDesk(building, () => options.secret, now);
  const pace = new Pace(building, () => faults.dice());
  const store = options.memory === undefined ? null : memoryFile(options.memory, options.secret);
  const before = store?.read() ?? null;
  let isKnown = before?.isKnown ?? false;
  // What was said and perhaps never heard is said again: the customer keys it by its id.
  if (before) building.recall(before.memory), building.said.push(...before.unsaid);
  const keep = (): void => { store?.write({ isKnown, memory: building.memory(), unsaid: building.said.slice(webhooks.delivered) }); };
  for (const [sku, quantity] of Object.entries(options.shelves ?? {})) building.lay(sku, quantity);
  if (options.sftp) mkdirSync(options.sftp.folder, { recursive: true });
  const clerk = options.sftp ? new Clerk(options.sftp.folder, building, faults) : null;
  const sftp = options.sftp ? await startSftp({ ...options.sftp, root: options.sftp.folder, loseAnswer: () => faults.take('loseAnswer') }) : null;
  const rounds = options.sftp && options.sftp.clerkEveryMs > 0 ? setInterval(() => clerk!.work(), options.sftp.clerkEveryMs).unref() : null;
  pace.setRate(options.ordersPerMinute ?? 0);

  async function rest(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): Promise<void> {
    const body = await bodyOf(request, MAX_BODY), method = request.method ?? 'GET';
    const refusal = desk.refusal(method, request.url ?? '', request.headers, body);
    if (refusal) return answerJson(response, refusal.status, refusal.body);
    if (!isKnown) {
      isKnown = true;
      options.onFirstContact?.(building);
    }
    if (faults.take('fail')) return answerJson(response, 500, { error: 'Something went wrong' });
    if (faults.take('throttle')) return answerJson(response, 429, { reason: 'too many requests' }, { 'Retry-After': '1' });
    const reply = method === 'POST' ? desk.post(jsonObject(body)) : desk.get(path, query);
    if (method === 'POST') keep();
    if (method === 'POST' && faults.take('loseAnswer')) { request.socket.destroy(); return; }
    answerJson(response, reply.status, reply.body);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://warehouse');
    if (pathname === '/wms' || pathname.startsWith('/wms/')) return rest(request, response, pathname.slice('/wms'.length), searchParams);
    if (pathname.startsWith('/warehouse-sandbox/')) {
      const body = request.method === 'POST' ? jsonObject(await bodyOf(request, MAX_BODY)) : {};
      const answer = await control({ building, faults, pace, clerk, flush: () => webhooks.flush() }, pathname.slice('/warehouse-sandbox/'.length), body)
        .catch((error: unknown) => { throw new HttpRefusal(422, (error as Error).message); });
      return answerJson(response, 200, answer);
    }
    throw new HttpRefusal(404, `${request.method} ${pathname} is not simulated`);
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answerJson(response, error instanceof HttpRefusal ? error.status : 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wms`, sftp: sftp && { port: sftp.port, fingerprint: sftp.fingerprint },
    building, faults, clerk, pace, failures: webhooks.failures,
    get isKnown() { return isKnown; },
    // What was said while a round of sending was under way needs another.
    async flush() { await webhooks.flush(); await webhooks.flush(); },
    async stop() {
      pace.stop();
      if (rounds) clearInterval(rounds);
      await webhooks.stop();
      keep();
      await sftp?.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  };
}

function answerJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const reply = jsonReply(status, body, headers);
  response.writeHead(reply.status, reply.headers).end(reply.body);
}
