/** VARIANT_UNMAPPED: stock of variants the catalogue does not know is a case after a quarter of an hour, this week's; sold, today's; and a bulk import is one card. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Exception, Of } from '../../src/http/contract.ts';
import { soldUnmapped } from '../../src/domain/exceptions/unmapped.ts';
import { changeCases, raise } from '../../src/store/exceptions.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const MINUTE = 60_000;
let clock: Clockwork, town: Town;
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => { town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }], places: ['Mill'] }); await clock.advance(3 * MINUTE); });

const open = async () => (await town.api<{ rows: Of<typeof Exception>[] }>(`/api/v1/exceptions?store=${town.storeId}&kind=VARIANT_UNMAPPED`)).rows.map((row) => [row.subject, row.severity]);
/** Instep may not read products, and hears nothing of them: what is new in the shop has levels and orders, and no name. */
const deaf = () => town.control('/faults', { loseScopes: ['read_products', 'write_products'], webhooks: { drop: 1, topics: ['products/create', 'products/update'] } });
const hearing = () => town.control('/faults', { loseScopes: [], webhooks: null });
const launch = (sku: string, available = 5) => town.control<{ id: string }>('/products', { title: `New ${sku}`, sku, levels: [{ locationId: town.places[0], available }] });
/** As the minutes go: the five minutes' reading, the hour's, and what time alone changes. */
async function pass(minutes: number): Promise<void> {
  await town.settle().catch(() => {});
  for (let n = 0; n < minutes; n += 5) { await clock.advance(5 * MINUTE); await town.flow('stock-levels'); await town.flow('exception-chase'); }
}

describe('stock of a variant nobody knows', () => {
  test('is nobody’s case within a quarter of an hour, then this week’s, and ends when the catalogue knows it', async () => {
    await deaf();
    await launch('BEE');
    await pass(15);
    expect(await open()).toEqual([]);
    await pass(5);
    expect(await open()).toEqual([['BEE', 3]]);
    expect((await town.cases('VARIANT_UNMAPPED'))[0]!.sentence).toMatch(/^Shopify tracks 5 units of BEE at Mill, and the catalogue here knows no variant of it/);
    // Ignored, it is looked at on: it stays while it is so, through every check of its kind and of others', and closes with the rest.
    const db = clock.house.db, states = async () => (await db.query<{ kind: string; state: string }>(`select kind, state from exception where store_id = $1 and (kind = 'VARIANT_UNMAPPED' or fingerprint = 'FLOW_FAILED:flow/forecast') order by 1`, [town.storeId])).rows.map((row) => `${row.kind} ${row.state}`);
    await raise(db.pool, town.storeId, [{ kind: 'FLOW_FAILED', key: 'flow/forecast', subject: 'forecast', sentence: 'forecast stopped' }], clock.now());
    const { rows } = await db.query<{ id: string }>('select exception_id as id from exception where store_id = $1', [town.storeId]);
    await changeCases(db.pool, town.storeId, rows.map((row) => row.id), { action: 'ignore', reason: 'known', until: new Date(Date.parse(clock.now()) + 86_400_000).toISOString() }, 'ann', clock.now());
    await pass(5);
    expect(await states()).toEqual(['FLOW_FAILED ignored', 'VARIANT_UNMAPPED ignored']);
    await hearing();
    await town.flow('catalogue');
    expect(await states()).toEqual(['FLOW_FAILED ignored', 'VARIANT_UNMAPPED resolved']);
    await town.flow('stock-levels');
    expect(await town.faults()).toEqual([]);
  });

  test('read by the catalogue meanwhile is never a case', async () => {
    await launch('BEE');
    await town.settle();
    await pass(20);
    expect(await open()).toEqual([]);
    expect((await town.ledger('BEE'))['available']).toBe(5);
  });

  test('sold, is today’s: one case of it, by its variant', async () => {
    await deaf();
    const { id } = await launch('BEE');
    await pass(20);
    expect(await open()).toEqual([['BEE', 3]]);
    await town.control('/orders', { lines: [{ variantId: id, quantity: 1 }], locationId: town.places[0] });
    await pass(20);
    expect(await open()).toEqual([['BEE', 2]]);
    await hearing();
    await town.flow('catalogue');
    expect(await open()).toEqual([]);
  });

  test('that Shopify does not track, or has no more, is none', async () => {
    await deaf();
    const { id } = await launch('BEE');
    await launch('CAT');
    const untracked = town.sandbox.shop.tables.inventoryItems.get(town.variant('CAT').inventoryItemId)!;
    town.sandbox.shop.put('inventoryItems', { ...untracked, tracked: false });
    await pass(20);
    expect(await open()).toEqual([['BEE', 3]]);
    const gone = town.sandbox.shop.tables.variants.get(id)!, level = `${gone.inventoryItemId}:${town.places[0]}`;
    town.sandbox.shop.tables.levels.delete(level);
    await pass(5);
    expect(await open()).toEqual([]);
  });

  test('of sixty at once is one card, with sixty behind it, and ends with the last of them', async () => {
    await deaf();
    for (let n = 0; n < 60; n++) await launch(`NEW-${n}`);
    await pass(20);
    expect(await open()).toEqual([['60 cases at once', 3]]);
    await hearing();
    await town.flow('catalogue');
    expect(await open()).toEqual([]);
  }, 60_000);
});

test('an order of the last 28 days makes it today’s, an older one this week’s', () => {
  const sold = (soldAt: string) => soldUnmapped({ orderId: '1', order: '#1', soldAt, lineId: '2', variantId: '3', sku: null, title: 'Bee', ordered: 1, openUnits: 1 }, '2026-11-26T12:00:00.000Z');
  expect([sold('2026-10-29T12:00:00.000Z').severity, sold('2026-10-29T11:59:59.999Z').severity, sold('2026-11-26T12:00:00.000Z').severity]).toEqual([undefined, 3, undefined]);
});
