/** The contract of mapping suggestions: how sure, taken many at once, their effect on stock before, ignored codes, history, and who is the master of products. */
import { z } from 'zod';
import { ImportResult } from './contract-stock.ts';

const instant = z.string(), code = { warehouseId: z.number().int(), sku: z.string().min(1).max(200) };
export const StockEffect = z.object({
  itemId: z.number(), sku: z.string().nullable(), title: z.string(), warehouse: z.string(), now: z.number().describe('units on the shelf that count as the item now'), after: z.number(), codes: z.array(z.string()).describe('codes it has at the warehouse now'),
  shown: z.number().nullable().describe('available in Shopify at the locations the warehouse serves'),
}).meta({ id: 'StockEffect' });
const Change = z.object({ ...code, itemId: z.number().int().min(1).max(2_147_483_647).nullable() });
export const PreviewBody = z.object({ changes: z.array(Change).min(1).max(500) }).strict();
export const Preview = z.object({ effects: z.array(StockEffect), intoItems: z.number(), outOfItems: z.number() }).meta({ id: 'MatchPreview' });
export const ApproveBody = z.object({ above: z.number().min(0.5).max(1), dryRun: z.boolean().default(true), warehouseId: z.number().int().optional() }).strict().meta({ id: 'ApproveBody' });
export const Approved = z.object({
  dryRun: z.boolean(), codes: z.number(), leftForAPerson: z.number().describe('as sure, but the item has a code already or two codes want it'), effects: z.array(StockEffect).describe('the largest 500'), units: z.number(),
}).meta({ id: 'Approved' });
export const IgnoreBody = z.object({ ...code, reason: z.string().trim().min(3).max(300).nullable().describe('null: no longer ignored'), version: z.number().int().optional() }).strict().meta({ id: 'IgnoreBody' });
export const CodeHistory = z.object({ events: z.array(z.object({ at: instant, by: z.string(), what: z.string(), from: z.string().nullable(), to: z.string().nullable(), said: z.string().nullable() })) }).meta({ id: 'CodeHistory' });
export const MappingRules = z.object({
  productMaster: z.enum(['Shopify', 'warehouse']), warehouses: z.array(z.object({ warehouseId: z.number(), name: z.string(), autoApproveAbove: z.number().nullable() })), measured: z.number().describe('confidence from which at least 99 of 100 were right on the measured corpus'),
}).meta({ id: 'MappingRules' });
export const RulesBody = z.object({ productMaster: z.enum(['Shopify', 'warehouse']).optional(), warehouse: z.object({ warehouseId: z.number().int(), autoApproveAbove: z.number().min(0.9).max(1).nullable() }).optional() }).strict().meta({ id: 'MappingRulesBody' });
export const Waits = z.object({ requestId: z.string(), units: z.number().describe('that would stop counting as the item they count as'), limit: z.number() }).meta({ id: 'MatchWaits' });
export const Matched = z.object({ saved: z.boolean(), waits: Waits.nullable().describe('it wants a second person, and waits for one') }).meta({ id: 'Matched' });
/** A file of matches: also what its lines would do, or did, to stock. */
export const MatchImportResult = ImportResult.extend({
  preview: Preview.extend({ limit: z.number().describe('units one person takes from items alone'), secondPerson: z.boolean() }).describe('of the lines that are right; the largest 500 effects'),
}).meta({ id: 'MatchImportResult' });
export const MatchRequests = z.object({
  limit: z.number().describe('units one person moves alone'),
  requests: z.array(z.object({
    requestId: z.string(), units: z.number(), count: z.number(), codes: z.array(z.object({ sku: z.string(), warehouse: z.string(), from: z.string().nullable(), to: z.string().nullable() })).describe('the first twenty'),
    state: z.enum(['waits', 'approved', 'withdrawn', 'overtaken']), askedAt: instant, askedBy: z.string(), decidedAt: instant.nullable(), decidedBy: z.string().nullable(),
  })),
}).meta({ id: 'MatchRequests' });

export const LISTING_VIEWS = ['all', 'same SKU', 'no SKU', 'renamed', 'same barcode', 'wrong barcode', 'no barcode', 'planner'] as const;
export const ListingsQuery = z.object({ store: z.coerce.number(), view: z.enum(LISTING_VIEWS).default('all'), q: z.string().max(200).optional() });
export const FaultyListing = z.object({
  fault: z.enum(LISTING_VIEWS).exclude(['all']), variantId: z.string(), itemId: z.number().nullable(), title: z.string(), sku: z.string().nullable(), barcode: z.string().nullable(), sold28: z.number().nullable().describe('units ordered in 28 days'), available: z.number().nullable(),
  others: z.array(z.object({ itemId: z.number(), title: z.string() })).describe('that share the code, at most five'), suggestion: z.string(),
}).meta({ id: 'FaultyListing' });
export const Listings = z.object({ rows: z.array(FaultyListing), counts: z.record(z.string(), z.number()), barcodes: z.boolean().describe('the shop uses barcodes, so a missing one is a fault'), planner: z.boolean(), cut: z.boolean().describe('there are more than are listed') }).meta({ id: 'Listings' });
