import { afterEach, describe, expect, test } from 'vitest';
import { faultsOf } from '../engine/conservation.ts';
import { openSmallShop } from '../engine/small-shop.ts';
import { serveStore } from '../server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of closing.splice(0)) await close(); });

async function open() {
  const small = openSmallShop();
  const served = await serveStore({ shop: small.shop, dataDir: ':memory:', port: null, clientId: 'app', clientSecret: 'secret', plan: 'plus', seed: 1, timers: false, deliver: () => Promise.resolve({ status: 200 }) });
  closing.push(async () => { await served.stop(); small.shop.close(); });
  const call = async (method: string, path: string, body: unknown = {}) => {
    const reply = await served.handle({ method, path: `/sandbox/${path}`, body: JSON.stringify(body) });
    return { status: reply.status, body: JSON.parse(reply.body.toString()) as any };
  };
  const post = async (path: string, body: unknown = {}) => {
    const reply = await call('POST', path, body);
    if (reply.status !== 200) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const get = async (path: string) => (await call('GET', path)).body;
  const mugs = (place: string) => small.shop.tables.levels.get(`${small.mug.inventoryItemId}:${place}`)!.quantities;
  return { ...small, served, call, post, get, mugs, route: () => post('clock/advance', { ms: 300 }) };
}

describe('controls', () => {
  test('a new client secret gives tokens beside the old one, until the old one is revoked', async () => {
    const { post, served } = await open();
    const grant = async (secret: string): Promise<number> => (await served.handle({ method: 'POST', path: '/admin/oauth/access_token', body: JSON.stringify({ grant_type: 'client_credentials', client_id: 'app', client_secret: secret }), headers: { 'content-type': 'application/json' } })).status;
    expect([await grant('secret'), await grant('newer secret')]).toEqual([200, 401]);
    await post('secret', { clientSecret: 'newer secret' });
    expect([await grant('secret'), await grant('newer secret')]).toEqual([200, 200]);
    await post('secret', { revokeOld: true });
    expect([await grant('secret'), await grant('newer secret')]).toEqual([401, 200]);
  });


  test('an order from two places; its work is held, moved, split and shipped with a mail', async () => {
    const { post, get, route, main, second, mugs, shop } = await open();
    const order = await post('orders', { lines: [{ sku: 'MUG', quantity: 3, location: 'Second' }, { sku: 'PLATE', quantity: 2 }], tags: ['vip'] });
    expect(order).toMatchObject({ name: '#1001', tags: ['vip'] });
    await route();
    expect((await get('orders/1001')).fulfillmentOrders.map((work: { assignedLocationId: string }) => work.assignedLocationId)).toEqual([second, main]);
    const held = await post('orders/1001/hold', { from: 'Second', reason: 'INCORRECT_ADDRESS' });
    expect(held.fulfillmentOrders[0]).toMatchObject({ status: 'ON_HOLD', holds: [{ reason: 'INCORRECT_ADDRESS', app: null }] });
    await post('orders/1001/release');
    const split = await post('orders/1001/split', { from: 'Second', lines: [{ sku: 'MUG', quantity: 1 }] });
    expect(split.fulfillmentOrders).toHaveLength(3);
    await post('orders/1001/move', { fulfillmentOrderId: split.fulfillmentOrders[2].id, location: 'Main' });
    expect([mugs(second).committed, mugs(main).committed]).toEqual([2, 1]);
    await post('orders/1001/fulfil', { location: 'Second', numbers: ['A', 'B'], company: 'UPS', notifyCustomer: true });
    expect((await get('state')).notifications).toBe(1);
    expect([mugs(second), faultsOf(shop)]).toMatchObject([{ committed: 0, available: 2 }, []]);
  });

  test('a return is asked for, approved, decided on and exchanged', async () => {
    const { post, route, mugs, second, shop } = await open();
    await post('orders', { lines: [{ sku: 'MUG', quantity: 4 }] });
    await route();
    await post('orders/1001/fulfil', { number: 'T1' });
    const asked = await post('orders/1001/return', { request: true, lines: [{ sku: 'MUG', quantity: 2, reason: 'UNWANTED' }] });
    expect(asked).toMatchObject({ name: '#1001-R1', status: 'REQUESTED' });
    expect((await post('returns/1001-R1/decline', { reason: 'FINAL_SALE' })).status).toBe('DECLINED');
    await post('orders/1001/return', { lines: [{ sku: 'MUG', quantity: 3 }], exchange: [{ sku: 'PLATE', quantity: 1 }] });
    await post('returns/1001-R2/dispose', { lines: [{ sku: 'MUG', quantity: 1, type: 'RESTOCKED', location: 'Second' }] });
    expect(mugs(second).available).toBe(5);
    const done = await post('returns/1001-R2/process', { type: 'NOT_RESTOCKED', refund: true });
    expect(done).toMatchObject({ lines: [{ processedQuantity: 3, refundedQuantity: 3 }], exchanges: [{ processedQuantity: 1 }], reverse: { status: 'CLOSED' } });
    expect((await post('returns/1001-R2/close')).status).toBe('CLOSED');
    expect(shop.tables.orders.values().next().value!.lines.map((line) => [line.sku, line.currentQuantity])).toEqual([['MUG', 1], ['PLATE', 1]]);
    expect([mugs(second).available, faultsOf(shop)]).toEqual([5, []]);
  });

  test('stock is written by staff and by other apps, and the log says by whom', async () => {
    const { post, get, call, mug } = await open();
    await post('levels', { sku: 'MUG', location: 'Main', change: { name: 'damaged', delta: 2 }, staff: 'Ann', reason: 'damaged' });
    await post('levels', { sku: 'MUG', location: 'Main', onHand: 20, app: 'Stock tool' });
    await post('levels', { sku: 'MUG', location: 'Main', available: 5 });
    const { levels, adjustments } = await get(`levels/${mug.inventoryItemId}`);
    expect(levels[0].quantities).toMatchObject({ available: 5, damaged: 2 });
    expect(adjustments.slice(0, 3).map((row: Record<string, unknown>) => [row['name'], row['delta'], row['by']])).toEqual([['available', -13, { staff: 'Staff' }], ['available', 8, { app: 'Stock tool' }], ['damaged', 2, { staff: 'Ann' }]]);
    expect((await call('POST', 'levels', { sku: 'MUG', location: 'Main', available: 5, onHand: 3 })).status).toBe(400);
    expect((await call('POST', 'levels', { sku: 'SET', location: 'Main', available: 5 })).status).toBe(422);
    expect(await post('levels/stocked', { sku: 'MUG', location: 'Main', stocked: false })).toMatchObject({ isActive: false, quantities: { available: 5 } });
  });

  test('locations, transfers and bundles by name', async () => {
    const { post, get, call, mugs, second, shop } = await open();
    await post('locations', { name: 'Shed', countryCode: 'DE' });
    const transfer = await post('transfers', { origin: 'Main', destination: 'Second', lines: [{ sku: 'MUG', quantity: 4 }] });
    expect(transfer).toMatchObject({ name: '#T0001', status: 'READY_TO_SHIP' });
    await post('transfers/T0001/ship', { lines: [{ sku: 'MUG', quantity: 3 }] });
    expect(mugs(second).incoming).toBe(3);
    await post('transfers/T0001/receive');
    await post('transfers/T0001/ship');
    expect((await post('transfers/T0001/receive', { reason: 'REJECTED' })).transfer.status).toBe('TRANSFERRED');
    expect(mugs(second)).toMatchObject({ available: 7, incoming: 0 });
    expect((await call('POST', 'locations/Main/deactivate')).body.errors).toContain('relocate inventory');
    await post('locations/Main/deactivate', { destination: 'Shed' });
    expect((await get('locations')).map((place: { name: string; isActive: boolean }) => [place.name, place.isActive])).toEqual([['Main', false], ['Second', true], ['Shed', true]]);
    await post('locations/Main/activate');
    const bundle = await post('bundles', { title: 'Pair', sku: 'PAIR', price: 1500, components: [{ sku: 'MUG', quantity: 2 }] });
    expect(bundle).toMatchObject({ sku: 'PAIR', price: 1500, components: [{ quantity: 2 }] });
    expect((await post('orders', { lines: [{ sku: 'PAIR', quantity: 1 }] })).lines).toMatchObject([{ sku: 'MUG', quantity: 2, group: { variantSku: 'PAIR' } }]);
    expect(faultsOf(shop)).toEqual([]);
  });
});
