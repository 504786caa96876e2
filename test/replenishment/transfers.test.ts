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
const town = await clock.town({ goods: [{ sku: 'OWL', stock: [80, 1] }, { sku: 'EMU', stock: [40, 2] }, { sku: 'YAK', stock: [30, 30] }, { sku: 'ELK', stock: [50, 0] }, { sku: 'GNU', stock: [20, 0] }, { sku: 'RAM', stock: [9, 0] }] }), { storeId, placeIds: [mill, shop] } = town;
const TODAY = '2026-03-02';

async function call<T = Detail>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<{ status: number; body: T & { detail?: string } }> {
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
    expect(await read(id)).toMatchObject({ state: 'ready', asked: null, may: ['change', 'ship', 'cancel'] });
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
    expect(await read(id)).toMatchObject({ state: 'draft', asked: null, refused: true, message: 'The item is not stocked at the intended location.', may: ['create', 'change', 'cancel'] });
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
    expect((await step(transferId, 'ship')).body.detail).toContain('only what is ready can be shipped');
    expect((await call<Of<typeof TransferPage>>('GET', '/transfers?view=over')).body.counts).toMatchObject({ over: 5, open: 1 });
  });
});

describe('a transfer in parts', () => {
  const part = async (id: number, path: string, body: object, key = randomUUID()) => call('POST', `/transfers/${id}/${path}`, { key, version: (await read(id)).version, ...body });
  const change = async (id: number, lines: object[], version?: number) => call('PUT', `/transfers/${id}/lines`, { key: randomUUID(), version: version ?? (await read(id)).version, lines });
  let elk: number, gnu: number, ram: number, id: number;

  it('its quantities are changed in Shopify until something leaves, up to what stands free, and a line is taken off', async () => {
    [elk, gnu, ram] = [await town.itemId('ELK'), await town.itemId('GNU'), await town.itemId('RAM')];
    ({ transferId: id } = (await make([{ itemId: elk, quantity: 20 }, { itemId: gnu, quantity: 10 }, { itemId: ram, quantity: 2 }])).body);
    expect((await change(id, [{ itemId: elk, quantity: 5 }])).body.detail).toContain('making it has not been answered');
    await town.settle();
    expect((await read(id)).items.map((item) => [item.sku, item.quantity, item.free])).toEqual([['ELK', 20, 50], ['GNU', 10, 20], ['RAM', 2, 9]]);
    expect((await change(id, [{ itemId: elk, quantity: 51 }])).body.detail).toBe('lines.0.quantity: 51 are to be moved, but 50 stand free at the origin now');
    expect((await change(id, [{ itemId: elk, quantity: 20 }])).body.detail).toContain('these are the quantities it has');
    expect((await change(id, [elk, gnu, ram].map((itemId) => ({ itemId, quantity: 0 })))).body.detail).toContain('one must keep some units');
    expect((await change(id, [{ itemId: elk, quantity: 30 }, { itemId: gnu, quantity: 8 }, { itemId: ram, quantity: 0 }])).body).toMatchObject({ asked: 'change' });
    await town.settle();
    expect((await read(id)).items.map((item) => [item.sku, item.quantity])).toEqual([['ELK', 30], ['GNU', 8]]);
    expect([states('ELK'), states('GNU'), states('RAM')]).toEqual([[[20, 30, 0], [0, 0, 0]], [[12, 8, 0], [0, 0, 0]], [[9, 0, 0], [0, 0, 0]]]);
    await inStep();
  });

  it('leaves in several shipments; what is left stays reserved and counts as on its way for planning', async () => {
    expect((await part(id, 'shipments', { lines: [{ itemId: elk, quantity: 31 }] })).body.detail).toBe('lines.0.quantity: 31 are to be shipped, but 30 of ELK are left');
    await part(id, 'shipments', { lines: [{ itemId: elk, quantity: 12 }], note: 'first van' });
    await town.settle();
    expect(await read(id)).toMatchObject({ state: 'in transit', shipped: 12, may: ['ship', 'receive'], shipments: [{ status: 'in transit', lines: [{ itemId: elk, quantity: 12 }] }], parts: [{ kind: 'ship', state: 'done', units: 12, note: 'first van' }, { kind: 'change' }] });
    expect((await change(id, [{ itemId: elk, quantity: 5 }])).body.detail).toContain('some of it has left already');
    expect(states('ELK')).toEqual([[20, 18, 0], [0, 0, 12]]);
    await inStep();
    expect((await positions(db, storeId, [elk, gnu])).get(`${elk}@${shop}`)).toMatchObject({ incoming: 30 });
    expect((await positions(db, storeId, [elk, gnu])).get(`${gnu}@${shop}`)).toMatchObject({ incoming: 8 });
    await part(id, 'shipments', { lines: [{ itemId: elk, quantity: 10 }, { itemId: gnu, quantity: 8 }] });
    await town.settle();
    expect((await read(id)).shipments).toHaveLength(2);
    expect([states('ELK'), states('GNU')]).toEqual([[[20, 8, 0], [0, 0, 22]], [[12, 0, 0], [0, 0, 8]]]);
    await inStep();
  });

  it('arrives in parts: accepted units come into stock, rejected ones are said why, the others stay incoming; each receipt once', async () => {
    const [first, second] = (await read(id)).shipments.map((one) => one.shipmentId), key = randomUUID(), before = await read(id);
    expect((await part(id, 'receipts', { lines: [{ shipmentId: first, itemId: elk, accepted: 13, rejected: [] }] })).body.detail).toContain('lines.0.accepted: 13 were counted, but 12 of ELK are still coming');
    expect((await part(id, 'receipts', { lines: [{ shipmentId: first, itemId: gnu, accepted: 1 }] })).body.detail).toContain('lines.0.itemId: the item is not in shipment');
    expect((await part(id, 'receipts', { lines: [{ shipmentId: '1', itemId: gnu, accepted: 1 }] })).body.detail).toContain('lines.0.shipmentId');
    expect((await part(id, 'receipts', { lines: [{ shipmentId: first, itemId: elk, accepted: 0 }] })).body.detail).toContain('neither accepted nor rejected');
    const body = { lines: [{ shipmentId: first, itemId: elk, accepted: 7, rejected: [{ reason: 'damaged', quantity: 2 }, { reason: 'missing', quantity: 1 }] }, { shipmentId: second, itemId: gnu, accepted: 3 }] };
    expect((await part(id, 'receipts', body, key)).body).toMatchObject({ asked: 'receive' });
    // The same key, before and after: nothing new. Another one from the old reading: refused.
    expect((await part(id, 'receipts', body, key)).status).toBe(200);
    expect((await call('POST', `/transfers/${id}/receipts`, { key: randomUUID(), version: before.version, ...body })).status).toBe(409);
    await town.settle();
    expect((await part(id, 'receipts', body, key)).body).toMatchObject({ asked: null, received: 10, rejected: 3 });
    await town.settle();
    expect([states('ELK'), states('GNU')]).toEqual([[[20, 8, 0], [7, 0, 12]], [[12, 0, 0], [3, 0, 5]]]);
    expect(calls('ReceiveShipment') > 0 && (await read(id)).parts.filter((one) => one.kind === 'receive')).toMatchObject([{ state: 'done', units: 10, rejected: [{ reason: 'damaged', quantity: 2 }, { reason: 'missing', quantity: 1 }] }]);
    expect(await town.ledger('ELK', 1)).toMatchObject({ available: 7, incoming: 12 });
    await inStep();
  });

  it('an answer lost between two shipments of a receipt is looked up for each: none is received twice', async () => {
    const [first, second] = (await read(id)).shipments.map((one) => one.shipmentId);
    await part(id, 'receipts', { lines: [{ shipmentId: first, itemId: elk, accepted: 1 }, { shipmentId: second, itemId: elk, accepted: 4 }] });
    town.after = (one) => { if (one.operation === 'ReceiveShipment') throw new NetworkError('No answer (ECONNRESET)'); };
    await town.flow('transfers');
    town.after = null;
    expect(states('ELK')[1]).toEqual([8, 0, 11]);
    expect(await read(id)).toMatchObject({ asked: 'receive', message: expect.stringContaining('no answer') as string });
    const before = calls('ReceiveShipment');
    await clock.advance(10_000);
    await town.flow('transfers');
    expect(calls('ReceiveShipment') - before).toBe(1);
    await town.settle();
    expect(states('ELK')).toEqual([[20, 8, 0], [12, 0, 7]]);
    await inStep();
  });

  it('what somebody received in Shopify since it was counted is not received on top: it is counted again', async () => {
    const [first, second] = (await read(id)).shipments, hand = async (quantity: number): Promise<void> => {
      const shipment = [...town.sandbox.shop.tables.shipments.values()].find((one) => one.id === second!.shipmentId)!, line = shipment.lines.find((one) => one.inventoryItemId === town.variant('ELK').inventoryItemId)!;
      await town.admin('mutation($id: ID!, $k: String!, $l: [InventoryShipmentReceiveItemInput!]) { inventoryShipmentReceive(id: $id, lineItems: $l) @idempotent(key: $k) { userErrors { code } } }', { id: `gid://shopify/InventoryShipment/${shipment.id}`, k: randomUUID(), l: [{ shipmentLineItemId: `gid://shopify/InventoryShipmentLineItem/${line.id}`, quantity, reason: 'ACCEPTED' }] });
    };
    expect([first!.status, second!.status]).toEqual(['in transit', 'in transit']);
    await part(id, 'receipts', { lines: [{ shipmentId: second!.shipmentId, itemId: elk, accepted: 3 }] });
    await hand(2);
    await town.flow('transfers');
    expect(await read(id)).toMatchObject({ asked: null, refused: true, message: expect.stringContaining('count what is left again') as string, parts: [{ state: 'refused' }, {}, {}, {}, {}, {}] });
    expect(await town.cases('TRANSFER_REFUSED')).toHaveLength(1);
    await town.settle();
    expect(states('ELK')[1]).toEqual([14, 0, 5]);
    await inStep();
  });

  it('the rest leaves and arrives, and it is received when nothing is left: rejected and missing units among it', async () => {
    await step(id, 'ship');
    await town.settle();
    expect(states('ELK')).toEqual([[20, 0, 0], [14, 0, 13]]);
    expect((await read(id)).may).toEqual(['receive']);
    const open = (await read(id)).shipments.flatMap((one) => one.lines.filter((line) => line.quantity > line.accepted + line.rejected).map((line) => ({ ...line, shipmentId: one.shipmentId })));
    const lost = open.find((line) => line.itemId === gnu)!;
    await part(id, 'receipts', { lines: [{ shipmentId: lost.shipmentId, itemId: gnu, accepted: 0, rejected: [{ reason: 'missing', quantity: lost.quantity - lost.accepted }] }] });
    await town.settle();
    await step(id, 'receive');
    await town.settle();
    expect(await read(id)).toMatchObject({ state: 'received', units: 38, shipped: 38, received: 30, rejected: 8, may: [], refused: false });
    expect([states('ELK'), states('GNU')]).toEqual([[[20, 0, 0], [27, 0, 0]], [[12, 0, 0], [3, 0, 0]]]);
    expect(await town.cases('TRANSFER_REFUSED')).toEqual([]);
    await inStep();
  });

  it('a draft that Shopify refused is changed here, and made under another key', async () => {
    const { transferId } = (await make([{ itemId: ram, quantity: 9 }])).body, level = (): { key: string } & Record<string, unknown> => { const key = `${town.variant('RAM').inventoryItemId}:${town.places[0]}`; return { key, ...town.sandbox.shop.tables.levels.get(key)! }; };
    town.before = async (one) => { if (one.operation === 'CreateTransfer') { town.before = null; town.sandbox.shop.put('levels', { ...level(), isActive: false } as never); town.sandbox.shop.commit(); } };
    await town.flow('transfers');
    town.sandbox.shop.put('levels', { ...level(), isActive: true } as never);
    town.sandbox.shop.commit();
    expect((await change(transferId, [{ itemId: ram, quantity: 10 }])).body.detail).toContain('but 9 stand free');
    expect((await change(transferId, [{ itemId: ram, quantity: 4 }])).body).toMatchObject({ state: 'draft', units: 4 });
    await step(transferId, 'create');
    await town.settle();
    expect(await read(transferId)).toMatchObject({ state: 'ready', refused: false });
    expect(states('RAM')).toEqual([[5, 4, 0], [0, 0, 0]]);
    await inStep();
  });
});
