/** The shared cost bucket: reads that can wait leave half of it to the calls somebody waits for. */
import { expect, it } from 'vitest';
import { adminClient } from '../../src/connectors/shopify/admin-client.ts';
import { sharedBucket } from '../../src/store/bucket.ts';
import { openDb } from '../../src/store/db.ts';
import { freshDatabase } from '../helpers/database.ts';

it('a read that can wait waits where a call somebody waits for does not; both get their turn', async () => {
  const { url } = await freshDatabase(), db = openDb(url, { max: 4, statementTimeoutMs: 10_000 });
  try {
    const { rows: [store] } = await db.query<{ store_id: number }>(`insert into store (shop_domain, name, currency, time_zone, created_at) values ('b.myshopify.com', 'B', 'EUR', 'UTC', now()) returning store_id`);
    let time = Date.parse('2026-03-02T09:00:00Z');
    const bucket = sharedBucket(db, store!.store_id, { now: () => new Date(time) });
    await bucket.take(0); // the first call of a shop makes its bucket
    // 2,000 points at first, 100 a second: half is left.
    expect(await bucket.take(900, 0.5)).toBe(0);
    expect(await bucket.take(200, 0.5)).toBe(1_000);
    expect(await bucket.take(200)).toBe(0);
    expect(await bucket.take(800)).toBe(0);
    expect(await bucket.take(200)).toBe(1_000);
    time += 12_000; // 1,300 points
    expect(await bucket.take(200, 0.5)).toBe(0);
    expect(await bucket.take(200, 0.5)).toBe(1_000);
    // What is dearer than the other half is sent when the bucket is full.
    time += 10_000;
    expect(await bucket.take(1_500, 0.5)).toBe(0);
  } finally { await db.close(); }
});

it('the first reply of a larger plan opens its bucket at once, but for what others took meanwhile; that of a smaller one closes it', async () => {
  const { url } = await freshDatabase(), db = openDb(url, { max: 4, statementTimeoutMs: 10_000 });
  try {
    const { rows: [store] } = await db.query<{ store_id: number }>(`insert into store (shop_domain, name, currency, time_zone, created_at) values ('d.myshopify.com', 'D', 'EUR', 'UTC', now()) returning store_id`);
    const bucket = sharedBucket(db, store!.store_id, { now: () => new Date('2026-03-02T09:00:00Z') }), left = async (): Promise<number> => (await db.query<{ available: number }>('select available from shop_bucket')).rows[0]!.available;
    await bucket.take(0);
    expect(await bucket.take(50)).toBe(0);
    expect(await bucket.take(600)).toBe(0); // of another worker, still on the wire when the first reply was measured
    await bucket.observe({ maximumAvailable: 20_000, restoreRate: 1_000, currentlyAvailable: 19_998 }, 48);
    expect(await left()).toBe(19_398);
    expect(await bucket.take(50, 0.5)).toBe(0);
    await bucket.observe({ maximumAvailable: 2_000, restoreRate: 100, currentlyAvailable: 1_990 }, 0);
    expect(await left()).toBe(1_348);
  } finally { await db.close(); }
});

it('looking for what was missed leaves half of the bucket; placing and setting leave nothing', async () => {
  const asked: [number, number | undefined][] = [];
  const client = adminClient({
    shopDomain: 'b.myshopify.com', clientId: 'c', clientSecret: null, token: { value: 't', expiresAt: '9999-12-31T00:00:00.000Z' }, async saveToken() {},
    bucket: { take: async (cost, reserve) => { asked.push([cost, reserve]); return 0; }, observe: async () => {} }, clock: { now: () => new Date(), sleep: async () => {} },
    send: async () => new Response('{"data":{}}', { status: 200 }),
  });
  for (const operation of ['OrdersChanged', 'OrderAssignments', 'LevelsChanged', 'LevelsById']) await client.run(`query ${operation} { shop { id } }`);
  await client.run('mutation SetQuantities { x }');
  expect(asked.map(([, reserve]) => reserve)).toEqual([0.5, 0, 0.5, 0, 0]);
});

it('one clock fills it, whatever the hosts say: none waits for its own to pass another host’s, nor for a clock that was set back', async () => {
  const { url } = await freshDatabase(), db = openDb(url, { max: 4, statementTimeoutMs: 10_000 });
  try {
    const { rows: [store] } = await db.query<{ store_id: number }>(`insert into store (shop_domain, name, currency, time_zone, created_at) values ('c.myshopify.com', 'C', 'EUR', 'UTC', now()) returning store_id`);
    const bucket = sharedBucket(db, store!.store_id, null), at = async (): Promise<number> => (await db.query<{ off: number }>('select extract(epoch from at - clock_timestamp())::float8 as off from shop_bucket')).rows[0]!.off;
    await bucket.take(0);
    expect(Math.abs(await at())).toBeLessThan(1);
    // A clock that was a quarter of an hour ahead, and has been set right since.
    await db.query(`update shop_bucket set available = 100, restore_rate = 100, at = clock_timestamp() + interval '15 minutes'`);
    expect(await bucket.take(100)).toBe(0);
    expect(Math.abs(await at())).toBeLessThan(1);
    await db.query(`update shop_bucket set at = at - interval '10 seconds'`);
    expect(await bucket.take(1_000)).toBe(0);
    await db.query(`update shop_bucket set at = clock_timestamp() + interval '15 minutes'`);
    await bucket.observe({ maximumAvailable: 2_000, restoreRate: 100, currentlyAvailable: 500 }, 0);
    expect(Math.abs(await at())).toBeLessThan(1);
  } finally { await db.close(); }
});
