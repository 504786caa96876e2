/** Mapping's variants: how the shop's own goods name themselves, with or without a warehouse. Mended in Shopify, or in their case; read again from there. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { faultsOf, LISTING_FAULTS } from '../../domain/mapping/listing-faults.ts';
import { MOST_LISTINGS, plannerGaps, suspectListings, usesBarcodes } from '../../store/listings.ts';
import type { StoreRow } from '../../store/stores.ts';
import type { Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Listings, ListingsQuery, type FaultyListing } from '../contract-mapping.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const DAYS_28_MS = 28 * 86_400_000;

export function listingRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['mapping'];

  async function listed(store: StoreRow, view: Of<typeof ListingsQuery>['view'], q: string | undefined): Promise<Of<typeof Listings>> {
    const barcodes = await usesBarcodes(house.db, store.store_id), suspects = await suspectListings(house.db, store.store_id, barcodes, new Date(house.clock.now().getTime() - DAYS_28_MS).toISOString()), gaps = await plannerGaps(house.db, store.store_id, MOST_LISTINGS);
    const rows: Of<typeof FaultyListing>[] = [
      ...faultsOf(suspects, barcodes).map(({ fault, listing, others, suggestion }) => ({ fault, variantId: listing.variantId, itemId: listing.itemId, title: listing.title, sku: listing.sku, barcode: listing.barcode, sold28: listing.sold28, available: listing.available, others: others.slice(0, 5).map((one) => ({ itemId: one.itemId, title: one.title })), suggestion })),
      ...gaps.map((gap) => ({ fault: 'planner' as const, variantId: gap.variantId, itemId: gap.itemId, title: gap.title, sku: gap.sku, barcode: null, sold28: null, available: null, others: [],
        suggestion: gap.side === 'planner' ? `The planner has it and no item of this shop is it. ${gap.sku ? `Give the variant it is the SKU ${gap.sku}, or take it out of the planner.` : 'Give it a SKU there that a variant of this shop has.'}` : 'The planner has no variant of it: it is not planned there. Its next read of the shop brings it, unless it is excluded there.' })),
    ];
    const words = q?.trim().toLowerCase(), fits = (row: (typeof rows)[number]): boolean => !words || [row.sku, row.title, row.barcode].some((text) => text?.toLowerCase().includes(words));
    const counts = Object.fromEntries(['all', ...LISTING_FAULTS].map((fault) => [fault, rows.filter((row) => fault === 'all' || row.fault === fault).length]));
    return { rows: rows.filter((row) => (view === 'all' || row.fault === view) && fits(row)).slice(0, MOST_LISTINGS), counts, barcodes, planner: gaps.length > 0, cut: suspects.length >= MOST_LISTINGS || gaps.length >= MOST_LISTINGS };
  }

  api.get('/api/v1/mapping/listings', { schema: { tags, summary: 'Variants whose SKU or barcode is missing, shared, mistyped or renamed, and what would mend each', querystring: ListingsQuery, response: { 200: Listings } } }, async (request) => (
    listed(await storeOf(house.db, request.query.store), request.query.view, request.query.q)));

  api.get('/api/v1/mapping/listings.csv', { schema: { tags, summary: 'The same as CSV', querystring: ListingsQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { rows } = await listed(store, request.query.view, request.query.q);
    return csv(reply, `listings-${store.shop_domain}`, ['Fault', 'SKU', 'Title', 'Barcode', 'Variant id', 'Sold in 28 days', 'Available', 'Shared with', 'To do'], rows.map((row) => [row.fault, row.sku, row.title, row.barcode, row.variantId, row.sold28, row.available, row.others.map((one) => one.title).join('; '), row.suggestion]));
  });
}
