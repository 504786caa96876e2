/** The pretended Inventory Planner on a port of this machine: its API, and `/planner-sandbox/` to move it by hand. Loopback only. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, HttpRefusal, jsonObject, jsonReply, proxyPage, type StoreReply } from '../shopify/http-message.ts';
import { Account, Invalid, type Memory, type Platform } from './account.ts';
import { Api } from './api.ts';
import { control } from './control.ts';
import { Faults } from './faults.ts';

export interface PlannerOptions {
  /** 0 picks a free one. */
  port: number;
  apiKey: string;
  /** `a` and digits. */
  accountId: string;
  platform(): Platform;
  currency?: string;
  clock?: { now(): Date };
  /** A file that keeps orders, terms and statuses between two starts. */
  memory?: string;
  /** The folder that holds the folders of its Advanced CSV connector, read at each sync. */
  files?: string;
}
export interface SandboxPlanner {
  url: string; account: Account; faults: Faults;
  /** Every call so far: `GET purchase-orders`. */
  calls: string[];
  stop(): Promise<void>;
}

const MAX_BODY = 4 * 1024 * 1024;
const HANG_MS = 60_000;

export async function startPlanner(options: PlannerOptions): Promise<SandboxPlanner> {
  const now = (): number => (options.clock?.now() ?? new Date()).getTime(), calls: string[] = [];
  const faults = new Faults(), account = new Account(() => options.platform(), now, options.currency, options.files), api = new Api(account, faults);
  if (options.memory) account.recall(readMemory(options.memory));
  account.sync();
  const keep = (): void => { if (options.memory) writeFileSync(options.memory, JSON.stringify(account.remember())); };

  async function planned(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): Promise<void> {
    const method = request.method ?? 'GET', reply = (given: StoreReply): void => { response.writeHead(given.status, given.headers).end(given.body); };
    const refused = (status: number, message: string, headers: Record<string, string> = {}): void => reply(jsonReply(status, { result: { status: 'error', message } }, headers));
    const body = await bodyOf(request, MAX_BODY);
    calls.push(`${method} ${path}`);
    if (request.headers.authorization !== options.apiKey || request.headers['account'] !== options.accountId) return refused(401, 'Authorization or Account header is not valid');
    if (faults.on === 'any' || method !== 'GET') {
      if (faults.take('throttle')) return refused(429, 'Too many requests', { 'Retry-After': '3' });
      if (faults.take('throttleSilently')) return refused(429, 'Too many requests');
      if (faults.take('unavailable')) return refused(503, 'Service unavailable');
      if (faults.take('html')) return reply(proxyPage());
      if (faults.take('hang')) { await new Promise((resolve) => { setTimeout(resolve, HANG_MS).unref(); }); return refused(503, 'Service unavailable'); }
      if (faults.take('fail')) return refused(500, 'Internal server error');
      if (faults.take('refuse')) return refused(500, 'expected_date: This value is not valid.');
    }
    account.syncIfDue();
    if (method === 'GET' && Number(query.get('page') ?? 0) > 0 && faults.take('grow')) appear(account);
    try {
      const answer = api.answer(method, path, query, jsonObject(body));
      if (method !== 'GET') keep();
      if (method !== 'GET' && faults.take('loseAnswer')) { request.socket.destroy(); return undefined; }
      if (method !== 'GET' && faults.take('empty')) { response.writeHead(204).end(); return undefined; }
      return reply(answer);
    } catch (error) {
      // What a form would say of a field has been seen under 500.
      if (error instanceof Invalid) return refused(500, error.message);
      if (error instanceof HttpRefusal) return refused(error.status, error.message);
      throw error;
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://planner');
    if (pathname.startsWith('/api/v1/')) return planned(request, response, pathname.slice('/api/v1/'.length), searchParams);
    if (pathname.startsWith('/planner-sandbox/')) {
      const body = request.method === 'POST' ? jsonObject(await bodyOf(request, MAX_BODY)) : {}, answer = jsonReply(200, control({ account, faults }, pathname.slice('/planner-sandbox/'.length), body));
      keep();
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    throw new HttpRefusal(404, `${request.method} ${pathname} is not simulated`);
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) { response.destroy(); return; }
      const reply = jsonReply(error instanceof HttpRefusal ? error.status : 422, { result: { status: 'error', message: error instanceof Error ? error.message : String(error) } });
      response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, account, faults, calls,
    async stop() {
      keep();
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  };
}

/** Null when there is none yet, or none that can be read: the planner begins anew. */
function readMemory(file: string): Memory | null {
  try { return JSON.parse(readFileSync(file, 'utf8')) as Memory; } catch { return null; }
}

/** Somebody adds goods while a list is being read. */
function appear(account: Account): void {
  const n = account.variants.size + 1, id = `${account.connection}_9${String(n).padStart(6, '0')}`;
  account.variants.set(id, { id, platformId: id.split('_')[1]!, sku: `NEW-${n}`, title: `New ${n}`, barcode: null, vendor: 'Mill', price: 1000, cost: 400, removed: false, updatedAt: account.syncedAt ?? 0 });
}
