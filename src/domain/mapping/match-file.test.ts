import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeKey, decideLines, type FileLine, type KeptCode, type StoreItems } from './match-file.ts';

const items: StoreItems = { bySku: new Map([['A', [1]], ['B', [2]], ['TWICE', [3, 4]]]), ids: new Set([1, 2, 3, 4, 5]) };
const skuOf: Record<number, string | null> = { 1: 'A', 2: 'B', 3: 'TWICE', 4: 'TWICE', 5: null };
const kept = (itemId: number | null, more: Partial<KeptCode> = {}): KeptCode => ({ itemId, itemSku: itemId === null ? null : skuOf[itemId]!, itemTitle: itemId === null ? null : `Item ${itemId}`, ignoredReason: null, version: 1, updatedBy: 'ann', title: null, barcode: null, ...more });
const line = (sku: string, cells: Record<string, string>, n = 2): FileLine => ({ line: n, warehouseId: 1, warehouse: 'North', sku, cells });
const exported = (code: KeptCode): Record<string, string> => ({ 'Item SKU': code.itemSku ?? '', 'Item id': code.itemId === null ? '' : String(code.itemId), 'Ignored because': code.ignoredReason ?? '', Title: code.title ?? '', Barcode: code.barcode ?? '', Version: String(code.version) });
const one = (code: KeptCode | null, cells: Record<string, string>): ReturnType<typeof decideLines> => decideLines([line('X', cells)], new Map(code ? [[codeKey(1, 'X'), code]] : []), items);

describe('a line of a file of matches', () => {
  it.each<[string, KeptCode | null, Record<string, string>, object]>([
    ['another SKU beside the id as exported', kept(1), { ...exported(kept(1)), 'Item SKU': 'B' }, { match: { itemId: 2 } }],
    ['another id beside the SKU as exported', kept(1), { ...exported(kept(1)), 'Item id': '2' }, { match: { itemId: 2 } }],
    ['the SKU emptied', kept(1), { ...exported(kept(1)), 'Item SKU': '' }, { match: { itemId: null } }],
    ['the id emptied', kept(1), { ...exported(kept(1)), 'Item id': '' }, { match: { itemId: null } }],
    ['another SKU, the id emptied', kept(1), { ...exported(kept(1)), 'Item SKU': 'B', 'Item id': '' }, { match: { itemId: 2 } }],
    ['a SKU alone', kept(null), { 'Item SKU': 'A' }, { match: { itemId: 1 } }],
    ['a reason', kept(null), { 'Ignored because': 'packaging' }, { ignore: { reason: 'packaging' } }],
    ['a reason emptied', kept(null, { ignoredReason: 'packaging' }), { 'Ignored because': '' }, { ignore: { reason: null } }],
    ['an item for an ignored code', kept(null, { ignoredReason: 'packaging' }), { ...exported(kept(null, { ignoredReason: 'packaging' })), 'Item SKU': 'A' }, { match: { itemId: 1 } }],
    ['a new code with an item', null, { New: 'Yes', 'Item SKU': 'A', Title: 'Apron' }, { match: { itemId: 1 }, described: { title: 'Apron', barcode: null } }],
  ])('changes: %s', (_, code, cells, change) => {
    expect(one(code, cells)).toEqual({ faults: [], changes: [{ line: 2, warehouseId: 1, sku: 'X', ...change }] });
  });

  it.each<[string, KeptCode | null, Record<string, string>, string, string]>([
    ['both changed to different items', kept(1), { ...exported(kept(1)), 'Item SKU': 'B', 'Item id': '5' }, 'Item SKU', 'B is not item 5, and neither is what it is now (A, 1)'],
    ['both, of a file that does not say what was changed', kept(1), { 'Item SKU': 'B', 'Item id': '1' }, 'Item SKU', 'export the list anew'],
    ['an empty SKU by hand beside the id', kept(1), { 'Item SKU': '', 'Item id': '1' }, 'Item SKU', 'empty both'],
    ['an id of nobody', kept(1), { 'Item id': '999999' }, 'Item id', 'there is no item 999999'],
    ['an id too large', kept(1), { 'Item id': '99999999999999' }, 'Item id', 'not an id'],
    ['a SKU of nobody', kept(1), { 'Item SKU': 'Z' }, 'Item SKU', 'no item has the SKU Z'],
    ['a SKU of two', kept(1), { 'Item SKU': 'TWICE' }, 'Item SKU', '2 items have the SKU'],
    ['a code nobody named', null, { 'Item SKU': 'A' }, 'Code', 'North has named no code X'],
    ['a new code without an item', null, { New: 'yes' }, 'Item SKU', 'a new code needs an item'],
    ['a reason for what is matched', kept(1), { 'Ignored because': 'packaging' }, 'Ignored because', 'matched to A'],
    ['a reason too short', kept(null), { 'Ignored because': 'x' }, 'Ignored because', '3 to 300'],
    ['a code that was changed since', kept(2, { version: 2 }), { ...exported(kept(1)), 'Item SKU': 'TWICE', 'Item id': '4' }, 'Version', 'ann changed X since the list was exported: it is matched to B now'],
  ])('is refused: %s', (_, code, cells, field, message) => {
    expect(one(code, cells)).toEqual({ changes: [], faults: [{ line: 2, field, message: expect.stringContaining(message) }] });
  });

  it('of a code that stands twice is refused on both lines', () => {
    const { changes, faults } = decideLines([line('X', { 'Item SKU': 'A' }, 2), line('Y', { 'Item SKU': 'A' }, 3), line('X', { 'Item SKU': 'B' }, 4)], new Map([[codeKey(1, 'X'), kept(null)], [codeKey(1, 'Y'), kept(null)]]), items);
    expect([changes.map((each) => each.sku), faults.map((each) => [each.line, each.message])]).toEqual([['Y'], [[2, expect.stringContaining('line 4 too')], [4, expect.stringContaining('line 2 too')]]]);
  });

  const codes = fc.oneof(fc.record({ itemId: fc.constantFrom(1, 2, 3, 4, 5), version: fc.integer({ min: 1, max: 3 }) }).map(({ itemId, version }) => kept(itemId, { version })), fc.record({ ignoredReason: fc.constantFrom(null, 'packaging'), version: fc.integer({ min: 1, max: 3 }) }).map((more) => kept(null, more)));

  it('as it was exported changes nothing', () => {
    fc.assert(fc.property(codes, (code) => { expect(one(code, exported(code))).toEqual({ changes: [], faults: [] }); }));
  });

  it('read a second time changes nothing more, whatever it says', () => {
    const cell = <T extends string>(...values: T[]): fc.Arbitrary<string | undefined> => fc.constantFrom<string | undefined>(undefined, '', ...values);
    fc.assert(fc.property(codes, fc.boolean(), cell('A', 'B', 'TWICE'), cell('1', '2', '3', '5'), cell('packaging', 'display'), (code, versioned, sku, id, reason) => {
      const cells = Object.fromEntries(Object.entries({ 'Item SKU': sku, 'Item id': id, 'Ignored because': reason, Version: versioned ? String(code.version) : undefined }).filter((entry): entry is [string, string] => entry[1] !== undefined));
      const change = one(code, cells).changes[0];
      if (!change) return;
      const matched = change.match ? kept(change.match.itemId, { ignoredReason: change.match.itemId === null ? code.ignoredReason : null }) : code;
      expect(one({ ...matched, ...(change.ignore ? { ignoredReason: change.ignore.reason } : {}), version: code.version + 1, updatedBy: 'ben' }, cells).changes).toEqual([]);
    }), { numRuns: 500 });
  });
});
