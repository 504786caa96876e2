/** The public contract of the connection to Inventory Planner under /api/v1. As in contract.ts: quantities whole units, instants ISO-8601 UTC, every list bounded and cursored. */
import { z } from 'zod';

const instant = z.string();
const inStore = { store: z.coerce.number() };
/** Kinds of advanced files, parents first. */
export const ADVANCED_KINDS = ['warehouses', 'vendors', 'variants', 'variant-vendors', 'components', 'stock', 'purchase-orders', 'sales'] as const;
export const StatusTypeName = z.enum(['active', 'draft', 'closed', 'cancelled']);

export const PlannerPlace = z.object({
  plannerWarehouseId: z.string(), name: z.string(), kind: z.enum(['warehouse', 'combined', 'own']), isDisabled: z.boolean(), locationId: z.number().nullable(), location: z.string().nullable(), matchedBy: z.string(), syncedAt: instant.nullable(),
  /** Permanent addresses of the starter files of its location; none while it has no location. */
  files: z.array(z.object({ file: z.string(), url: z.string() })),
}).meta({ id: 'PlannerPlace' });
export const PlannerView = z.object({
  origin: z.string(), account: z.string(), version: z.number(), sendsOrders: z.boolean(), takesOrders: z.boolean(), pushesStock: z.boolean(), floorsInLeadTime: z.boolean(), forecastDays: z.number(), returnsOn: z.enum(['order day', 'return day']),
  statusTypes: z.record(z.string(), StatusTypeName), unknownStatuses: z.array(z.string()), filesUser: z.string().nullable(), sftp: z.record(z.string(), z.unknown()).nullable(), filesSentAt: instant.nullable(), fileFolders: z.record(z.string(), z.string()),
  status: z.enum(['new', 'ok', 'failing']), checkedAt: instant.nullable(), lastError: z.string().nullable(), exchangedAt: instant.nullable(), places: z.array(PlannerPlace),
  counts: z.object({ variants: z.number(), unmatched: z.number(), orders: z.number(), refused: z.number(), held: z.number() }),
}).meta({ id: 'Planner' });
/** What is left out stays. `version` is what the change was made from; left out for a first connection. */
export const PlannerBody = z.object({
  version: z.number().int().optional(), origin: z.string().max(300).optional(), account: z.string().trim().max(40), apiKey: z.string().max(500).optional().describe('left out: the one kept stays'),
  sendsOrders: z.boolean(), takesOrders: z.boolean(), pushesStock: z.boolean(), floorsInLeadTime: z.boolean(), forecastDays: z.number().int().min(1).max(730), returnsOn: z.enum(['order day', 'return day']),
  statusTypes: z.record(z.string().min(1).max(100), StatusTypeName).refine((types) => Object.keys(types).length <= 100, 'holds more than 100 names'),
  filesUser: z.string().regex(/^[^:\u0000-\u001f]{1,100}$/, 'must have no colon').nullable(), filesPassword: z.string().min(8).max(200), sftp: z.record(z.string(), z.unknown()).nullable(), sftpSecret: z.string().min(1).max(10_000),
  fileFolders: z.partialRecord(z.enum(ADVANCED_KINDS), z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$/, 'must be a folder’s name: letters, digits, space, dot, hyphen, underscore')).describe('the account’s own names of the folders, the usual ones for those left out'),
}).partial().required({ account: true }).strict().meta({ id: 'PlannerBody' });
export const PlaceBody = z.object({ locationId: z.number().int().nullable() }).strict();

export const SHADOW_VIEWS = ['gaps', 'not at parity', 'all'] as const;
export const ShadowLine = z.object({
  itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), vendor: z.string().nullable(), locationName: z.string(), ours: z.number().nullable(), theirs: z.number(), parity: z.number(), gap: z.number(),
  /** Signed units that sum to the gap, in the order they were walked. */
  reasons: z.array(z.object({ reason: z.string(), units: z.number(), sentence: z.string() })), syncedAt: instant.nullable(),
}).meta({ id: 'ShadowLine' });
export const ShadowQuery = z.object({
  ...inStore, view: z.enum(SHADOW_VIEWS).default('gaps'), q: z.string().max(4000).optional(), location: z.string().optional(), reason: z.string().max(60).optional(),
  sort: z.enum(['size', 'gap', 'sku', 'theirs', 'ours', 'parity']).default('size'), dir: z.enum(['asc', 'desc']).default('desc'), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const ShadowPage = z.object({
  rows: z.array(ShadowLine), nextCursor: z.string().nullable(), computedAt: instant.nullable(), syncedAt: instant.nullable(),
  totals: z.object({ rows: z.number(), atParity: z.number(), equal: z.number(), ours: z.number(), theirs: z.number(), parity: z.number() }),
  /** The same of everything compared, whatever the filter. */
  overall: z.object({ rows: z.number(), atParity: z.number(), equal: z.number() }),
  /** How many units of the gaps, without sign, each reason explains. */
  reasons: z.array(z.object({ reason: z.string(), units: z.number(), rows: z.number() })),
}).meta({ id: 'ShadowPage' });

export const PlannerOrderView = z.object({
  purchaseOrderId: z.number(), reference: z.string(), direction: z.enum(['out', 'in']), supplier: z.string(), state: z.string(), plannerId: z.string().nullable(), plannerStatus: z.string().nullable(), link: z.string(), isReadonly: z.boolean(), message: z.string().nullable(),
  ordered: z.number(), received: z.number(), agreed: z.number(), updatedAt: instant,
  attempts: z.array(z.object({ what: z.string(), createdAt: instant, outcome: z.string().nullable(), message: z.string().nullable() })),
}).meta({ id: 'PlannerOrder' });
export const PlannerOrdersPage = z.object({ rows: z.array(PlannerOrderView), nextCursor: z.string().nullable() }).meta({ id: 'PlannerOrdersPage' });

export const PlannerFilesPage = z.object({
  /** Parents first, as they are written. */
  kinds: z.array(z.object({
    file: z.enum(ADVANCED_KINDS), folder: z.string(), /** Rows it has by now, those removed not counted. */ rows: z.number(), writtenAt: instant.nullable(),
    leftOut: z.array(z.object({ reason: z.string(), rows: z.number(), such: z.array(z.string()).describe('keys of up to five of them') })),
  })),
  /** Newest first, of the last 30 days. */
  rows: z.array(z.object({ fileId: z.number(), file: z.enum(ADVANCED_KINDS), name: z.string(), rows: z.number(), removed: z.number(), bytes: z.number(), writtenAt: instant })), nextCursor: z.string().nullable(),
}).meta({ id: 'PlannerFilesPage' });
