/** What is wrong with how variants name themselves (SKU and barcode), and what would mend it: pure, from what the store knows of each. */
import { gtinOf } from './gtin.ts';

export type ListingFault = 'same SKU' | 'no SKU' | 'renamed' | 'same barcode' | 'wrong barcode' | 'no barcode' | 'planner';
export const LISTING_FAULTS: readonly ListingFault[] = ['same SKU', 'no SKU', 'renamed', 'same barcode', 'wrong barcode', 'no barcode', 'planner'];

export interface Listing {
  variantId: string; itemId: number; title: string; sku: string | null; barcode: string | null;
  /** Units wanted in the last 28 days, and how many are available now, everywhere. */
  sold28: number; available: number;
  /** SKUs of the same product's other variants, a few. */
  siblings: string[];
  /** What a warehouse and the planner call the item, where they are matched to it. */
  warehouseCode: string | null; plannerSku: string | null;
  /** The SKU it had, while its rename is a case. */
  renamedFrom: string | null;
}

export interface FaultyListing { fault: ListingFault; listing: Listing; /** The others it shares the code with. */ others: Listing[]; suggestion: string }

const present = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text.trim());
const alike = (a: string, b: string): boolean => a.normalize('NFKC').trim().toLowerCase() === b.normalize('NFKC').trim().toLowerCase();

/** `barcodes`: false where a shop does without them, so that missing ones are no fault. A listing is named once for each of its faults. */
export function faultsOf(listings: readonly Listing[], barcodes: boolean): FaultyListing[] {
  const bySku = grouped(listings, (one) => present(one.sku)), byBarcode = grouped(listings, (one) => present(one.barcode)), found: FaultyListing[] = [];
  for (const listing of listings) {
    const sku = present(listing.sku), barcode = present(listing.barcode), say = (fault: ListingFault, suggestion: string, others: Listing[] = []): void => { found.push({ fault, listing, others, suggestion }); };
    const sharing = sku === null ? [] : bySku.get(sku)!.filter((one) => one !== listing), scanned = barcode === null ? [] : byBarcode.get(barcode)!.filter((one) => one !== listing);
    if (sku === null) say('no SKU', missingSku(listing));
    if (sharing.length > 0) say('same SKU', sharedSku(listing, sharing), sharing);
    if (listing.renamedFrom !== null) say('renamed', `It was ${listing.renamedFrom || 'without a SKU'}. Accept the new SKU in its case, or set the old one again in Shopify.`);
    // The same SKU and the same barcode is one fault, told by its SKU.
    const otherwise = scanned.filter((one) => !sharing.includes(one));
    if (otherwise.length > 0) say('same barcode', `A scanner cannot tell it from ${names(otherwise)}. Read the barcode off the goods and correct the one that differs.`, otherwise);
    if (barcode !== null && gtinOf(barcode) === null && /^[\d\s-]+$/.test(barcode)) say('wrong barcode', `${barcode} is no GTIN: ${[8, 12, 13, 14].includes(barcode.replaceAll(/[\s-]/g, '').length) ? 'its check digit does not fit' : 'it has a wrong number of digits'}. Read it off the goods again.`);
    if (barcode === null && barcodes) say('no barcode', 'Read it off the goods and set it in Shopify: matches by barcode are the surest.');
  }
  return found;
}

function missingSku(one: Listing): string {
  if (one.warehouseCode !== null) return `Set ${one.warehouseCode}: the warehouse calls it so.`;
  if (present(one.plannerSku) !== null) return `Set ${one.plannerSku}: the planner calls it so.`;
  return one.siblings.length > 0 ? `Set one in the manner of its product’s others (${one.siblings.slice(0, 3).join(', ')}).` : 'Set one in Shopify that no other variant has.';
}

/** The one that sells most keeps the SKU: most files and shelves mean it. Of equals, the older id. */
function sharedSku(one: Listing, sharing: readonly Listing[]): string {
  const first = [one, ...sharing].reduce((best, each) => (each.sold28 > best.sold28 || (each.sold28 === best.sold28 && (each.variantId.length - best.variantId.length || (each.variantId < best.variantId ? -1 : 1)) < 0) ? each : best));
  if (first === one) return `Keep it here: of the ${sharing.length + 1} it sells most. Give ${names(sharing)} another.`;
  if (alike(one.title, first.title) && one.sold28 === 0 && one.available === 0) return `It has the title of ${first.title}, no stock and no sale in 28 days: archive or delete it in Shopify.`;
  return `Give it another SKU in Shopify: ${first.title} sells more and keeps ${one.sku!.trim()}.`;
}

const names = (listings: readonly Listing[]): string => listings.slice(0, 3).map((one) => one.title).join(', ') + (listings.length > 3 ? ` and ${listings.length - 3} more` : '');

function grouped(listings: readonly Listing[], by: (one: Listing) => string | null): Map<string, Listing[]> {
  const groups = new Map<string, Listing[]>();
  for (const one of listings) {
    const key = by(one);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(one); else groups.set(key, [one]);
  }
  return groups;
}
