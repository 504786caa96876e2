/** Stock moved between two places of a sandbox shop: proposed, made, shipped, received; lost answers, refusals, other people's hands; and no unit astray at the end. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { NetworkError } from '../../src/connectors/http.ts';
import type { ProposalPage, TransferDetail, TransferPage, TransferSettings } from '../../src/http/contract-transfers.ts';
import type { Of } from '../../src/http/contract.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { positions } from '../../src/store/planning.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), { house, app } = clock, { db } = house;
const town = await clock.town({ goods: [{ sku: 'OWL', stock: [80, 1] }, { sku: 'EMU', stock: [40, 2] }, { sku: 'YAK', stock: [30, 30] }] }), { storeId, placeIds: [mill, shop] } = town;
const TODAY = '2026-03-02';

async function call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<{ status: number; body: T & { detail?: string } }> {
  const reply = await app.inject({ method, url: `/api/v1${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, body: (reply.headers['content-type']?.includes('json') ? reply.json() : reply.body) as T & { detail?: string } };
}
type Detail = Of<typeof TransferDetail>;
const make = (lines: { itemId: number; quantity: number }[], key = randomUUID()) => call<Detail>('POST', '/transfers', { key, fromLocationId: mill, toLocationId: shop, reason: 'weekend', lines });
const step = async (id: number, name: string) => call<Detail>('POST', `/transfers/${id}/${name}`, { version: (await read(id)).version });
const read = async (id: number): Promise<Detail> => (await call<Detail>('GET', `/transfers/${id}`)).body;
const states = (sku: string) => [0, 1].map((place) => { const { available, reserved, incoming } = town.shown(sku, place); return [available, reserved, incoming]; });
const calls = (operation: string): number => town.calls.filter((one) => one.operation === operation).length;
const inStep = async (): Promise<void> => { expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 }); expect(await town.faults()).toEqual([]); };

const sold = async (sku: string, a: number, b: number): Promise<void> => {
  const itemId = await town.itemId(sku);
  await db.transaction((tx) => recordDemand(tx, storeId, Array.from({ length: 28 }, (_, n) => [[mill!, a], [shop!, b]].map(([locationId, quantity]) => ({ fact: `test/${sku}${n}@${locationId}`, kind: 'sale' as const, itemId, locationId: locationId!, day: addDays(TODAY, -1 - n), quantity: quantity!, orderId: '1' }))).flat().filter((fact) => fact.quantity > 0)));
};

describe('transfers', () => {
  it('are proposed where the next unit is worth more, with what it is worth at both ends', async () => {
    await sold('OWL', 0, 2);
    await sold('EMU', 1, 1);
    await sold('YAK', 1, 1);
    await clock.flow('replenishment', storeId);
    await clock.flow('transfer-proposals', storeId);
    const { body } = await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals');
    const owl = body.rows.find((row) => row.sku === 'OWL')!;
    expect(owl).toMatchObject({ fromName: 'Mill', toName: 'Store', worth: { here: 80, there: 1, firstHere: 0 } });
    expect(owl.quantity).toBeGreaterThan(42); // two a day for three weeks, and some for safety
    expect(owl.worth.lastThere - owl.worth.lastHere).toBeGreaterThan(50);
    expect(body.rows.some((row) => row.toName === 'Mill')).toBe(false);
    expect(body.totals).toMatchObject({ rows: body.rows.length, units: body.rows.reduce((sum, row) => sum + row.quantity, 0), gain: body.rows.reduce((sum, row) => sum + row.gain, 0) });
    expect(String((await call<string>('GET', '/transfers/proposals.csv')).body)).toContain('OWL');
    // Dearer moving, fewer units; a price above every margin, none.
    const settings = (await call<Of<typeof TransferSettings>>('GET', '/transfers/settings')).body;
    expect((await call('PUT', '/transfers/settings', { ...settings, unitCost: 2_000 })).status).toBe(200);
    expect((await call('PUT', '/transfers/settings', { ...settings, unitCost: 1 })).status).toBe(409);
    await clock.flow('transfer-proposals', storeId);
    expect((await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals')).body.rows).toEqual([]);
    await call('PUT', '/transfers/settings', { unitCost: 50, leastGain: 500, version: 1 });
    await clock.flow('transfer-proposals', storeId);
  });

  it('are made ready, shipped and received in Shopify, and the ledger follows its events unit by unit', async () => {
    const owl = await town.itemId('OWL'), key = randomUUID(), proposed = (await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals?q=OWL')).body.rows[0]!;
    const made = await make([{ itemId: owl, quantity: 30 }], key), id = made.body.transferId;
    expect(made.body).toMatchObject({ reference: 'T-00001', state: 'draft', asked: 'create', items: [{ sku: 'OWL', quantity: 30, worth: { gain: proposed.worth.gain } }] });
    expect((await make([{ itemId: owl, quantity: 30 }], key)).body.transferId).toBe(id);
    // Nobody proposes it again, nor orders it, while it waits.
    expect((await positions(db, storeId, [owl])).get(`${owl}@${shop}`)).toMatchObject({ incoming: 30 });
    expect((await positions(db, storeId, [owl])).get(`${owl}@${mill}`)).toMatchObject({ available: 50 });
    await town.settle();
    expect(await read(id)).toMatchObject({ state: 'ready', asked: null, may: ['ship', 'cancel'] });
    expect(states('OWL')).toEqual([[50, 30, 0], [1, 0, 0]]);
    await inStep();
    expect((await positions(db, storeId, [owl])).get(`${owl}@${mill}`)).toMatchObject({ available: 50 });
    expect((await step(id, 'ship')).status).toBe(200);
    await town.settle();
    expect(states('OWL')).toEqual([[50, 0, 0], [1, 0, 30]]);
    await inStep();
    expect((await positions(db, storeId, [owl])).get(`${owl}@${shop}`)).toMatchObject({ incoming: 30 });
    expect((await step(id, 'receive')).status).toBe(200);
    await town.settle();
    expect(await read(id)).toMatchObject({ state: 'received', received: 30, may: [], items: [{ received: 30 }] });
    expect(states('OWL')).toEqual([[50, 0, 0], [31, 0, 0]]);
    await inStep();
    expect(await town.ledger('OWL', 1)).toMatchObject({ available: 31 });
  });

  it('an answer that was lost is looked up: nothing is made twice', async () => {
    const emu = await town.itemId('EMU'), { transferId: id } = (await make([{ itemId: emu, quantity: 10 }])).body;
    const losing = (operation: string): void => { town.after = (one) => { if (one.operation === operation) throw new NetworkError('No answer (ECONNRESET)'); }; };
    for (const [operation, ask, state] of [['CreateTransfer', null, 'ready'], ['ShipTransfer', 'ship', 'in transit'], ['ReceiveShipment', 'receive', 'received']] as const) {
      if (ask) await step(id, ask);
      losing(operation);
      await town.flow('transfers');
      town.after = null;
      const before = calls(operation);
      expect(await read(id)).toMatchObject({ asked: ask ?? 'create', message: expect.stringContaining('no answer') as string });
      await clock.advance(10_000);
      await town.flow('transfers');
      expect(await read(id)).toMatchObject({ state, asked: null, message: null });
      expect(calls(operation)).toBe(before);
    }
    expect(town.sandbox.shop.tables.transfers.size).toBe(2);
    expect(town.sandbox.shop.tables.shipments.size).toBe(2);
    expect(states('EMU')).toEqual([[30, 0, 0], [12, 0, 0]]);
    await inStep();
  });

  it('what Shopify refuses is said, and can be cancelled', async () => {
    const yak = await town.itemId('YAK'), { transferId: id } = (await make([{ itemId: yak, quantity: 5 }])).body;
    // Between the look and the write somebody stops stocking it there.
    town.before = async (one) => { if (one.operation === 'CreateTransfer') { town.before = null; const level = town.sandbox.shop.tables.levels.get(`${town.variant('YAK').inventoryItemId}:${town.places[0]}`)!; town.sandbox.shop.put('levels', { ...level, isActive: false }); town.sandbox.shop.commit(); } };
    await town.flow('transfers');
    expect(await read(id)).toMatchObject({ state: 'draft', asked: null, refused: true, message: 'The item is not stocked at the intended location.', may: ['create', 'cancel'] });
    expect(await town.cases('TRANSFER_REFUSED')).toHaveLength(1);
    expect((await call<Of<typeof TransferPage>>('GET', '/transfers?view=refused')).body.rows).toHaveLength(1);
    const level = town.sandbox.shop.tables.levels.get(`${town.variant('YAK').inventoryItemId}:${town.places[0]}`)!;
    town.sandbox.shop.put('levels', { ...level, isActive: true });
    town.sandbox.shop.commit();
    await step(id, 'cancel');
    await town.flow('transfers');
    expect(await read(id)).toMatchObject({ state: 'cancelled', refused: false });
    expect(await town.cases('TRANSFER_REFUSED')).toEqual([]);
    await inStep();
  });

  it('a ready one is cancelled and its units are given back; what somebody does in Shopify is followed', async () => {
    const yak = await town.itemId('YAK'), one = (await make([{ itemId: yak, quantity: 4 }])).body, two = (await make([{ itemId: yak, quantity: 3 }])).body;
    await town.flow('transfers');
    expect(states('YAK')[0]).toEqual([23, 7, 0]);
    await step(one.transferId, 'cancel');
    const { shopifyTransferId } = await read(two.transferId);
    await town.admin('mutation($i: InventoryShipmentCreateInput!, $k: String!) { inventoryShipmentCreateInTransit(input: $i) @idempotent(key: $k) { inventoryShipment { id } userErrors { code } } }', { k: 'hand', i: { movementId: `gid://shopify/InventoryTransfer/${shopifyTransferId}`, lineItems: [{ inventoryItemId: `gid://shopify/InventoryItem/${town.variant('YAK').inventoryItemId}`, quantity: 3 }] } });
    await town.flow('transfers');
    expect([(await read(one.transferId)).state, (await read(two.transferId)).state]).toEqual(['cancelled', 'in transit']);
    expect(states('YAK')).toEqual([[27, 0, 0], [30, 0, 3]]);
    expect((await step(two.transferId, 'cancel')).body.detail).toContain('its goods are on their way or here');
    await step(two.transferId, 'receive');
    await town.settle();
    await inStep();
    expect(states('YAK')).toEqual([[27, 0, 0], [33, 0, 0]]);
  });

  it('is refused in words where it cannot be', async () => {
    const owl = await town.itemId('OWL');
    expect((await make([{ itemId: owl, quantity: 5_000 }])).body.detail).toBe('lines.0.quantity: 5000 are to be moved, but 50 stand free at the origin now');
    expect((await make([{ itemId: owl, quantity: 1 }, { itemId: owl, quantity: 1 }])).body.detail).toBe('lines.1.itemId: the item is listed twice');
    expect((await call('POST', '/transfers', { key: randomUUID(), fromLocationId: mill, toLocationId: mill, lines: [{ itemId: owl, quantity: 1 }] })).body.detail).toContain('another place');
    const { transferId } = (await make([{ itemId: owl, quantity: 1 }])).body;
    expect((await call('POST', `/transfers/${transferId}/ship`, { version: 99 })).body.detail).toContain('moved on meanwhile');
    expect((await step(transferId, 'ship')).body.detail).toContain('only a transfer that is ready can be shipped');
    expect((await call<Of<typeof TransferPage>>('GET', '/transfers?view=over')).body.counts).toMatchObject({ over: 5, open: 1 });
  });
});
