/**
 * ledger apply: movements with their balances, through `postFacts`, at a million levels.
 * Beside it, in turns on the same cluster: the ceiling, a bare COPY of the same movement rows into an identical table with the same indexes and rows
 * (it keeps no balances and refuses nothing), and the plain way, one transaction a movement.
 */
import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Fact } from '../src/domain/stock/fact.ts';
import { at, outside } from '../src/domain/stock/fact.ts';
import { ledgerFaults, postFacts } from '../src/store/ledger.ts';
import { withCluster, type Cluster } from './cluster.ts';
import { makeLevels, PLACES, STORE } from './levels.ts';
import { seeded } from './random.ts';
import type { Benchmark } from './report.ts';
import { median, ms, quantile, ratio, timed, whole } from './statistics.ts';

const LEVELS = 1_000_000;
const BATCH = 5_000;
/** Batches a connection posts in a round. */
const BATCHES = 4;
const ROUNDS = 5;
const SINGLY_MS = 1_500;
const NOW = '2026-11-24T12:00:00.000Z';

type Keys = 'uniform' | 'hot';

/** Facts as orders make them: half commit stock to an order, half are parcels leaving. Hot: 80 % on twenty items. */
function factSource(items: number, seed: number): (count: number, keys: Keys) => Fact[] {
  const random = seeded(seed);
  let serial = 0;
  return (count, keys) => Array.from({ length: count }, () => {
    const n = ++serial, place = 1 + Math.floor(random() * PLACES);
    const itemId = 1 + Math.floor(random() * (keys === 'hot' && random() < 0.8 ? 20 : items));
    const line = `line/${13_000_000_000_000 + n}@${place}`, quantity = 1 + Math.floor(random() * 3);
    return n % 2 === 0
      ? { fact: `shopify:order/${5_000_000_000_000 + n}:${line}`, kind: 'order committed', itemId, from: at(place, 'available'), to: at(place, 'committed'), quantity, occurredAt: NOW, source: 'webhook' }
      : { fact: `shopify:fulfillment/${4_000_000_000_000 + n}:${line}`, kind: 'fulfilled', itemId, from: at(place, 'committed'), to: outside('customer'), quantity, occurredAt: NOW, source: 'webhook' };
  });
}

const copyText = (facts: readonly Fact[]): Buffer => Buffer.from(facts.map((f) =>
  [STORE, f.itemId, f.kind, f.from.locationId, f.from.state, f.to.locationId, f.to.state, f.quantity, f.fact, 1, f.occurredAt, NOW, f.source].join('\t')).join('\n') + '\n');

export const bench: Benchmark = {
  name: 'ledger',
  about: 'Facts posted as movements with their balances (`postFacts`, 5,000 a transaction) at 1 M levels, beside a bare COPY of the same rows into the same indexes, and one transaction a movement.',
  run: (say) => withCluster(async (cluster) => {
    const { db } = cluster;
    say('preparing 1 M levels');
    const { items } = await makeLevels(db, LEVELS);
    await db.query('create table movement_copy (like movement including all)');
    await db.query('insert into movement_copy overriding system value select * from movement');
    await db.query(`select setval(pg_get_serial_sequence('movement_copy', 'movement_id'), (select max(movement_id) from movement_copy))`);
    await db.query('vacuum analyze movement_copy');
    await db.query('checkpoint');
    const facts = factSource(items, 7), deadlocksBefore = await deadlocks(cluster);
    const clients = await Promise.all(Array.from({ length: 4 }, async () => { const c = new pg.Client(cluster.url); await c.connect(); return c; }));

    const batchMs: number[] = [];
    const post = async (connections: number, keys: Keys): Promise<{ perSecond: number; posted: Fact[][] }> => {
      const work = Array.from({ length: connections * BATCHES }, () => facts(BATCH, keys));
      return { perSecond: await postAll(work, connections, connections === 4 && keys === 'uniform' ? batchMs : []), posted: work };
    };
    const postAll = async (work: Fact[][], connections: number, times: number[], expected = BATCH): Promise<number> => {
      const queue = [...work];
      const { ms: took } = await timed(() => Promise.all(Array.from({ length: connections }, async () => {
        for (let batch = queue.pop(); batch; batch = queue.pop()) {
          const next = batch, { ms: one, value } = await timed(() => db.transaction((tx) => postFacts(tx, STORE, next, NOW)));
          if (value.movements !== expected) throw new Error(`posted ${value.movements} of ${expected}`);
          times.push(one);
        }
      })));
      return (work.length * BATCH) / took * 1000;
    };
    const copyAll = async (): Promise<number> => {
      const queue = Array.from({ length: 4 * BATCHES }, () => copyText(facts(BATCH, 'uniform')));
      const { ms: took } = await timed(() => Promise.all(clients.map(async (client) => {
        for (let text = queue.pop(); text; text = queue.pop()) {
          const stream = client.query(copyFrom(`copy movement_copy (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source) from stdin`));
          stream.end(text);
          await once(stream, 'finish');
        }
      })));
      return (4 * BATCHES * BATCH) / took * 1000;
    };
    const singly = async (connections: number): Promise<number> => {
      const end = performance.now() + SINGLY_MS, start = performance.now();
      const done = await Promise.all(clients.slice(0, connections).map(async (client) => {
        let count = 0;
        for (; performance.now() < end; count++) await oneTransaction(client, facts(1, 'uniform')[0]!);
        return count;
      }));
      return done.reduce((a, b) => a + b, 0) / (performance.now() - start) * 1000;
    };

    const rates: Record<string, number[]> = {};
    const note = (name: string, perSecond: number, round: number): void => { if (round > 0) (rates[name] ??= []).push(perSecond); };
    for (let round = 0; round <= ROUNDS; round++) { // the first warms the caches and is not counted
      say(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
      if (round === 1) batchMs.length = 0;
      note('copy', await copyAll(), round);
      note('uniform 4', (await post(4, 'uniform')).perSecond, round);
      note('uniform 1', (await post(1, 'uniform')).perSecond, round);
      const hot = await post(4, 'hot');
      note('hot 4', hot.perSecond, round);
      note('replay', await postAll(hot.posted, 4, [], 0), round);
      note('singly 1', await singly(1), round);
      note('singly 4', await singly(4), round);
    }
    await Promise.all(clients.map((c) => c.end()));
    const faults = await ledgerFaults(db, STORE), dead = (await deadlocks(cluster)) - deadlocksBefore;

    const rate = (name: string): number => median(rates[name]!);
    const row = (title: string, name: string): (string | number)[] =>
      [title, whole(rate(name)), `${whole(Math.min(...rates[name]!))}–${whole(Math.max(...rates[name]!))}`, ratio(rate(name) / rate('copy')), ratio(rate(name) / rate('singly 1'))];
    const ofCopy = rate('uniform 4') / rate('copy'), ofSingly = rate('uniform 4') / rate('singly 1');
    return {
      tables: [{
        title: `Movements a second, median of ${ROUNDS} rounds in turns; a batch of 5,000 took p50 ${ms(median(batchMs))} ms, p99 ${ms(quantile(batchMs, 0.99))} ms with 4 connections`,
        columns: ['', 'movements/s', 'lowest–highest', 'of COPY', '× one transaction each'],
        rows: [
          row('COPY, same rows, table and indexes, 4 connections', 'copy'), row('postFacts, 4 connections, uniform keys', 'uniform 4'), row('postFacts, 1 connection, uniform keys', 'uniform 1'),
          row('postFacts, 4 connections, 80 % on 20 items', 'hot 4'), row('the same batches again: nothing posted', 'replay'),
          row('one transaction a movement, 1 connection', 'singly 1'), row('one transaction a movement, 4 connections', 'singly 4'),
        ],
      }],
      verdicts: [
        { what: 'movements and balances, of a bare COPY with 4 connections', goal: '≥ 0.45', measured: ratio(ofCopy), met: ofCopy >= 0.45 },
        { what: 'times one transaction a movement', goal: '≥ 60', measured: ratio(ofSingly), met: ofSingly >= 60 },
        { what: 'deadlocks', goal: '0', measured: String(dead), met: dead === 0 },
        { what: 'balances that are not the fold of their movements afterwards', goal: '0', measured: String(faults.length), met: faults.length === 0 },
      ],
      notes: [],
    };
  }),
};

async function deadlocks({ db }: Cluster): Promise<number> {
  return Number((await db.query<{ n: string }>('select deadlocks as n from pg_stat_database where datname = current_database()')).rows[0]!.n);
}

/** The plain way: the movement, its level, commit. */
async function oneTransaction(client: pg.Client, f: Fact): Promise<void> {
  await client.query('begin');
  await client.query({ name: 'one-movement', text:
    `insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12)`,
  values: [STORE, f.itemId, f.kind, f.from.locationId, f.from.state, f.to.locationId, f.to.state, f.quantity, f.fact, f.occurredAt, NOW, f.source] });
  // Both sides of these facts are at one place, or one is outside: one level.
  const change = (state: string): number => (f.to.state === state ? f.quantity : 0) - (f.from.state === state ? f.quantity : 0);
  await client.query({ name: 'one-level', text:
    `insert into ledger_level as l (store_id, item_id, location_id, available, committed, updated_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (store_id, item_id, location_id) do update set available = l.available + excluded.available, committed = l.committed + excluded.committed, updated_at = excluded.updated_at`,
  values: [STORE, f.itemId, f.from.locationId, change('available'), change('committed'), NOW] });
  await client.query('commit');
}
