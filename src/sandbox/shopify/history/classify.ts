/** What a row of the history means for stock: goods sold, a charge, a credit, a correction of the shelf. */
import type { SaleRow } from './sale-rows.ts';

export type RowKind =
  | 'sale' | 'free' | 'charge'          // lines of an order: goods, goods given free, postage and the like
  | 'credit' | 'charge credit'          // taken back: goods, charges
  | 'adjust up' | 'adjust down'         // priced at zero in a document without sales: the shelf was corrected
  | 'no units' | 'negative price' | 'charge at no price';

/** Codes of the Online Retail file that are no goods: postage, manual, discount, samples, fees, charity, bad debt, gift vouchers. */
const CHARGES = /^(POST|DOT|M|D|S|B|C2|C3|CRUK|BANK CHARGES|AMAZONFEE|gift_\d.*)$/i;

export const isCharge = (sku: string): boolean => CHARGES.test(sku);
export const isGiftVoucher = (sku: string): boolean => /^gift_/i.test(sku);

/** `sells` says whether the row's document sells anything at a price. */
export function kindOf(row: SaleRow, sells: boolean): RowKind {
  if (row.quantity === 0) return 'no units';
  if (row.price < 0) return 'negative price';
  if (isCharge(row.sku)) return row.price === 0 && !(sells && row.quantity > 0) ? 'charge at no price' : row.quantity > 0 ? 'charge' : 'charge credit';
  if (row.quantity < 0) return row.price > 0 ? 'credit' : 'adjust down';
  return row.price > 0 ? 'sale' : sells ? 'free' : 'adjust up';
}

/** True when a document has a row that sells at a price: then its free rows are gifts, not corrections. */
export const sellsAnything = (rows: readonly SaleRow[]): boolean => rows.some((row) => row.quantity > 0 && row.price > 0);

/** The adjustment reason the row's description speaks of; Shopify's list has no finer words. */
export function adjustmentReason(description: string): string {
  if (/damag|broken|wet|rust|mould|crush|smash|faulty/i.test(description)) return 'damaged';
  if (/lost|missing|thrown|throw|destroy|stolen|unsale/i.test(description)) return 'shrinkage';
  if (/check|count|found|stock/i.test(description)) return 'cycle_count_available';
  return 'correction';
}

/** The rows grouped into documents: neighbouring rows of one number. A number that comes back later is another document. */
export async function* documentsOf<B>(rows: AsyncIterable<SaleRow | B>, isRow: (row: SaleRow | B) => row is SaleRow): AsyncGenerator<{ rows: SaleRow[] } | { bad: B }> {
  let open: SaleRow[] = [];
  for await (const row of rows) {
    if (!isRow(row)) { yield { bad: row }; continue; }
    if (open.length > 0 && open[0]!.document !== row.document) {
      yield { rows: open };
      open = [];
    }
    open.push(row);
  }
  if (open.length > 0) yield { rows: open };
}
