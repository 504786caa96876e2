/**
 * webhook ingest: the front door (verify the HMAC over the raw bytes, commit durably, then 200) beside the same server that verifies and stores nothing,
 * and beside one INSERT a request. Load, server and PostgreSQL share the machine's cores.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildHouse } from '../src/compose.ts';
import { signedBy } from '../src/connectors/shopify/webhook.ts';
import { API_VERSION, SCOPES } from '../src/connectors/shopify/version.ts';
import { FLOWS } from '../src/flows/contents.ts';
import { buildApp } from '../src/http/app.ts';
import { webhookRoutes } from '../src/http/webhooks.ts';
import { readConfig } from '../src/runtime/config.ts';
import type { Db } from '../src/store/db.ts';
import { storeReceived } from '../src/store/inbox.ts';
import { saveStore } from '../src/store/stores.ts';
import { settle, withCluster } from './cluster.ts';
import type { LoadResult, LoadTask } from './ingest-load.ts';
import { orderBody } from './order-body.ts';
import type { Benchmark } from './report.ts';
import { median, ms, ratio, whole } from './statistics.ts';

const ROUNDS = 4;
const SECONDS = 6;
const CONNECTIONS = 256;
const SHOP = 'bench.myshopify.com', SECRET = 'shpss_0123456789abcdef0123456789abcdef', TOKEN = 'bench-token', TOPIC = 'orders/create';
const clock = { now: () => new Date() };

export const bench: Benchmark = {
  name: 'ingest',
  about: 'Webhooks of 6 KB with distinct ids and valid signatures over 256 connections: verified, committed (fsync on), answered 200; beside the bare server that verifies the HMAC and stores nothing, and one INSERT a request. Load generator and PostgreSQL on the same cores.',
  run: (say) => withCluster(async ({ url, dir, db }) => {
    const house = await buildHouse({ config: readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent' }), databaseUrl: url });
    const storeId = await saveStore(db, { shopDomain: SHOP, name: 'Bench', currency: 'EUR', timeZone: 'UTC', origin: null, clientId: 'c', clientSecret: Buffer.alloc(0), hookToken: TOKEN, now: clock.now().toISOString() });
    await db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
    const target = { storeId, shopDomain: SHOP, secrets: [SECRET] };
    const ours = await buildApp({ house, flows: FLOWS, apiVersion: API_VERSION, scopes: SCOPES, signedBy, importStore: () => {} }, { webDir: null });
    const routes = (store: (batch: never) => Promise<void>, maxWaiting?: number): FastifyInstance => {
      const app = Fastify();
      webhookRoutes(app, { target: async () => target, signedBy, store, rejected: () => {}, clock, ...(maxWaiting === undefined ? {} : { maxWaiting }) });
      return app;
    };
    const variants: { name: string; app: FastifyInstance; stores: boolean; runs: LoadResult[] }[] = [
      { name: 'HMAC only, bare Fastify', app: hmacOnly(async () => {}), stores: false, runs: [] },
      { name: 'our route, store does nothing', app: routes(async () => {}), stores: false, runs: [] },
      { name: 'ours: whole app, group commit', app: ours, stores: true, runs: [] },
      { name: 'one INSERT a request, pool of 16', app: hmacOnly((id, body) => insertOne(db, storeId, id, body)), stores: true, runs: [] },
    ];
    const narrow = routes((batch) => storeReceived(db, batch), 64);
    for (const { app } of [...variants, { app: narrow }]) await app.listen({ host: '127.0.0.1', port: 0 });

    const bodies = Array.from({ length: CONNECTIONS }, (_, n) => orderBody(n));
    let run = 0, acknowledged = 0, lost = 0;
    const load = async (app: FastifyInstance, stores: boolean, seconds: number): Promise<LoadResult> => {
      run++;
      const result = await generate({ port: (app.server.address() as { port: number }).port, path: `/hooks/${TOKEN}/${TOPIC}`, topic: TOPIC, shop: SHOP, secret: SECRET, connections: CONNECTIONS, seconds, run, bodies });
      if (stores) {
        const ok = result.statuses['200'] ?? 0;
        acknowledged += ok;
        lost += ok - await found(db, storeId, run, result);
        await db.query('truncate inbox');
        await settle(db);
      }
      return result;
    };
    for (let round = 0; round <= ROUNDS; round++) {
      say(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
      for (const variant of variants) {
        const result = await load(variant.app, variant.stores, round === 0 ? 2 : SECONDS);
        if (round > 0) variant.runs.push(result);
      }
    }
    say('a queue bounded at 64');
    const narrowed = await load(narrow, true, 3);
    for (const { app } of [...variants, { app: narrow }]) await app.close();
    await house.close();

    const rate = (runs: readonly LoadResult[]): number => median(runs.map((r) => (r.statuses['200'] ?? 0) / r.ms * 1000));
    const [bare, , door] = variants.map((v) => v.runs) as [LoadResult[], LoadResult[], LoadResult[]];
    const share = rate(door) / rate(bare), p99 = median(door.map((r) => r.p99)), busy = narrowed.statuses['503'] ?? 0;
    const others = variants.flatMap((v) => v.runs).reduce((sum, r) => sum + r.refused.length, 0);
    return {
      tables: [{
        title: `Median of ${ROUNDS} rounds of ${SECONDS} s in turns; bodies of ${Math.round(Buffer.byteLength(bodies[0]!) / 100) / 10} KB`,
        columns: ['', 'req/s', 'of HMAC only', 'p50 ms', 'p99 ms', 'longest ms'],
        rows: variants.map(({ name, runs }) => [name, whole(rate(runs)), ratio(rate(runs) / rate(bare)), ms(median(runs.map((r) => r.p50))), ms(median(runs.map((r) => r.p99))), ms(Math.max(...runs.map((r) => r.max)))]),
      }],
      verdicts: [
        { what: 'ours, of the bare server that stores nothing', goal: '≥ 0.6, reach for 0.8', measured: ratio(share), met: share >= 0.6 },
        { what: 'p99 of ours', goal: '≤ 60 ms', measured: `${ms(p99)} ms`, met: p99 <= 60 },
        { what: `acknowledged with 200 and not in the inbox, of ${whole(acknowledged)}`, goal: '0', measured: String(lost), met: lost === 0 },
        { what: 'answers other than 200 in the rounds', goal: '0', measured: String(others), met: others === 0 },
        { what: 'early 503 above a queue bounded at 64 (normally 10,000), the rest stored', goal: 'some', measured: `${whole(busy)} of ${whole(busy + (narrowed.statuses['200'] ?? 0))}, answered in p50 ${ms(narrowed.p50)} ms`, met: busy > 0 },
      ],
      notes: [`The load generator itself took ${whole(median(door.map((r) => r.cpuMs / (r.ms / 1000) / 10)))} % of one core while loading ours, ${whole(median(bare.map((r) => r.cpuMs / (r.ms / 1000) / 10)))} % while loading the bare server.`],
    };
  }),
};

/** A bare server: signature over the raw bytes, then `keep`, then 200. */
function hmacOnly(keep: (webhookId: string, body: Buffer) => Promise<void>): FastifyInstance {
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/hooks/:token/*', async (request, reply) => {
    const body = request.body as Buffer;
    if (!signedBy(body, request.headers['x-shopify-hmac-sha256'] as string, [SECRET])) return reply.code(401).send();
    await keep(request.headers['x-shopify-webhook-id'] as string, body);
    return reply.code(200).send();
  });
  return app;
}

async function insertOne(db: Db, storeId: number, id: string, body: Buffer): Promise<void> {
  await db.query({ name: 'insert-one', text: 'insert into inbox (store_id, webhook_id, topic, received_at, body) values ($1, $2, $3, $4, $5) on conflict (store_id, webhook_id) do nothing',
    values: [storeId, id, TOPIC, clock.now().toISOString(), body] });
}

async function generate(task: LoadTask): Promise<LoadResult> {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'ingest-load.ts');
  // The task is longer than an argument may be: it goes in by standard input.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  child.stdin.end(JSON.stringify(task));
  const [code] = await once(child, 'close') as [number];
  if (code !== 0) throw new Error(`the load generator stopped with ${code}`);
  return JSON.parse(text) as LoadResult;
}

/** How many of the acknowledged ids are in the inbox: every id of every connection that was answered 200 is looked for. */
async function found(db: Db, storeId: number, run: number, result: LoadResult): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from unnest($3::int[]) with ordinality as c(sent, number), generate_series(1, c.sent) k,
       lateral (select lpad(to_hex($2::int), 8, '0') || '-' || lpad(to_hex(c.number - 1), 4, '0') || '-4000-8000-' || lpad(to_hex(k), 12, '0') as id) w
     where not w.id = any($4::text[]) and exists (select from inbox i where i.store_id = $1 and i.webhook_id = w.id)`,
    [storeId, run, result.sent, result.refused.slice(0, 5_000)]);
  if (result.refused.length <= 5_000) return rows[0]!.n;
  // Refused ones were never stored: what is there is what was acknowledged.
  const all = await db.query<{ n: number }>('select count(*)::int as n from inbox where store_id = $1', [storeId]);
  return all.rows[0]!.n;
}
