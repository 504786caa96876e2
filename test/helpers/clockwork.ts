/**
 * A house on a clock that only the test moves, with as many little shops as its stories need. Nothing runs by itself: what a worker would be woken for is
 * turned by hand in `settle`, so a story says exactly what came before what, and a day passes in no time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { buildHouse, type BuiltHouse } from '../../src/compose.ts';
import { NetworkError, type send } from '../../src/connectors/http.ts';
import { API_VERSION, SCOPES } from '../../src/connectors/shopify/version.ts';
import { FLOWS, flowNamed } from '../../src/flows/contents.ts';
import { fulfilWaiting } from '../../src/flows/fulfilments.ts';
import { applyWaiting, placeWaiting } from '../../src/flows/inbox.ts';
import { tellWaiting } from '../../src/flows/orders-out.ts';
import { adjustWaiting } from '../../src/flows/stock-adjustments.ts';
import { pushWaiting } from '../../src/flows/stock-push.ts';
import { applyDocument } from '../../src/flows/warehouse-feed.ts';
import { buildApp } from '../../src/http/app.ts';
import { readConfig } from '../../src/runtime/config.ts';
import { contextFor, runFlow, type RunResult } from '../../src/runtime/run-flow.ts';
import { ConnectionLost } from '../../src/sandbox/shopify/http-message.ts';
import { freshDatabase } from './database.ts';
import type { ShelfWarehouse } from './shelf-warehouse.ts';
import { openTown, type Town, type TownOptions } from './town.ts';

export const SECRET = 'shpss_clockwork_0123456789abcdef0123';
export type App = Awaited<ReturnType<typeof buildApp>>;

export interface Clockwork {
  house: BuiltHouse; app: App;
  time(): number;
  now(): string;
  advance(ms: number): Promise<void>;
  town(options: TownOptions): Promise<Town>;
  /** Flows somebody asked for, by store: `settle` runs them. */
  asked: Map<number, Set<string>>;
  shelves: Map<number, ShelfWarehouse>;
  /** Runs a flow to its end; throws what it threw. */
  flow(name: string, storeId: number): Promise<RunResult>;
  /** One turn of everything that waits for this town; answers how much was done. */
  turn(town: Town): Promise<number>;
  /** Deliveries, inbox, places, warehouse, pushes and jobs asked for, until for two seconds nothing was to do. */
  settle(town: Town): Promise<void>;
  register(host: string, town: Town): void;
}

/** Where nothing else is said, the story begins on a Monday morning. */
export async function clockwork(start = '2026-03-02T09:00:00.000Z', env: Record<string, string> = {}): Promise<Clockwork> {
  let clock = Date.parse(start);
  const dir = mkdtempSync(path.join(tmpdir(), 'instep-clockwork-'));
  const { url } = await freshDatabase();
  const towns = new Map<string, Town>(), shelves = new Map<number, ShelfWarehouse>(), asked = new Map<number, Set<string>>();
  let current: Town | null = null;

  const transmit: typeof send = async (request) => {
    const target = new URL(request.url), town = towns.get(target.host);
    if (!town) throw new NetworkError(`No answer from ${target.host} (ENOTFOUND)`);
    const told = request.body?.startsWith('{') ? JSON.parse(request.body) as { operationName?: string; variables?: Record<string, unknown> } : {};
    const call: Town['calls'][number] = { operation: told.operationName ?? target.pathname, variables: told.variables ?? {}, at: clock, status: 0, throttled: false, cost: 0 };
    town.calls.push(call);
    await town.before?.(call);
    try {
      const reply = await town.sandbox.handle({ method: request.method, path: `${target.pathname}${target.search}`, headers: request.headers ?? {}, body: request.body ?? null });
      call.status = reply.status;
      if (target.pathname.endsWith('/graphql.json') && reply.status === 200) {
        const answer = JSON.parse(reply.body.toString()) as { errors?: { extensions?: { code?: string } }[]; extensions?: { cost?: { requestedQueryCost: number } } };
        call.throttled = answer.errors?.some((e) => e.extensions?.code === 'THROTTLED') ?? false;
        call.cost = answer.extensions?.cost?.requestedQueryCost ?? 0;
      }
      await town.after?.(call);
      return new Response(new Uint8Array(reply.body), { status: reply.status, headers: reply.headers });
    } catch (error) {
      if (error instanceof ConnectionLost) { clock += error.afterMs; throw new NetworkError(`No answer from ${target.host} (ECONNRESET)`); }
      throw error;
    }
  };

  const house = await buildHouse({
    config: readConfig({ INSTEP_DATA_DIR: dir, INSTEP_LOG: 'silent', INSTEP_PORT: '0', ...env }), databaseUrl: url, send: transmit, log: { info() {}, warn() {}, error(data, message) { if (process.env["CLOCKWORK_LOG"]) console.error(message, data); } },
    clock: { now: () => new Date(clock), sleep: async (ms) => { clock += ms; await current?.sandbox.pump(); } },
    warehouse: async (id) => shelves.get(id)!,
    jobs: { async enqueue(flow, storeId) { asked.set(storeId, (asked.get(storeId) ?? new Set()).add(flow)); }, async work() {}, async stop() {} },
    hub: { on() {}, off() {}, changed() {}, async close() {} },
  });
  Object.assign(house, { publicUrl: 'https://instep.example' });
  const app = await buildApp({ house, flows: FLOWS, apiVersion: API_VERSION, scopes: SCOPES, signedBy: house.signedBy, importStore: () => {} }, { webDir: null });
  afterAll(async () => {
    for (const town of towns.values()) await town.sandbox.stop();
    await app.close();
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const self: Clockwork = {
    house, app, asked, shelves, time: () => clock, now: () => new Date(clock).toISOString(),
    async advance(ms) { clock += ms; await current?.sandbox.pump(); },
    register(host, town) { towns.set(host, town); current = town; },
    town: (options) => openTown(self, options),
    async flow(name, storeId) {
      current = [...towns.values()].find((town) => town.storeId === storeId) ?? current;
      return (await runFlow(house, flowNamed(name)!, storeId, 'scenario'))!;
    },
    async turn(town) {
      current = town;
      const contextOf = (storeId: number) => contextFor(house, storeId, () => {}), context = await contextOf(town.storeId);
      const pumped = await town.sandbox.pump();
      let done = pumped.routed + pumped.bulk + pumped.webhooks;
      done += await applyWaiting(house.db, contextOf, 500);
      done += await placeWaiting(context);
      if (town.shelves.some((shelf) => shelf !== null && shelf.outgoing.length > 0)) { await self.flow('warehouse-feed', town.storeId); done++; }
      while (await applyDocument(house.db, context)) done++;
      for (const work of [tellWaiting, fulfilWaiting, adjustWaiting, pushWaiting]) done += await work(context);
      const flows = [...(asked.get(town.storeId) ?? [])].filter((name) => name !== 'forecast' && name !== 'replenishment');
      asked.get(town.storeId)?.clear();
      for (const name of flows) { await self.flow(name, town.storeId); done++; }
      return done;
    },
    async settle(town) {
      // Two seconds and more of quiet: what is looked at again after a moment has been looked at.
      for (let turn = 0, still = 0; still < 3; turn++) {
        if (turn > 300) throw new Error('the town does not come to rest');
        still = (await self.turn(town)) === 0 ? still + 1 : 0;
        clock += 700;
      }
    },
  };
  return self;
}
