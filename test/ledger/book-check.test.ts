/** What else of the books is a fold of what made it: orders, demand, parcels, returns, receipts. A violation planted anywhere is found in the night, named, mended and closed. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const DAY = 86_400_000;
let clock: Clockwork, town: Town, orderIds: string[];
const sql = async <T extends object>(text: string, ...values: unknown[]): Promise<T[]> => (await clock.house.db.query<T>(text, [town.storeId, ...values])).rows;
beforeAll(async () => {
  clock = await clockwork();
  town = await clock.town({ goods: [{ sku: 'MUG', stock: [40, 9] }, { sku: 'BOWL', stock: [30, 6] }], served: [1] });
  for (const [sku, quantity] of [['MUG', 2], ['BOWL', 1], ['MUG', 3], ['BOWL', 4]] as const) { await town.sell({ [sku]: quantity }, 0); await clock.advance(60_000); }
  await town.settle();
  await town.control(`/orders/${(await sql<{ id: string }>('select order_id::text as id from sales_order where store_id = $1 order by 1 limit 1'))[0]!.id}/fulfil`, {});
  await town.settle();
  orderIds = (await sql<{ id: string }>('select order_id::text as id from sales_order where store_id = $1 order by 1')).map((row) => row.id);
  const at = clock.now(), place = town.placeIds[1], warehouse = (await sql<{ id: number }>('select warehouse_id as id from location where store_id = $1 and warehouse_id is not null'))[0]!.id, item = await town.itemId('MUG');
  // Parcels, a return and an order received, as they are kept when all is well.
  for (const n of [0, 1]) await sql(`insert into shipment (store_id, warehouse_id, document_id, order_id, location_id, shipped_at, received_at, state, fulfilment_ids) values ($1, $2, $3, $4, $5, $6, $6, 'written', $7)`, warehouse, `parcel-${n}`, orderIds[n], place, at, [`90${n}1`, `90${n}2`]);
  const [back] = await sql<{ id: string }>(`insert into return_case (store_id, reference, name, state, updated_at) values ($1, 'test/1', '#R1', 'inspected', $2) returning return_id as id`, at);
  await sql(`insert into return_line (store_id, return_id, line_key, item_id, sku, title, announced, received, sellable, damaged) values ($1, $2, '1', $3, 'MUG', 'Mug', 3, 3, 2, 1)`, back!.id, item);
  for (const [disposition, quantity] of [['sellable', 2], ['damaged', 1]]) await sql(`insert into return_inspection (store_id, cause, return_id, line_key, disposition, quantity, inspected_at, by) values ($1, 'test/1', $2, '1', $3, $4, $5, 'ann')`, back!.id, disposition, quantity, at);
  const [supplier] = await sql<{ id: number }>(`insert into supplier (store_id, name, currency, updated_at, updated_by) values ($1, 'Mill', 'EUR', $2, 'test') returning supplier_id as id`, at);
  const [order] = await sql<{ id: number }>(`insert into purchase_order (store_id, supplier_id, location_id, reference, state, currency, created_at, created_by, updated_at) values ($1, $2, $3, 'PO-1', 'part received', 'EUR', $4, 'test', $4) returning purchase_order_id as id`, supplier!.id, town.placeIds[0], at);
  await sql(`insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, received, unit_cost) values ($1, $2, 1, $3, 10, 4, 100)`, order!.id, item);
  for (const [n, quantity] of [[1, 3], [2, 1]]) {
    const [receipt] = await sql<{ id: number }>(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock) values ($1, $2, $3, $4, $5, 'ann', false) returning goods_receipt_id as id`, `scan/${n}`, order!.id, town.placeIds[0], at);
    await sql(`insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity) values ($1, $2, 1, $3, $4)`, receipt!.id, item, quantity);
  }
});

const cases = async () => (await sql<{ exception_id: string; sentence: string; evidence: { invariant: string } }>(`select exception_id, sentence, evidence from exception where store_id = $1 and kind = 'INVARIANT_BROKEN' and state = 'open' order by fingerprint`));
const night = async () => { await clock.advance(DAY); return (await town.flow('ledger-check')).detail['night']; };
const hour = async () => { await clock.advance(3_600_000); await town.flow('ledger-check'); };
const press = async (id: string) => { const reply = await clock.app.inject({ method: 'POST', url: `/api/v1/exceptions/${id}/fix?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: { fix: 'rebuild_balance', reason: 'the database was changed by hand' } }); return [reply.statusCode, reply.json().said ?? reply.json().detail] as [number, string]; };

/** Each plants one violation and answers how it is undone by hand; `by`: how much is wrong. */
const plants: Record<string, { invariant: string; names: RegExp; button: boolean; plant(by: number): Promise<() => Promise<unknown>> }> = {
  'a movement of an order that is gone': {
    invariant: 'I2', names: /says the ledger has another number of units, first order committed/, button: true,
    async plant(by) {
      // The balance goes with it, as if it had never been posted: only the order tells.
      const id = orderIds[by % orderIds.length]!, gone = await sql<Record<string, unknown>>(`with gone as (delete from movement where store_id = $1 and fact like $2 and kind = 'order committed' returning *), level as (update ledger_level g set available = available + m.quantity, committed = committed - m.quantity from (select item_id, to_location, sum(quantity)::int as quantity from gone group by 1, 2) m where g.store_id = $1 and g.item_id = m.item_id and g.location_id = m.to_location) select * from gone`, `shopify:order/${id}:%`);
      expect(gone.length).toBeGreaterThan(0);
      return async () => { for (const row of gone) { const keys = Object.keys(row); await clock.house.db.query(`insert into movement (${keys.join(', ')}) overriding system value values (${keys.map((_, n) => `$${n + 1}`).join(', ')})`, Object.values(row)); await sql('update ledger_level set available = available - $4, committed = committed + $4 where store_id = $1 and item_id = $2 and location_id = $3', row['item_id'], row['to_location'], row['quantity']); } };
    },
  },
  'units given back twice': {
    invariant: 'I2', names: /says the ledger has another number of units/, button: true,
    async plant(by) {
      const id = orderIds[by % orderIds.length]!, [row] = await sql<{ id: string; item: number; place: number }>(`update movement set quantity = quantity + $3 where movement_id = (select movement_id from movement where store_id = $1 and fact like $2 and kind = 'order committed' order by movement_id limit 1) returning movement_id as id, item_id as item, to_location as place`, `shopify:order/${id}:%`, by);
      await sql('update ledger_level set available = available - $4, committed = committed + $4 where store_id = $1 and item_id = $2 and location_id = $3', row!.item, row!.place, by);
      return async () => { await sql('update movement set quantity = quantity - $3 where store_id = $1 and movement_id = $2', row!.id, by); await sql('update ledger_level set available = available + $4, committed = committed - $4 where store_id = $1 and item_id = $2 and location_id = $3', row!.item, row!.place, by); };
    },
  },
  'a day of demand changed': { invariant: 'I2', names: /^Demand of (MUG|BOWL) at .*: on one day its days and its facts differ/, button: true, async plant(by) { const [row] = await sql<{ item: number; place: number; day: string }>(`update daily_demand set quantity = quantity + $2 where (store_id, item_id, location_id, day) = (select store_id, item_id, location_id, day from daily_demand where store_id = $1 order by item_id limit 1) returning item_id as item, location_id as place, day`, by); return () => sql('update daily_demand set quantity = quantity - $5 where store_id = $1 and item_id = $2 and location_id = $3 and day = $4', row!.item, row!.place, row!.day, by); } },
  'a fulfilment of two parcels': { invariant: 'I10', names: /^Fulfilment 90.* of #\d+: it stands for the parcels parcel-0, parcel-1\.$/, button: false, async plant(by) { await sql(`update shipment set fulfilment_ids = fulfilment_ids || $2::bigint where store_id = $1 and document_id = 'parcel-1'`, by % 2 === 0 ? '9001' : '9002'); return () => sql(`update shipment set fulfilment_ids = '{9011,9012}' where store_id = $1 and document_id = 'parcel-1'`); } },
  'an inspection counted twice': { invariant: 'I11', names: /^MUG in return #R1: .* sellable, 1 damaged, 0 in quarantine and 0 scrapped are kept; inspections make 2, 1, 0 and 0\.$/, button: false, async plant(by) { await sql('update return_line set sellable = sellable + $2 where store_id = $1', by); return () => sql('update return_line set sellable = 2 where store_id = $1'); } },
  'a receipt that raised nothing': { invariant: 'I13', names: /^MUG in PO-1: .* received and 0 damaged are kept; its receipts make 4 and 0\.$/, button: false, async plant(by) { await sql('update purchase_order_line set received = received + $2 where store_id = $1', by); return () => sql('update purchase_order_line set received = 4 where store_id = $1'); } },
};

describe('in the night', () => {
  test('nothing is found where nothing is wrong, and all of it was looked at', async () => {
    expect(await night()).toMatchObject({ ended: true });
    expect(await cases()).toEqual([]);
  });

  test.each(Object.keys(plants))('%s is found, stays while it is so, and closes when it is not', async (name) => {
    const { invariant, names, button, plant } = plants[name]!;
    // Each order is looked at in the nights after it changed: one that changed long ago was.
    await sql(`update sales_order set updated_at = $2 where store_id = $1`, new Date(clock.time() + DAY / 2).toISOString());
    const undo = await plant(2);
    await night();
    const found = await cases();
    expect(found.map((one) => one.evidence.invariant)).toEqual([invariant]);
    expect(found[0]!.sentence).toMatch(names);
    await hour();
    expect(await cases()).toHaveLength(1);
    const [status, said] = await press(found[0]!.exception_id);
    expect([status, said]).toEqual(button ? [200, expect.stringContaining('the check that closes the case is queued')] : [409, expect.stringContaining('which of the two numbers is wrong')]);
    if (!button) await undo();
    await hour();
    expect(await cases()).toEqual([]);
    expect(await town.faults()).toEqual([]);
  });

  test('whatever is planted together is found together, and nothing else', async () => {
    await fc.assert(fc.asyncProperty(fc.subarray(Object.keys(plants).filter((name) => name !== 'units given back twice'), { minLength: 1 }), fc.integer({ min: 1, max: 5 }), async (names, by) => {
      await sql(`update sales_order set updated_at = $2 where store_id = $1`, new Date(clock.time() + DAY / 2).toISOString());
      const undo: (() => Promise<unknown>)[] = [];
      try {
        for (const name of names) undo.push(await plants[name]!.plant(by));
        await night();
        expect((await cases()).map((one) => [one.evidence.invariant, one.sentence]).sort()).toEqual(names.map((name) => [plants[name]!.invariant, expect.stringMatching(plants[name]!.names)]).sort());
      } finally { for (const back of undo) await back(); }
      await hour();
      expect(await cases()).toEqual([]);
    }), { numRuns: 8 });
  });

  test('an order with more fulfilled than wanted whose case was lost is told of again', async () => {
    const [row] = await sql<{ id: string; state: { fulfilments: Record<string, { lines: Record<string, number> }> } }>(`select order_id::text as id, state from sales_order where store_id = $1 and state -> 'fulfilments' <> '{}' limit 1`), [parcel] = Object.values(row!.state.fulfilments), line = Object.keys(parcel!.lines)[0]!;
    const kept = structuredClone(row!.state);
    parcel!.lines[line]! += 3;
    await sql('update sales_order set state = $3, updated_at = $4 where store_id = $1 and order_id = $2', row!.id, JSON.stringify(row!.state), new Date(clock.time() + DAY / 2).toISOString());
    await night();
    expect(await town.cases('OVER_FULFILLED')).toHaveLength(1);
    await night();
    expect((await sql<{ occurrences: number }>(`select occurrences from exception where store_id = $1 and kind = 'OVER_FULFILLED'`))[0]!.occurrences).toBe(1);
    await sql('update sales_order set state = $3 where store_id = $1 and order_id = $2', row!.id, JSON.stringify(kept));
  });
});
