import fc from 'fast-check';
import { expect, it } from 'vitest';
import { faultsOf, type Listing } from './listing-faults.ts';

const code = fc.option(fc.constantFrom('A', 'B', ' B ', '', '  ', 'C'), { nil: null }), barcode = fc.option(fc.constantFrom('4006381333931', '4006381333932', '123', 'X-9', ''), { nil: null });
const listing: fc.Arbitrary<Listing> = fc.record({
  variantId: fc.integer({ min: 1, max: 100_000 }).map(String), itemId: fc.nat(50), title: fc.constantFrom('Tee', 'tee ', 'Cup'), sku: code, barcode, sold28: fc.nat(5), available: fc.nat(3), siblings: fc.array(fc.constantFrom('T-1', 'T-2'), { maxLength: 4 }),
  warehouseCode: fc.option(fc.constant('W-1'), { nil: null }), plannerSku: fc.option(fc.constantFrom('P-1', ''), { nil: null }), renamedFrom: fc.option(fc.constantFrom('OLD', ''), { nil: null }),
});

it('names each variant once a fault, those that share a code with each other, and exactly one of them keeps it', () => fc.assert(fc.property(fc.uniqueArray(listing, { selector: (one) => one.variantId, maxLength: 12 }), fc.boolean(), (listings, barcodes) => {
  const found = faultsOf(listings, barcodes), of = (fault: string) => found.filter((one) => one.fault === fault);
  expect(new Set(found.map((one) => `${one.fault}:${one.listing.variantId}`)).size).toBe(found.length);
  for (const one of found) expect(one.suggestion.length).toBeGreaterThan(10);
  expect(of('no SKU').length).toBe(listings.filter((one) => (one.sku ?? '').trim() === '').length);
  expect(of('no barcode').length).toBe(barcodes ? listings.filter((one) => (one.barcode ?? '').trim() === '').length : 0);
  for (const one of [...of('same SKU'), ...of('same barcode')]) for (const other of one.others) expect(of(one.fault).find((each) => each.listing === other)!.others).toContain(one.listing);
  for (const sku of new Set(of('same SKU').map((one) => one.listing.sku!.trim()))) expect(of('same SKU').filter((one) => one.listing.sku!.trim() === sku && one.suggestion.startsWith('Keep it here')).length).toBe(1);
})));

it('suggests the SKU others call it by, before the manner of its siblings', () => {
  const one = { variantId: '1', itemId: 1, title: 'Tee', sku: null, barcode: '4006381333932', sold28: 0, available: 0, siblings: ['T-1'], warehouseCode: 'W-1', plannerSku: 'P-1', renamedFrom: null };
  expect(faultsOf([one], false).map((each) => each.suggestion)).toEqual(['Set W-1: the warehouse calls it so.', '4006381333932 is no GTIN: its check digit does not fit. Read it off the goods again.']);
  expect(faultsOf([{ ...one, barcode: null, warehouseCode: null }], false)[0]!.suggestion).toBe('Set P-1: the planner calls it so.');
  expect(faultsOf([{ ...one, barcode: null, warehouseCode: null, plannerSku: null }], false)[0]!.suggestion).toContain('T-1');
});
