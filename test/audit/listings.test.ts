/** Mapping's variants on the real thing: a shop without any warehouse, whose faults are listed with what mends them, and leave the list when they are mended. */
import { expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();
interface Listings { rows: { fault: string; sku: string | null; title: string; suggestion: string; others: { title: string }[]; sold28: number | null }[]; counts: Record<string, number>; barcodes: boolean; cut: boolean }

it('lists SKUs and barcodes that are missing, shared, mistyped or renamed; and they go when the shop mends them', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [5] }, { sku: 'BEE', stock: [5] }, { sku: 'CAT', stock: [5] }, { sku: 'DOG', stock: [5] }] });
  const list = (more = ''): Promise<Listings> => town.api<Listings>(`/api/v1/mapping/listings?store=${town.storeId}${more}`), faults = async (): Promise<string[]> => (await list()).rows.map((row) => `${row.fault}: ${row.sku ?? ''}`).sort();
  const change = async (sku: string, to: object): Promise<void> => { await town.control(`/variants/${town.variant(sku).id}`, to); await clock.advance(60_000); await town.flow('catalogue'); };
  expect(await list()).toMatchObject({ rows: [], barcodes: false, counts: { all: 0 } });
  await town.sell({ BEE: 3 }, 0);
  await town.settle();
  const ids = Object.fromEntries(['ANT', 'BEE', 'CAT', 'DOG'].map((sku) => [sku, town.variant(sku).id]));
  await change('CAT', { sku: 'BEE' });
  await change('DOG', { sku: '' });
  const { rows } = await list('&view=same%20SKU');
  expect(rows.map((row) => [row.sku, row.sold28, row.suggestion.startsWith('Keep it here')])).toEqual([['BEE', 3, true], ['BEE', 0, false]]);
  expect(rows[1]!.others.map((other) => other.title)).toEqual([rows[0]!.title]);
  expect(await faults()).toEqual(['no SKU: ', 'renamed: ', 'renamed: BEE', 'same SKU: BEE', 'same SKU: BEE']);
  expect((await list('&q=bee')).rows.length).toBe(3);

  // Once half of the shop has barcodes, one that is missing, shared or mistyped is a fault too.
  for (const [n, barcode] of ['4006381333931', '4006381333931', '4006381333932'].entries()) await town.control(`/variants/${Object.values(ids)[n]}`, { barcode });
  await clock.advance(60_000);
  await town.flow('catalogue');
  expect(await list()).toMatchObject({ barcodes: true, counts: { 'no barcode': 1, 'same barcode': 2, 'wrong barcode': 1 } });

  await town.control(`/variants/${ids['CAT']}`, { sku: 'CAT', barcode: '73513537' });
  await town.control(`/variants/${ids['BEE']}`, { barcode: '5901234123457' });
  await town.control(`/variants/${ids['DOG']}`, { sku: 'DOG', barcode: '96385074' });
  await clock.advance(60_000);
  await town.flow('catalogue');
  expect(await faults()).toEqual([]);
  const csv = await clock.app.inject({ method: 'GET', url: `/api/v1/mapping/listings.csv?store=${town.storeId}`, headers: { host: 'localhost' } });
  expect(csv.body.split('\r\n')[0]).toContain('Fault');
});
