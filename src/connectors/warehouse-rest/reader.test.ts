import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DISPOSITIONS, UnreadableMessage, type WarehouseFact } from '../../ports/warehouse.ts';
import { warehouseRestReader } from './reader.ts';
import { parseWarehouseRestSettings } from './settings.ts';

const reader = warehouseRestReader();
const read = (body: unknown) => reader.read(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'evt_1');
const AT = '2026-11-25T12:00:00.000Z';
const lines = [{ lineReference: 'L1', sku: 'A', quantity: 2 }];

/** A fact as a warehouse writes it. */
function wire(fact: WarehouseFact): object {
  const types = { change: 'stock.changed', acknowledged: 'order.acknowledged', refused: 'order.refused', shipment: 'order.shipped', 'return received': 'return.received', 'return inspected': 'return.inspected', 'goods received': 'goods.received' };
  if (fact.type !== 'stock') return { ...fact, type: types[fact.type] };
  const { type: _, ...row } = fact;
  return { type: 'stock.counted', rows: [row] };
}

const code = fc.string({ minLength: 1, maxLength: 40 }).map((s) => `x${s.replace(/[\u0000-\u001f\u007f]/g, '')}x`);
const at = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
const units = fc.nat(1_000_000), document = { id: code, at };
const line = { lineReference: fc.option(code), sku: code, quantity: fc.integer({ min: 1, max: 1_000_000 }) };
const many = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 4 });
const fact: fc.Arbitrary<WarehouseFact> = fc.oneof(
  fc.record({ type: fc.constant('stock' as const), sku: code, onHand: units, at }).chain((row) => fc.nat(row.onHand).map((unsellable) => ({ ...row, unsellable }))),
  fc.record({ type: fc.constant('change' as const), ...document, sku: code, onHandChange: fc.integer({ min: -1e6, max: 1e6 }), unsellableChange: fc.integer({ min: -1e6, max: 1e6 }), reason: code }),
  fc.record({ type: fc.constant('acknowledged' as const), ...document, reference: code, warehouseReference: code }),
  fc.record({ type: fc.constant('refused' as const), ...document, reference: code, reason: code }),
  fc.record({ type: fc.constant('shipment' as const), ...document, reference: code, lines: many(fc.record(line)), parcels: fc.array(fc.record({ number: fc.option(code), carrier: fc.option(code), url: fc.option(fc.webUrl()) }), { maxLength: 3 }) }),
  fc.record({ type: fc.constant('return received' as const), ...document, reference: code, lines: many(fc.record(line)) }),
  fc.record({ type: fc.constant('return inspected' as const), ...document, reference: code, lines: many(fc.record({ ...line, disposition: fc.constantFrom(...DISPOSITIONS) })) }),
  fc.record({ type: fc.constant('goods received' as const), ...document, reference: code, lines: many(fc.record(line).chain((l) => fc.nat(l.quantity).map((damaged) => ({ ...l, damaged })))) }),
);

test('facts written as JSON read back as they were, whatever stands between them', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fact.map((f) => ({ f })), fc.jsonValue().map((junk) => ({ junk }))), { maxLength: 12 }), (parts) => {
    const { facts, rejects } = read({ messages: parts.map((part) => ('f' in part ? wire(part.f) : part.junk)) });
    expect(facts).toEqual(parts.flatMap((part) => ('f' in part ? [part.f] : [])));
    expect(rejects.map((reject) => reject.where)).toEqual(parts.flatMap((part, index) => ('f' in part ? [] : [`message evt_1, messages[${index}]`])));
  }));
});

test('any bytes at all give facts, rejects or UnreadableMessage', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.json().map((text) => Buffer.from(text)), fc.jsonValue().map((value) => Buffer.from(JSON.stringify({ messages: value })))), (bytes) => {
    try { reader.read(bytes, 'evt_1'); } catch (error) { expect(error).toBeInstanceOf(UnreadableMessage); }
  }));
});

describe('a bad message is named by place and field, the others go on', () => {
  const good = { type: 'order.acknowledged', id: 'ok', at: AT, reference: 'R', warehouseReference: 'W' };
  const bad: [string, object, string | null][] = [
    ['no type', {}, 'type'], ['a type nobody knows', { type: 'order.lost' }, 'type'], ['no id', { ...good, id: undefined }, 'id'], ['an instant without a zone', { ...good, at: '2026-11-25T12:00:00' }, 'at'],
    ['half a unit', { type: 'order.shipped', id: 'S', at: AT, reference: 'R', lines: [...lines, { sku: 'B', quantity: 0.5 }] }, 'lines[1].quantity'],
    ['no lines', { type: 'return.received', id: 'S', at: AT, reference: 'R', lines: [] }, 'lines'],
    ['a disposition nobody knows', { type: 'return.inspected', id: 'S', at: AT, reference: 'R', lines: [{ ...lines[0], disposition: 'lost' }] }, 'lines[0].disposition'],
    ['a script for a tracking link', { type: 'order.shipped', id: 'S', at: AT, reference: 'R', lines, parcels: [{ url: 'javascript:alert(1)' }] }, 'parcels[0].url'],
    ['more damaged than arrived', { type: 'goods.received', id: 'G', at: AT, reference: 'R', lines: [{ sku: 'A', quantity: 1, damaged: 2 }] }, 'lines'],
    ['NUL in a code', { ...good, reference: 'R\u0000' }, 'reference'],
  ];
  test.each(bad)('%s', (_case, message, field) => {
    const { facts, rejects } = read({ messages: [good, message, { ...good, id: 'ok2' }] });
    expect(facts.map((f) => (f as { id: string }).id)).toEqual(['ok', 'ok2']);
    expect(rejects).toEqual([{ where: 'message evt_1, messages[1]', field, message: expect.any(String) as string, raw: JSON.stringify(message) }]);
  });

  test('a bad row of a count leaves its other rows', () => {
    const { facts, rejects } = read({ messages: [{ type: 'stock.counted', at: '2026-11-25T13:00:00+01:00', rows: [{ sku: 'A', onHand: 5 }, { sku: 'B', onHand: -1 }, { sku: 'C', onHand: 1, unsellable: 2 }, { sku: 'D', onHand: 0, at: '2026-11-25T12:30:00Z' }] }] });
    expect(facts).toEqual([{ type: 'stock', sku: 'A', onHand: 5, unsellable: 0, at: AT }, { type: 'stock', sku: 'D', onHand: 0, unsellable: 0, at: '2026-11-25T12:30:00.000Z' }]);
    expect(rejects.map(({ where, field }) => [where, field])).toEqual([['message evt_1, messages[0].rows[1]', 'onHand'], ['message evt_1, messages[0].rows[2]', 'unsellable']]);
  });
});

test('lines of no units are left out', () => {
  const shipped = { type: 'order.shipped', id: 'S', at: AT, reference: 'R', lines: [...lines, { sku: 'B', quantity: 0 }] };
  expect(read({ messages: [shipped, { ...shipped, lines: [{ sku: 'B', quantity: 0 }] }] })).toMatchObject({ facts: [{ lines: [{ sku: 'A' }] }], rejects: [{ where: 'message evt_1, messages[1]', field: 'lines' }] });
});

test('nothing of it can be read', () => {
  for (const body of ['', '{', '[]', 'null', '{"messages":{}}', '\ufeff\ufeff{}', '['.repeat(200_000)]) expect(() => read(body)).toThrow(UnreadableMessage);
  expect(() => read({ messages: [{ type: 'stock.counted', at: AT, rows: Array.from({ length: 5_000 }, () => ({})) }] })).toThrow('the most is 5000');
  expect(() => reader.read(Buffer.alloc(4 * 1024 * 1024 + 1, ' '), 'evt_1')).toThrow('bytes');
});

test('settings name the wrong field', () => {
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
  expect(parseWarehouseRestSettings({ url: 'https://wms.example.com/instep/', secret })).toEqual({ ok: true, settings: { url: 'https://wms.example.com/instep', secret } });
  expect(parseWarehouseRestSettings({ url: 'http://127.0.0.1:4020', secret }).ok).toBe(true);
  for (const url of [undefined, 'wms', 'http://wms.example.com', 'ftp://wms.example.com', 'https://a:b@wms.example.com', 'https://wms.example.com/?a=1']) expect(parseWarehouseRestSettings({ url, secret })).toMatchObject({ ok: false, field: 'url' });
  for (const wrong of [undefined, 'short', 'whsec_AAAA']) expect(parseWarehouseRestSettings({ url: 'https://wms.example.com', secret: wrong })).toMatchObject({ ok: false, field: 'secret' });
  expect(parseWarehouseRestSettings(null)).toMatchObject({ ok: false, field: 'url' });
});
