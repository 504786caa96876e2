/** The contract of transfers: proposals with what a unit is worth at both ends, transfers made of them, and their steps. */
import { z } from 'zod';

const instant = z.string(), minor = z.number().int();
/** Worths in minor units of the store's currency. */
const Worth = z.object({ firstThere: z.number(), firstHere: z.number(), lastThere: z.number(), lastHere: z.number(), here: z.number().describe('available at the origin then'), there: z.number().describe('available at the destination then'), thereIncoming: z.number(), gain: z.number() });

export const TransferProposal = z.object({
  itemId: z.number(), sku: z.string().nullable(), title: z.string(), fromLocationId: z.number(), fromName: z.string(), toLocationId: z.number(), toName: z.string(), quantity: z.number(), gain: minor.describe('expected margin less the cost of moving, minor units of the store’s currency'), worth: Worth,
  warehouse: z.string().nullable().describe('whose people move it, since they have the count at one of the places; null: a transfer in Shopify moves it'),
}).meta({ id: 'TransferProposal' });
export const ProposalQuery = z.object({ store: z.coerce.number(), q: z.string().max(4000).optional(), from: z.coerce.number().int().optional(), to: z.coerce.number().int().optional(), told: z.enum(['warehouse', 'shopify']).optional().describe('only those a warehouse must be told of, or only those Shopify can move'), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });
export const ProposalPage = z.object({ rows: z.array(TransferProposal), nextCursor: z.string().nullable(), totals: z.object({ rows: z.number(), units: z.number(), gain: minor, told: z.number().describe('of the rows, those a warehouse must be told of') }), computedAt: instant.nullable() }).meta({ id: 'ProposalPage' });

export const TRANSFER_VIEWS = ['open', 'ready', 'in transit', 'refused', 'over', 'all'] as const;
export const TRANSFER_STATES = ['draft', 'ready', 'in transit', 'received', 'cancelled'] as const;
export const STEPS = ['create', 'change', 'ship', 'receive', 'cancel'] as const;
export const REJECT_REASONS = ['damaged', 'wrong item', 'missing', 'other'] as const;
export const TransferRow = z.object({
  transferId: z.number(), reference: z.string(), fromLocationId: z.number(), fromName: z.string(), toLocationId: z.number(), toName: z.string(), state: z.enum(TRANSFER_STATES), asked: z.enum(STEPS).nullable().describe('what Shopify has not answered yet'), refused: z.boolean(), message: z.string().nullable(),
  reason: z.string(), shopifyTransferId: z.string().nullable(), lines: z.number(), units: z.number(), shipped: z.number(), received: z.number(), rejected: z.number().describe('shipped, did not come into stock, and is not expected'), version: z.number(), createdAt: instant, createdBy: z.string(), updatedAt: instant,
}).meta({ id: 'TransferRow' });
export const TransferQuery = z.object({ store: z.coerce.number(), view: z.enum(TRANSFER_VIEWS).default('open'), q: z.string().max(200).optional(), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });
export const TransferPage = z.object({ rows: z.array(TransferRow), nextCursor: z.string().nullable(), counts: z.record(z.string(), z.number()) }).meta({ id: 'TransferPage' });
const Rejected = z.object({ reason: z.enum(REJECT_REASONS).describe('missing: never arrived'), quantity: z.number().int().min(1).max(1_000_000) });
export const TransferDetail = TransferRow.extend({
  items: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), barcode: z.string().nullable(), title: z.string(), quantity: z.number(), shipped: z.number(), received: z.number(), rejected: z.number(), free: z.number().describe('units that can be on the line now: what stands free at the origin and what is reserved for it'), worth: Worth.nullable() })),
  shipments: z.array(z.object({ shipmentId: z.string(), name: z.string(), status: z.enum(['draft', 'in transit', 'received', 'other']), lines: z.array(z.object({ itemId: z.number(), quantity: z.number(), accepted: z.number(), rejected: z.number() })) })),
  parts: z.array(z.object({ kind: z.enum(['ship', 'receive', 'change']), state: z.enum(['asked', 'done', 'refused']), message: z.string().nullable(), note: z.string(), madeAt: instant, madeBy: z.string(), units: z.number().describe('shipped, accepted or planned'), rejected: z.array(Rejected) })).describe('the last 50, newest first'),
  may: z.array(z.enum(STEPS)).describe('steps that can be asked for now'),
}).meta({ id: 'TransferDetail' });

export const TransferBody = z.object({
  key: z.uuid().describe('of this request: sending it again makes nothing new'), fromLocationId: z.number().int(), toLocationId: z.number().int(), reason: z.string().trim().max(500).default(''),
  lines: z.array(z.object({ itemId: z.number().int(), quantity: z.number().int().min(1).max(1_000_000) })).min(1).max(200),
}).strict().meta({ id: 'TransferBody' });
const part = { key: z.uuid().describe('of this request: sending it again does nothing new'), version: z.number().int().min(1) }, note = z.string().trim().max(500).default('');
export const ShipmentBody = z.object({ ...part, note, lines: z.array(z.object({ itemId: z.number().int(), quantity: z.number().int().min(1).max(1_000_000) })).min(1).max(200) }).strict().meta({ id: 'TransferShipmentBody' });
export const TransferReceiptBody = z.object({ ...part, note, lines: z.array(z.object({ shipmentId: z.string().regex(/^\d{1,19}$/), itemId: z.number().int(), accepted: z.number().int().min(0).max(1_000_000), rejected: z.array(Rejected).max(REJECT_REASONS.length).default([]) })).min(1).max(1_000) }).strict().meta({ id: 'TransferReceiptBody' });
export const TransferLinesBody = z.object({ ...part, lines: z.array(z.object({ itemId: z.number().int(), quantity: z.number().int().min(0).max(1_000_000).describe('0 takes the line off') })).min(1).max(200) }).strict().meta({ id: 'TransferLinesBody' });
export const TransferStepBody = z.object({ version: z.number().int().min(1) }).strict();
export const TransferSettings = z.object({ unitCost: minor.min(0).max(10_000_000).describe('of moving one unit'), leastGain: minor.min(0).max(100_000_000).describe('of one item between two places; smaller ones are not proposed'), transferDays: z.number().int().min(0).max(365).describe('of a transfer between places that say nothing else, and have received too few to learn from'), version: z.number().int().min(0) }).strict().meta({ id: 'TransferSettings' });
/** Left out, the days stay. */
export const TransferSettingsBody = TransferSettings.partial({ transferDays: true }).strict().meta({ id: 'TransferSettingsBody' });
