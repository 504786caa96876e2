/** INVARIANT_BROKEN: balances that are not the fold of what made them are found within the hour, or in the night where nothing says they were written; only the check closes it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town, mug: number;
beforeAll(async () => {
  clock = await clockwork();
  town = await clock.town({ goods: [{ sku: 'MUG', stock: [20, 5] }, { sku: 'BOWL', stock: [8, 3] }, { sku: 'PLATE', stock: [6, 0] }], served: [1] });
  mug = await town.itemId('MUG');
});

const cases = () => town.cases('INVARIANT_BROKEN');
const check = async (ms = 3_600_000) => { await clock.advance(ms); return (await town.flow('ledger-check')).detail as { written: { levels: number; codes: number }; night?: { looked: number; ended: boolean } }; };
const change = (sql: string, item: number, place = 0) => clock.house.db.query(`update ledger_level set ${sql} where store_id = $1 and item_id = $2 and location_id = $3`, [town.storeId, item, town.placeIds[place]]);
const post = async (path: string, body: object) => clock.app.inject({ method: 'POST', url: `${path}?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body });
const idOf = async () => (await clock.house.db.query<{ id: string }>(`select exception_id as id from exception where store_id = $1 and kind = 'INVARIANT_BROKEN' and state = 'open' order by 1`, [town.storeId])).rows[0]!.id;

describe('a level', () => {
  test('all is looked at in the first night, then what was written; nothing is found where nothing is wrong', async () => {
    expect(await check()).toMatchObject({ night: { ended: true } });
    await town.sell({ MUG: 2 }, 0);
    await town.settle();
    const { written, night } = await check();
    expect(night).toBeUndefined();
    expect(written.levels).toBeGreaterThanOrEqual(1);
    expect(await cases()).toEqual([]);
  });

  test('one that was written wrong is told of within the hour, by state, with both numbers; the next check leaves it open and its mending closes it', async () => {
    await change(`available = available + 4, damaged = 1, updated_at = '${clock.now()}'`, mug);
    await check();
    expect((await cases()).map((each) => each.sentence)).toEqual(['MUG at Here: 22 available are kept, its movements make 18; 1 damaged are kept, its movements make 0.'.replace('Here', (await placeName(0)))]);
    await check();
    await check();
    expect(await cases()).toHaveLength(1);
    await change(`available = available - 4, damaged = 0`, mug);
    await check();
    expect(await cases()).toEqual([]);
  });

  test('one changed past the ledger says nothing of it: the night finds it', async () => {
    await change('committed = committed - 1', await town.itemId('BOWL'));
    expect((await check()).night).toBeUndefined();
    expect(await cases()).toEqual([]);
    expect((await check(24 * 3_600_000)).night).toMatchObject({ ended: true });
    expect(await cases()).toHaveLength(1);
    await change('committed = committed + 1', await town.itemId('BOWL'));
    await check();
    expect(await cases()).toEqual([]);
  });

  test('a level whose row is gone is one too', async () => {
    const { rows: [kept] } = await clock.house.db.query('delete from ledger_level where store_id = $1 and item_id = $2 and location_id = $3 returning *', [town.storeId, await town.itemId('PLATE'), town.placeIds[0]]);
    await check(24 * 3_600_000);
    expect((await cases())[0]!.sentence).toMatch(/^PLATE at .*: 0 available are kept, its movements make 6\.$/);
    expect(kept).toMatchObject({ available: 6 });
    const pressed = await post(`/api/v1/exceptions/${await idOf()}/fix`, { fix: 'rebuild_balance', reason: 'the row was deleted by hand' });
    expect(pressed.statusCode).toBe(200);
    await check();
    expect(await cases()).toEqual([]);
    expect(await town.ledger('PLATE')).toMatchObject({ available: 6 });
  });

  test('nobody closes it by hand, alone or among others; the button writes the level anew and the check closes it', async () => {
    await change(`available = 0, updated_at = '${clock.now()}'`, mug);
    await check();
    const id = await idOf();
    for (const [path, body] of [[`/api/v1/exceptions/${id}`, { action: 'resolve', said: 'looks fine' }], [`/api/v1/exceptions/${id}`, { action: 'ignore', reason: 'looks fine' }], ['/api/v1/exceptions/bulk', { ids: [id], change: { action: 'resolve', said: 'looks fine' } }]] as const) {
      const reply = await post(path, body);
      expect([reply.statusCode, reply.json().message ?? reply.body]).toEqual([409, expect.stringContaining('only its check closes it')]);
    }
    expect((await post(`/api/v1/exceptions/${id}/fix`, { fix: 'rebuild_balance', reason: 'checked with the count' })).statusCode).toBe(200);
    expect(await cases()).toHaveLength(1);
    await check();
    expect(await cases()).toEqual([]);
    expect(await town.ledger('MUG')).toMatchObject({ available: 18, committed: 2 });
    expect(await town.faults()).toEqual([]);
  });
});

test('a shelf whose figures are not its count and changes is told of, and closes when they are again', async () => {
  const shelf = (by: number) => clock.house.db.query(`update warehouse_stock set on_hand = on_hand + $2 where sku = 'BOWL' and warehouse_id = (select warehouse_id from location where store_id = $1 and location_id = $3)`, [town.storeId, by, town.placeIds[1]]);
  await shelf(2);
  await check(24 * 3_600_000);
  expect((await cases()).map((each) => each.sentence)).toEqual([expect.stringMatching(/^BOWL on the shelf of .*: 5 on hand are kept, its count and the changes since make 3\.$/)]);
  await shelf(-2);
  await check();
  expect(await cases()).toEqual([]);
});

const placeName = async (place: number) => (await clock.house.db.query<{ name: string }>('select name from location where store_id = $1 and location_id = $2', [town.storeId, town.placeIds[place]])).rows[0]!.name;
