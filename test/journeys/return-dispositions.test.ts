/** What inspection finds is told to Shopify's own return, at either authority, and units rise once however answers are lost. */
import { describe, expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const clock = await clockwork();
type Line = { lineKey: string; disposition: 'sellable' | 'damaged' | 'quarantine' | 'scrap'; quantity: number };
interface Case { returnId: string; lines: { lineKey: string; sku: string; received: number }[] }
const received = (row: Case): number => row.lines[0]!.received;

const storefrontTown = (): Promise<Town> => clock.town({ goods: [{ sku: 'ANT', stock: [20, 20] }, { sku: 'BEE', stock: [20, 20] }] });
const warehouseTown = (): Promise<Town> => clock.town({ goods: [{ sku: 'ANT', stock: [20, 20] }, { sku: 'BEE', stock: [20, 20] }, { sku: 'SET', stock: [0, 0] }], bundles: { SET: { ANT: 1, BEE: 2 } }, served: [0, 1] });

/** Sold, sent by Shopify's own words, and on its way back. */
async function returned(town: Town, sku: string, units: number): Promise<{ id: string; orderId: string }> {
  const order = await town.sell({ [sku]: units }, 0);
  await town.settle();
  if (town.shelves[0]) {
    const told = [...town.shelves[0].orders.values()].find((o) => o.order.orderName === order.name)!.order;
    town.shelves[0].ship(told.reference, told.lines.map((line) => ({ lineReference: line.lineReference, quantity: line.quantity })));
  } else await town.control(`/orders/${order.id}/fulfil`, {});
  await town.settle();
  const { id } = await town.control<{ id: string }>(`/orders/${order.id}/return`, { lines: [{ sku, quantity: units }] });
  await town.settle();
  await town.flow('returns');
  await town.settle();
  return { id, orderId: order.id };
}

async function theCase(town: Town, id: string): Promise<Case> {
  const { rows } = await town.api<{ rows: (Case & { reference: string })[] }>(`/api/v1/returns?store=${town.storeId}&view=all`);
  return rows.find((row) => row.reference === `shopify/${id}`)!;
}
let inspections = 0;
async function inspect(town: Town, id: string, found: readonly Omit<Line, 'lineKey'>[], key = `inspection-${++inspections}`): Promise<void> {
  const { returnId, lines } = await theCase(town, id);
  const reply = await clock.app.inject({ method: 'POST', url: `/api/v1/returns/${returnId}/inspect?store=${town.storeId}`, headers: { host: 'localhost', origin: 'http://localhost' }, payload: { key, lines: found.map((f) => ({ ...f, lineKey: lines[0]!.lineKey })) } });
  expect([reply.statusCode, reply.body.slice(0, 200)]).toEqual([200, expect.any(String)]);
}
const disposed = (town: Town, id: string) => town.sandbox.shop.tables.returns.get(id)!.reverse!.lines.flatMap((line) => line.dispositions.map((d) => [d.type, d.quantity, d.locationId === null ? null : town.places.indexOf(d.locationId)])).sort();
const rows = async (town: Town, id: string) => (await clock.house.db.query<{ disposition: string; state: string; units: number; there: number; adjusted: number; attempts: number; message: string | null }>(
  `select d.disposition, d.state, d.units, d.there, d.adjusted, d.attempts, d.message from return_disposition d join return_case r using (store_id, return_id) where r.store_id = $1 and r.reference = $2 order by d.disposition_id`, [town.storeId, `shopify/${id}`])).rows;
const adjustments = async (town: Town) => (await clock.house.db.query<{ state_name: string; delta: number; state: string }>('select state_name, delta, state from stock_adjustment where store_id = $1 order by adjustment_id', [town.storeId])).rows;
const rises = async (town: Town) => (await town.movements('ANT')).filter((m) => ['returned to stock', 'return accepted'].includes(m.kind) && m.quantity !== 0).map((m) => [m.kind, m.to, m.quantity]);

/** All at rest: nothing differs, nothing is unexplained, no ghost. */
async function true_(town: Town): Promise<void> {
  await town.settle();
  expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  await town.settle();
  expect(await town.faults()).toEqual([]);
  expect((await town.api<{ rows: unknown[] }>(`/api/v1/returns/ghosts?store=${town.storeId}`)).rows).toEqual([]);
  expect(await town.cases('REFUND_RESTOCK_MISMATCH')).toEqual([]);
}
const calls = (town: Town): number => town.calls.filter((call) => call.operation === 'DisposeReturned').length;

describe('where Shopify keeps the stock', () => {
  it('accepted units are restocked by the disposition and by nothing else; damaged and quarantined ones change their state; scrap nothing', async () => {
    const town = await storefrontTown(), { id } = await returned(town, 'ANT', 6);
    expect(town.shown('ANT').available).toBe(14);
    await inspect(town, id, [{ disposition: 'sellable', quantity: 3 }, { disposition: 'damaged', quantity: 1 }, { disposition: 'quarantine', quantity: 1 }, { disposition: 'scrap', quantity: 1 }]);
    await town.settle();
    expect(disposed(town, id)).toEqual([['NOT_RESTOCKED', 1, null], ['NOT_RESTOCKED', 1, null], ['NOT_RESTOCKED', 1, null], ['RESTOCKED', 3, 0]]);
    expect(await adjustments(town)).toEqual([{ state_name: 'damaged', delta: 1, state: 'written' }, { state_name: 'quality_control', delta: 1, state: 'written' }]);
    expect(town.shown('ANT')).toMatchObject({ available: 17, damaged: 1, quality_control: 1 });
    expect(await town.ledger('ANT')).toMatchObject({ available: 17, damaged: 1, quality_control: 1 });
    expect(town.sandbox.shop.tables.returns.get(id)!.reverse!.status).toBe('CLOSED');
    await true_(town);
    expect((await rises(town)).filter(([, to]) => to === 'Mill available')).toEqual([['returned to stock', 'Mill available', 3]]);
  });

  it('receiving twice with one key counts the goods once, and again under another', async () => {
    const town = await storefrontTown(), { id } = await returned(town, 'ANT', 3), { returnId, lines } = await theCase(town, id), had = received(await theCase(town, id));
    const receive = async (key: string) => received((await clock.app.inject({ method: 'POST', url: `/api/v1/returns/${returnId}/receive?store=${town.storeId}`, headers: { host: 'localhost', origin: 'http://localhost' }, payload: { key, lines: [{ lineKey: lines[0]!.lineKey, quantity: 2 }] } })).json());
    expect([await receive('first-delivery'), await receive('first-delivery'), await receive('second-delivery')]).toEqual([had + 2, had + 2, had + 4]);
  });

  it('inspecting twice with one key is telling once', async () => {
    const town = await storefrontTown(), { id } = await returned(town, 'ANT', 2);
    await inspect(town, id, [{ disposition: 'sellable', quantity: 2 }], 'the-same-key');
    await inspect(town, id, [{ disposition: 'sellable', quantity: 2 }], 'the-same-key');
    await town.settle();
    await town.flow('returns');
    expect([calls(town), town.shown('ANT').available]).toEqual([1, 20]);
    await true_(town);
  });

  it.each(['failAfterCommit', 'failBefore'] as const)('the answer is lost (%s): the return is read, and the units rise once', async (fault) => {
    const town = await storefrontTown(), { id } = await returned(town, 'ANT', 2);
    await town.control('/faults', { [fault]: { mutation: 'reverseFulfillmentOrderDispose', count: 1 } });
    await inspect(town, id, [{ disposition: 'sellable', quantity: 2 }]);
    await town.settle();
    expect((await rows(town, id))[0]).toMatchObject({ state: 'sent', attempts: 1 });
    await clock.advance(130_000);
    await town.flow('returns');
    expect((await rows(town, id))[0]).toMatchObject({ state: 'told', units: 2, adjusted: 0 });
    expect(calls(town)).toBe(fault === 'failAfterCommit' ? 1 : 2);
    expect(disposed(town, id)).toEqual([['RESTOCKED', 2, 0]]);
    expect([town.shown('ANT').available, await adjustments(town)]).toEqual([20, []]);
    await true_(town);
    expect(await rises(town)).toEqual([['returned to stock', 'Mill available', 2]]);
  });

  it('somebody disposed first: restocked units are not raised again, units that were not restocked rise by a stock change', async () => {
    const town = await storefrontTown(), { id } = await returned(town, 'ANT', 5);
    await town.control(`/returns/${id}/dispose`, { lines: [{ sku: 'ANT', quantity: 2, type: 'RESTOCKED', location: 'Mill' }, { sku: 'ANT', quantity: 2, type: 'MISSING' }] });
    await town.settle();
    expect(town.shown('ANT').available).toBe(17);
    await inspect(town, id, [{ disposition: 'sellable', quantity: 1 }]);
    await inspect(town, id, [{ disposition: 'sellable', quantity: 4 }]);
    await town.settle();
    expect((await rows(town, id)).map((r) => [r.there, r.units, r.adjusted])).toEqual([[1, 0, 0], [1, 1, 2]]);
    expect(town.shown('ANT').available).toBe(20);
    await true_(town);
  });

  it('Shopify refuses, or the app may not: the units rise by a stock change, and the page says why', async () => {
    const town = await storefrontTown(), { id } = await returned(town, 'ANT', 2), { id: closed } = await returned(town, 'ANT', 2);
    await town.control('/faults', { loseScopes: ['write_returns'] });
    town.before = (call) => { if (call.operation === 'ReturnsOfOrders') return town.control('/faults', { loseScopes: [] }); if (call.operation === 'DisposeReturned') return town.control('/faults', { loseScopes: ['write_returns'] }); return undefined; };
    await inspect(town, id, [{ disposition: 'sellable', quantity: 2 }]);
    await town.settle();
    expect((await rows(town, id))[0]).toMatchObject({ state: 'refused', adjusted: 2, message: expect.stringContaining('write_returns') });
    const { returnId } = await theCase(town, id);
    expect(await town.api(`/api/v1/returns/${returnId}?store=${town.storeId}`)).toMatchObject({ shopify: { state: 'refused', units: 0, message: expect.stringContaining('write_returns') } });
    town.before = (call) => (call.operation === 'DisposeReturned' ? town.control(`/returns/${closed}/dispose`, { lines: [{ sku: 'ANT', quantity: 2, type: 'MISSING' }] }) : undefined);
    await town.control('/faults', { loseScopes: [] });
    await inspect(town, closed, [{ disposition: 'sellable', quantity: 2 }]);
    await town.settle();
    town.before = null;
    expect((await rows(town, closed))[0]).toMatchObject({ state: 'refused', adjusted: 2 });
    expect(town.shown('ANT').available).toBe(20);
    await true_(town);
    expect(await rises(town)).toEqual([['return accepted', 'Mill available', 2], ['return accepted', 'Mill available', 2]]);
  });
});

describe('where a warehouse keeps the stock', () => {
  it.each([null, 'failAfterCommit', 'failBefore'] as const)('nothing is restocked in Shopify: the push shows what the shelf allows (%s)', async (fault) => {
    const town = await warehouseTown(), { id } = await returned(town, 'ANT', 3), shelf = town.shelves[0]!;
    if (fault !== null) await town.control('/faults', { [fault]: { mutation: 'reverseFulfillmentOrderDispose', count: 1 } });
    const announced = shelf.announced.at(-1)!, [line] = announced.lines;
    shelf.receiveReturn(announced.reference, [{ lineReference: line!.lineReference, sku: 'ANT', quantity: 3 }]);
    shelf.inspectReturn(announced.reference, [{ lineReference: line!.lineReference, sku: 'ANT', quantity: 2, disposition: 'sellable' }, { lineReference: line!.lineReference, sku: 'ANT', quantity: 1, disposition: 'damaged' }]);
    await town.settle();
    await town.flow('returns');
    await clock.advance(130_000);
    await town.flow('returns');
    await town.settle();
    expect(disposed(town, id)).toEqual([['NOT_RESTOCKED', 1, null], ['NOT_RESTOCKED', 2, null]]);
    expect([town.shown('ANT').available, shelf.shelf.get('ANT'), await adjustments(town)]).toEqual([19, { onHand: 20, unsellable: 1 }, []]);
    await true_(town);
    expect(await rises(town)).toEqual([]);
  });

  it('a bundle is told of when all its parts were looked at', async () => {
    const town = await warehouseTown(), { id } = await returned(town, 'SET', 2), shelf = town.shelves[0]!;
    const announced = shelf.announced.at(-1)!, look = (sku: string, quantity: number) => shelf.inspectReturn(announced.reference, [{ lineReference: announced.lines.find((l) => l.sku === sku)!.lineReference, sku, quantity, disposition: 'sellable' }]);
    look('ANT', 2);
    await town.settle();
    await town.flow('returns');
    expect(disposed(town, id)).toEqual([]);
    look('BEE', 4);
    await town.settle();
    await town.flow('returns');
    expect(disposed(town, id)).toEqual([['NOT_RESTOCKED', 2, null]]);
    expect([town.shown('ANT').available, town.shown('BEE').available]).toEqual([20, 20]);
    await true_(town);
  });
});
