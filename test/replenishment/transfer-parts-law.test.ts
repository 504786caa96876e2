/** Transfers moved on at random, in parts, by people here and in Shopify, with answers lost on the way: what Shopify holds is the sum of what was asked for, each part once. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NetworkError } from '../../src/connectors/http.ts';
import type { TransferDetail } from '../../src/http/contract-transfers.ts';
import type { Of } from '../../src/http/contract.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), town = await clock.town({ goods: [{ sku: 'ANT', stock: [9_000, 0] }, { sku: 'BEE', stock: [9_000, 0] }] }), { storeId, placeIds: [mill, shop] } = town;
type Detail = Of<typeof TransferDetail>;
async function call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<{ status: number; body: Detail }> {
  const reply = await clock.app.inject({ method, url: `/api/v1${path}?store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, body: reply.json() };
}
const read = async (id: number): Promise<Detail> => (await call('GET', `/transfers/${id}`)).body;
const share = (of: number, part: number): number => Math.max(1, Math.ceil(of * part));

type Deed = { do: 'ship' | 'receive' | 'change' | 'hand ships' | 'twice'; part: number; reject: number; lost: number };
const deeds = fc.array(fc.record({ do: fc.constantFrom('ship', 'ship', 'receive', 'receive', 'receive', 'change', 'hand ships', 'twice' as const) as fc.Arbitrary<Deed['do']>, part: fc.double({ min: 0.05, max: 1, noNaN: true }), reject: fc.double({ min: 0, max: 0.5, noNaN: true }), lost: fc.constantFrom(0, 0, 1, 2) }), { minLength: 4, maxLength: 14 });

/** One deed, as far as the transfer allows it; what is asked for is put to Shopify with its answer lost so often. Answers the units a hand shipped in Shopify. */
async function doIt(id: number, deed: Deed): Promise<number> {
  const now = await read(id), body = { key: randomUUID(), version: now.version }, left = now.items.filter((item) => item.quantity > item.shipped);
  const coming = now.shipments.filter((one) => one.status === 'in transit').flatMap((one) => one.lines.map((line) => ({ ...line, shipmentId: one.shipmentId, open: line.quantity - line.accepted - line.rejected }))).filter((line) => line.open > 0);
  let asked: { status: number } | null = null, byHand = 0;
  if (deed.do === 'ship' && left.length > 0) asked = await call('POST', `/transfers/${id}/shipments`, { ...body, lines: left.map((item) => ({ itemId: item.itemId, quantity: share(item.quantity - item.shipped, deed.part) })) });
  if (deed.do === 'change' && now.may.includes('change')) {
    const item = now.items[0]!, quantity = share(Math.min(60, item.free), deed.part), changed = await call('PUT', `/transfers/${id}/lines`, { ...body, lines: [{ itemId: item.itemId, quantity }] });
    // Drawn by chance, it may be what it has: then there is nothing to change, and that is said.
    if (quantity === item.quantity) expect(changed).toMatchObject({ status: 400, body: { detail: 'lines: these are the quantities it has' } }); else asked = changed;
  }
  if ((deed.do === 'receive' || deed.do === 'twice') && coming.length > 0) {
    const receipt = { ...body, lines: coming.map((line) => { const units = share(line.open, deed.part), rejected = Math.floor(units * deed.reject); return { shipmentId: line.shipmentId, itemId: line.itemId, accepted: units - rejected, rejected: rejected === 0 ? [] : [{ reason: 'damaged', quantity: rejected }] }; }) };
    asked = await call('POST', `/transfers/${id}/receipts`, receipt);
    if (deed.do === 'twice') expect((await call('POST', `/transfers/${id}/receipts`, receipt)).status).toBe(200);
  }
  if (deed.do === 'hand ships' && left.length > 0 && now.shopifyTransferId) {
    const item = left[0]!;
    byHand = share(item.quantity - item.shipped, deed.part);
    await town.admin('mutation($i: InventoryShipmentCreateInput!, $k: String!) { inventoryShipmentCreateInTransit(input: $i) @idempotent(key: $k) { userErrors { code } } }', { k: randomUUID(), i: { movementId: `gid://shopify/InventoryTransfer/${now.shopifyTransferId}`, lineItems: [{ inventoryItemId: `gid://shopify/InventoryItem/${town.variant(item.sku!).inventoryItemId}`, quantity: byHand }] } });
  }
  if (asked) expect(asked.status).toBe(200);
  for (let n = 0; n < deed.lost; n++) {
    town.after = (one) => { if (/^(ShipTransfer|ReceiveShipment|SetTransferItems)$/.test(one.operation)) throw new NetworkError('No answer (ECONNRESET)'); };
    await town.flow('transfers');
    town.after = null;
    await clock.advance(30_000);
  }
  for (let n = 0; n < 4; n++) { await town.flow('transfers'); await clock.advance(10_000); }
  expect(await read(id)).toMatchObject({ asked: null });
  return byHand;
}

it('every part counts once, and no unit goes astray', async () => {
  const [ant, bee] = [await town.itemId('ANT'), await town.itemId('BEE')];
  await fc.assert(fc.asyncProperty(deeds, async (list) => {
    const { transferId: id } = (await call('POST', '/transfers', { key: randomUUID(), fromLocationId: mill, toLocationId: shop, lines: [{ itemId: ant, quantity: 17 }, { itemId: bee, quantity: 5 }] })).body;
    const before = [town.shown('ANT', 1).available, town.shown('BEE', 1).available].reduce((sum, units) => sum + units, 0);
    await town.flow('transfers');
    let byHand = 0;
    for (const deed of list) byHand += await doIt(id, deed);
    const now = await read(id), record = town.sandbox.shop.tables.transfers.get(now.shopifyTransferId!)!, shipments = [...town.sandbox.shop.tables.shipments.values()].filter((one) => one.transferId === record.id), there = (of: 'quantity' | 'accepted' | 'rejected'): number => shipments.reduce((sum, one) => sum + one.lines.reduce((total, line) => total + line[of], 0), 0);
    const done = now.parts.filter((part) => part.kind === 'receive' && part.state === 'done');
    expect([there('accepted'), there('rejected')]).toEqual([done.reduce((sum, part) => sum + part.units, 0), done.reduce((sum, part) => sum + part.rejected.reduce((total, one) => total + one.quantity, 0), 0)]);
    expect(there('quantity')).toBe(byHand + now.parts.filter((part) => part.kind === 'ship' && part.state === 'done').reduce((sum, part) => sum + part.units, 0));
    expect([now.units, now.shipped, now.received, now.rejected]).toEqual([record.lines.reduce((sum, line) => sum + line.totalQuantity, 0), there('quantity'), there('accepted'), there('rejected')]);
    expect(town.shown('ANT', 1).available + town.shown('BEE', 1).available - before).toBe(there('accepted'));
    await town.settle();
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
    expect(await town.faults()).toEqual([]);
    // It is brought to its end, so that the next one begins with nothing on its way.
    if (now.may.includes('ship')) await doIt(id, { do: 'ship', part: 1, reject: 0, lost: 0 });
    await doIt(id, { do: 'receive', part: 1, reject: 0, lost: 1 });
    expect(await read(id)).toMatchObject({ state: 'received', may: [] });
  // A list takes seconds: made smaller again and again, a failing one would end as a timeout that names nothing.
  }), { numRuns: 8, endOnFailure: true });
}, 180_000);
