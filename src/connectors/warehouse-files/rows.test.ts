import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WarehouseFact } from '../../ports/warehouse.ts';
import { kindOf, readRows } from './rows.ts';
import { parseSftpSettings } from '../sftp-settings.ts';
import { readTable, writeTable } from './table.ts';

const AT = '2026-11-25T12:00:00.000Z';
const read = (name: string, text: string) => readRows(name, Buffer.from(text));

const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\u0000', '').trim());
test('a table written is read as it was, whatever delimiter, line end and mark it comes with', () => {
  fc.assert(fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 }), fc.constantFrom(',', ';', '\t'), fc.constantFrom('\r\n', '\n', '\r'), fc.boolean(), fc.boolean(), (rows, delimiter, end, hasMark, endsOpen) => {
    const filled = rows.map(([a, b, c]) => [`x${a}`, b, c]);
    const quoted = (text: string): string => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const lines = [['One', 'two', 'THREE'], ...filled].map((cells) => cells.map(quoted).join(delimiter));
    const table = readTable(Buffer.from(`${hasMark ? '\ufeff' : ''}${lines.join(end)}${endsOpen ? '' : end}`), ['one', 'two', 'three']);
    expect(table.broken).toEqual([]);
    expect(table.rows.map(({ cells }) => [cells['one'], cells['two'], cells['three']])).toEqual(filled);
  }));
});

test('what we write is read as it was', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `x${text.replaceAll('\u0000', '')}x`), fc.nat()), { minLength: 1 }), (rows) => {
    const table = readTable(Buffer.from(writeTable([['sku', 'quantity'], ...rows])), ['sku', 'quantity']);
    expect(table.rows.map(({ cells }) => [cells['sku'], Number(cells['quantity'])])).toEqual(rows);
  }));
});

const shipment = fc.record({ lines: fc.array(fc.record({ sku: fc.constantFrom('A', 'B', 'C'), quantity: fc.integer({ min: 1, max: 50 }) }), { minLength: 1, maxLength: 4 }), minute: fc.nat(59) });
test('documents say the same in one file or in several, in any order of files', () => {
  fc.assert(fc.property(fc.array(shipment, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }), (shipments, where) => {
    const header = 'id;at;reference;sku;quantity';
    const rowsOf = (index: number): string[] => shipments[index]!.lines.map((line) => `S${index};2026-11-25T12:${String(shipments[index]!.minute).padStart(2, '0')}:00Z;R${index};${line.sku};${line.quantity}`);
    const all = shipments.map((_, index) => index);
    const whole = read('shipments-1.csv', [header, ...all.flatMap(rowsOf)].join('\n'));
    const parts = [3, 1, 0, 2].map((file) => all.filter((index) => where[index] === file)).filter((part) => part.length > 0).map((part, file) => read(`shipments-${file}.csv`, [header, ...part.flatMap(rowsOf)].join('\r\n')));
    const byId = (facts: WarehouseFact[]) => facts.map((fact) => (fact as { id: string }).id).sort().map((id) => facts.find((fact) => (fact as { id: string }).id === id));
    expect(whole.rejects).toEqual([]);
    expect(byId(parts.flatMap((part) => part.facts))).toEqual(byId(whole.facts));
  }));
});

test('any bytes at all give facts or rejects', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.string().map((text) => Buffer.from(`sku,on_hand,at\n${text}`))), (bytes) => {
    for (const { where } of readRows('stock-1.csv', bytes).rejects) expect(where).toMatch(/^stock-1\.csv/);
  }));
});

describe('a bad row is named by line and column, the others go on', () => {
  const bad: [string, string, string | null][] = [
    ['no SKU', `,1,${AT}`, 'sku'], ['words for a number', `B,many,${AT}`, 'on_hand'], ['half a unit', `B,1.5,${AT}`, 'on_hand'], ['below zero', `B,-1,${AT}`, 'on_hand'],
    ['an instant without a zone', 'B,1,2026-11-25 12:00', 'at'], ['a day that is none', 'B,1,2026-02-31T12:00:00Z', 'at'], ['too many cells', `B,1,${AT},0,1`, null],
  ];
  test.each(bad)('%s', (_case, row, field) => {
    const { facts, rejects } = read('stock-1.csv', `sku,on_hand,at,unsellable\nA,3,${AT},1\n\n${row}\nC,4.0,2026-11-25T13:00:00+01:00\n`);
    expect(facts).toEqual([{ type: 'stock', sku: 'A', onHand: 3, unsellable: 1, at: AT }, { type: 'stock', sku: 'C', onHand: 4, unsellable: 0, at: AT }]);
    expect(rejects).toEqual([{ where: 'stock-1.csv, line 4', field, message: expect.any(String) as string, raw: row }]);
  });

  test('a quote left open takes the rest of the file with it, and says so', () => {
    const { facts, rejects } = read('stock-1.csv', `sku,on_hand,at\nA,3,${AT}\n"B,1,${AT}\nC,4,${AT}\n`);
    expect(facts).toHaveLength(1);
    expect(rejects).toHaveLength(1);
  });

  test('a document waits whole for its bad row', () => {
    const { facts, rejects } = read('shipments-1.csv', `id,at,reference,sku,quantity\nS1,${AT},R,A,1\nS1,${AT},R,B,x\nS2,${AT},R,A,1\nS3,${AT},R,A,1\nS3,${AT},OTHER,A,1\n`);
    expect(facts.map((fact) => (fact as { id: string }).id)).toEqual(['S2']);
    expect(rejects.map(({ where, field, message }) => [where, field, message])).toEqual([
      ['shipments-1.csv, line 2', null, 'left out with line 3 of the same id'], ['shipments-1.csv, line 3', 'quantity', 'is x, not a whole number'],
      ['shipments-1.csv, line 5', null, 'left out with line 6 of the same id'], ['shipments-1.csv, line 6', 'reference', 'is another than in line 5 of the same id'],
    ]);
  });
});

test('a row of no units brings a parcel, and no line', () => {
  const { facts, rejects } = read('shipments-1.csv', `id,at,reference,sku,quantity,tracking_number\nS1,${AT},R,A,1,P1\nS1,${AT},R,A,0,P2\nS2,${AT},R,A,0,P3\n`);
  expect(facts).toMatchObject([{ id: 'S1', lines: [{ sku: 'A', quantity: 1 }], parcels: [{ number: 'P1' }, { number: 'P2' }] }]);
  expect(rejects).toMatchObject([{ where: 'shipments-1.csv, line 4', field: 'quantity' }]);
});

test('every kind of row', () => {
  const one = (name: string, text: string): WarehouseFact[] => { const { facts, rejects } = read(name, text); expect(rejects).toEqual([]); return facts; };
  const document = `1;${AT}`;
  expect(one('changes-1.csv', `id;at;sku;on_hand_change;unsellable_change;reason\n${document};A;-2;+1;broken`)).toEqual([{ type: 'change', id: '1', at: AT, sku: 'A', onHandChange: -2, unsellableChange: 1, reason: 'broken' }]);
  expect(one('acknowledgements-1.csv', `id;at;reference;warehouse_reference;refused_because\n${document};R;W;\n2;${AT};R;;sold out`)).toEqual([{ type: 'acknowledged', id: '1', at: AT, reference: 'R', warehouseReference: 'W' }, { type: 'refused', id: '2', at: AT, reference: 'R', reason: 'sold out' }]);
  expect(one('returns-inspected-1.csv', `id;at;reference;sku;quantity;disposition\n${document};R;A;1;Sellable\n${document};R;A;1;scrap`)).toMatchObject([{ type: 'return inspected', lines: [{ disposition: 'sellable' }, { disposition: 'scrap' }] }]);
  expect(one('goods-received-1.csv', `id;at;reference;sku;quantity;damaged\n${document};PO;A;5;2`)).toMatchObject([{ type: 'goods received', lines: [{ lineReference: null, sku: 'A', quantity: 5, damaged: 2 }] }]);
});

test('a file that cannot be read at all is one reject', () => {
  for (const [name, content, field] of [['orders-1.csv', 'a,b\n', null], ['stock-1.csv', '', null], ['stock-1.csv', 'sku,at\nA,B\n', 'on_hand'], ['stock-1.csv', Buffer.from([0x73, 0xe4, 0xff]), null]] as const) {
    expect(readRows(name, Buffer.from(content as string))).toEqual({ facts: [], rejects: [{ where: name, field, message: expect.any(String) as string, raw: '' }] });
  }
  expect([kindOf('Stock-1.CSV'), kindOf('stock-1.csv.part'), kindOf('stock.csv')]).toEqual(['stock', null, null]);
});

test('settings name the wrong field', () => {
  const good = { host: 'sftp.example.com', port: '2222', user: 'u', password: ' p ', fingerprint: `SHA256:${'A'.repeat(43)}`, folder: 'instep/' };
  expect(parseSftpSettings(good)).toEqual({ ok: true, settings: { ...good, port: 2222, privateKey: null, folder: 'instep' } });
  const wrong: [string, unknown][] = [['host', 'sftp://x'], ['port', 70_000], ['user', ''], ['password', ''], ['privateKey', 'none'], ['fingerprint', 'aa:bb'], ['folder', '../x']];
  for (const [field, value] of wrong) expect(parseSftpSettings({ ...good, [field]: value })).toMatchObject({ ok: false, field });
});
