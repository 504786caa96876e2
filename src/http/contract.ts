/**
 * The public contract under /api/v1: what the web UI, warehouses and BI tools may rely on. Shapes only; both sides import it.
 * Ids of Shopify are strings; quantities are whole units; money is integer minor units of the store's currency; instants are ISO-8601 UTC;
 * days are YYYY-MM-DD in the shop's calendar. Every list has a bound and, where it can be long, a `nextCursor`.
 */
import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const instant = z.string();

export const Problem = z.object({
  type: z.string(), title: z.string(), status: z.number(), detail: z.string(), requestId: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
}).meta({ id: 'Problem', description: 'RFC 9457 problem: what is wrong and what to do' });

// ---- session -------------------------------------------------------------------------------------------------------------------------
export const User = z.object({ userId: z.number(), email: z.string(), name: z.string(), role: z.string() }).meta({ id: 'User' });
export const Store = z.object({
  storeId: z.number(), shopDomain: z.string(), name: z.string(), currency: z.string(), timeZone: z.string(),
  historyFrom: day.nullable(), historyTruncated: z.boolean(), importedAt: instant.nullable(), isSandbox: z.boolean(),
}).meta({ id: 'Store' });
export const Session = z.object({
  user: User.nullable(),
  /** 'open' = no administrator yet, loopback only; 'signed-in'; 'signed-out' */
  mode: z.enum(['open', 'signed-in', 'signed-out']),
  stores: z.array(Store), version: z.string(),
}).meta({ id: 'Session' });
export const SetupBody = z.object({ token: z.string().min(1), email: z.email(), name: z.string().min(1).max(120), password: z.string().min(12).max(128) });
export const LoginBody = z.object({ email: z.string().min(1), password: z.string().min(1).max(128) });

// ---- freshness, progress, events ------------------------------------------------------------------------------------------------------
export const Feed = z.object({
  key: z.string(), label: z.string(), lastEventAt: instant.nullable(), lastSuccessAt: instant.nullable(),
  backlog: z.number(), lagP50Ms: z.number().nullable(), lagP99Ms: z.number().nullable(), state: z.enum(['good', 'warn', 'bad', 'never']), detail: z.string(),
}).meta({ id: 'Feed' });
export const Freshness = z.object({ at: instant, feeds: z.array(Feed) }).meta({ id: 'Freshness' });

const Reasons = z.record(z.string(), z.number());
/** One run of a flow. input = applied + unchanged + Σ skipped + Σ failed. */
export const FlowRun = z.object({
  runId: z.string(), flow: z.string(), trigger: z.string(), state: z.enum(['running', 'done', 'failed', 'interrupted']),
  stage: z.string().nullable(), done: z.number(), total: z.number().nullable(),
  input: z.number(), applied: z.number(), unchanged: z.number(), skipped: Reasons, failed: Reasons,
  detail: z.record(z.string(), z.unknown()), error: z.string().nullable(), startedAt: instant, heartbeatAt: instant, finishedAt: instant.nullable(),
}).meta({ id: 'FlowRun' });
export const Flow = z.object({
  flow: z.string(), moves: z.string(), owner: z.string(), schedule: z.string(), raises: z.array(z.string()),
  lastRun: FlowRun.nullable(), runsToday: z.number(),
}).meta({ id: 'Flow' });

// ---- stock ----------------------------------------------------------------------------------------------------------------------------
export const StockState = z.enum(['in step', 'pending', 'drift', 'unmapped', 'untracked', 'not opened']);
/** What Instep makes of a level it may write: what Shopify should show, and how far that has come. */
export const LevelPush = z.object({ state: z.string(), wanted: z.number().nullable(), pushedAt: instant.nullable(), confirmedAt: instant.nullable(), reason: z.string().nullable() }).meta({ id: 'LevelPush' });
/** One item at one location: the ledger beside what Shopify shows. */
export const StockRow = z.object({
  itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), vendor: z.string().nullable(), locationName: z.string(),
  authority: z.enum(['storefront', 'warehouse']),
  onHand: z.number(), committed: z.number(), available: z.number(), unavailable: z.number(), incoming: z.number(),
  shopifyAvailable: z.number().nullable(), shopifyAt: instant.nullable(), drift: z.number(), cause: z.string().nullable(),
  state: StockState, lastMovementAt: instant.nullable(),
  /** Where a warehouse is the authority and Instep may write. */
  push: LevelPush.nullable(),
  /** What the planner holds less what is here, where they differ: available, and units on order. */
  planner: z.object({ stock: z.number(), incoming: z.number() }).nullable(),
  /** Units sold per day over the last 30 days, oldest first. */
  sold30: z.array(z.number()),
}).meta({ id: 'StockRow' });
export const StockQuery = z.object({
  store: z.coerce.number(), q: z.string().max(4000).optional().describe('SKUs or words; commas or line breaks separate several SKUs'),
  location: z.string().optional().describe('location ids, comma separated'),
  view: z.enum(['all', 'drift', 'planner', 'negative', 'out of stock', 'pending', 'changed']).default('all'),
  vendor: z.string().optional(),
  sort: z.enum(['sku', 'title', 'onHand', 'committed', 'available', 'drift', 'lastMovement']).default('sku'),
  dir: z.enum(['asc', 'desc']).default('asc'),
  cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const StockPage = z.object({
  rows: z.array(StockRow), nextCursor: z.string().nullable(),
  totals: z.object({ rows: z.number(), onHand: z.number(), committed: z.number(), available: z.number(), incoming: z.number(), driftUnits: z.number(), driftRows: z.number() }),
}).meta({ id: 'StockPage' });
export const Location = z.object({ locationId: z.number(), shopifyLocationId: z.string(), name: z.string(), isActive: z.boolean(), authority: z.enum(['storefront', 'warehouse']) }).meta({ id: 'Location' });

// ---- item -----------------------------------------------------------------------------------------------------------------------------
export const Item = z.object({
  itemId: z.number(), sku: z.string().nullable(), title: z.string(), barcode: z.string().nullable(), vendor: z.string().nullable(), productType: z.string().nullable(),
  unitCost: z.number().nullable(), tracked: z.boolean(),
  variants: z.array(z.object({ variantId: z.string(), productId: z.string(), sku: z.string().nullable(), title: z.string(), price: z.number().nullable(), isBundle: z.boolean(), deletedAt: instant.nullable() })),
  bundles: z.array(z.object({ variantId: z.string(), title: z.string(), sku: z.string().nullable(), quantity: z.number() })),
  locations: z.array(StockRow),
  sameSku: z.array(z.object({ itemId: z.number(), title: z.string() })),
  /** What warehouses say they have of it, at each location they serve, and the arithmetic of what Shopify should show there. */
  shelf: z.array(z.object({ locationId: z.number(), locationName: z.string(), warehouse: z.string(), codes: z.array(z.string()), onHand: z.number(), unsellable: z.number(), countedAt: instant.nullable(), state: z.string().nullable(), pushedAt: instant.nullable(), sentence: z.string().nullable() })),
}).meta({ id: 'Item' });
export const Movement = z.object({
  movementId: z.string(), kind: z.string(), quantity: z.number(), from: z.string(), to: z.string(), fact: z.string(), revision: z.number(),
  occurredAt: instant, recordedAt: instant, source: z.string(),
  /** Signed effect on the account asked for, and the running balance after it. */
  change: z.number(), balance: z.number(), sentence: z.string(),
}).meta({ id: 'Movement' });
export const MovementQuery = z.object({
  location: z.coerce.number(), state: z.string().default('available'), at: z.string().optional().describe('as of this instant'),
  cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
/** "Why is this number 7?": the movements that sum to it, newest first. */
export const Explanation = z.object({
  itemId: z.number(), locationId: z.number(), state: z.string(), balance: z.number(), sentence: z.string(),
  byKind: z.array(z.object({ kind: z.string(), quantity: z.number(), movements: z.number() })),
  movements: z.array(Movement), nextCursor: z.string().nullable(),
}).meta({ id: 'Explanation' });

const Quantiles = z.array(z.object({ level: z.number(), values: z.array(z.number()) }));
export const DemandView = z.object({
  itemId: z.number(), locationId: z.number().nullable(),
  /** Daily history, oldest first, beginning at `from`. */
  from: day, demand: z.array(z.number()), returned: z.array(z.number()), inStock: z.array(z.number().nullable()),
  forecast: z.object({
    runId: z.string(), asOf: day, method: z.string(), mean: z.array(z.number()), daily: Quantiles, cumulative: Quantiles,
    wape: z.number().nullable(), rmsse: z.number().nullable(), bias: z.number().nullable(), coverage: z.number().nullable(), under80: z.number().nullable(), under90: z.number().nullable(), pinball: z.number().nullable(),
    flags: z.array(z.string()), trainedFrom: day, trainedTo: day, censoredDays: z.number(),
    /** What the engine expects without planners' overrides; null where there are none. */
    engineMean: z.array(z.number()).nullable(),
    /** From what was sold in the last days to what is expected in as many ahead, overrides included: terms that sum. Null in runs made before they were kept. */
    madeOf: z.object({ days: z.number(), terms: z.array(z.object({ key: z.string(), label: z.string(), quantity: z.number(), sentence: z.string() })) }).nullable(),
    /** The last forecast of four weeks that are over beside what came; and the error of all of those, as a share of what was wanted. */
    ahead: z.object({ asOf: day, said: z.number(), came: z.number(), wape: z.number().nullable() }).nullable(),
    /** Demand of Monday to Sunday relative to their mean. */
    weekdays: z.array(z.number()).nullable(),
  }).nullable(),
  /** Stock over the horizon if nothing more is ordered: median and P10/P90; what is on its way is there from its day on. */
  projection: z.object({
    p10: z.array(z.number()), p50: z.array(z.number()), p90: z.array(z.number()),
    /** Orders: those sent count from their day on (overdue ones from the first day), drafts do not count. */
    orders: z.array(z.object({ purchaseOrderId: z.number(), reference: z.string(), day, units: z.number(), sent: z.boolean(), overdue: z.boolean(), /** Nobody said the day. */ byLeadTime: z.boolean() })),
    /** What the plan would order today, and when it would be here; null: nothing. */
    suggested: z.object({ units: z.number(), day }).nullable(),
  }).nullable(),
}).meta({ id: 'DemandView' });

// ---- exceptions -----------------------------------------------------------------------------------------------------------------------
export const Exception = z.object({
  exceptionId: z.string(), kind: z.string(), severity: z.number(), owner: z.string(), subject: z.string(), sentence: z.string(),
  evidence: z.record(z.string(), z.unknown()), itemId: z.number().nullable(), locationId: z.number().nullable(),
  occurrences: z.number(), firstSeen: instant, lastSeen: instant, openedAt: instant.nullable(), dueAt: instant, state: z.enum(['grace', 'open', 'snoozed', 'resolved', 'ignored']),
  assignedTo: z.string().nullable(), snoozedUntil: instant.nullable(), snoozedSize: z.number().nullable(), ignoredUntil: instant.nullable(), resolvedAt: instant.nullable(), reason: z.string().nullable(), regressions: z.number(),
  /** Who closed it, `check` where its check did; null while it is not resolved. */
  resolvedBy: z.string().nullable(),
  /** How bad, in the kind's own measure; money at stake in minor units. */
  size: z.number().nullable(), risk: z.number().nullable(),
  /** 1 half its time gone, 2 all of it, 3 twice. */
  escalation: z.number(), heldUntil: instant.nullable(),
  /** Of a kind that closes at a second check: when the first one saw it good, and from when on another closes it. */
  goodOnce: z.object({ at: instant, againAfter: instant }).nullable(),
  /** Of a storm: how many open cases it gathers, and of such a case: its parent. */
  children: z.number(), parentId: z.string().nullable(),
}).meta({ id: 'Exception' });
export const ExceptionQuery = z.object({
  store: z.coerce.number(), tab: z.enum(['open', 'mine', 'unassigned', 'snoozed', 'resolved', 'ignored']).default('open'), kind: z.string().optional(), owner: z.string().max(40).optional(), q: z.string().max(200).optional(),
  person: z.string().max(200).optional().describe('whom it is assigned to'),
  cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const ExceptionPage = z.object({
  rows: z.array(Exception), nextCursor: z.string().nullable(), lastCheckedAt: instant.nullable(),
  counts: z.record(z.string(), z.number()), byKind: z.array(z.object({ kind: z.string(), count: z.number() })), byOwner: z.array(z.object({ owner: z.string(), count: z.number() })),
}).meta({ id: 'ExceptionPage' });
/** Somebody cases can be given to. `may`: not shut out; those who may not are listed while they have open cases. */
export const Carer = z.object({ email: z.string(), name: z.string(), role: z.string().nullable(), may: z.boolean(), open: z.number() }).meta({ id: 'Carer' });
export const ExceptionEvent = z.object({ at: instant, what: z.string(), by: z.string(), said: z.string().nullable() }).meta({ id: 'ExceptionEvent' });
export const ExceptionDetail = z.object({
  row: Exception, events: z.array(ExceptionEvent), children: z.array(Exception), similar: z.array(z.object({ exceptionId: z.string(), subject: z.string(), resolvedAt: instant, hours: z.number(), fixedBy: z.string().nullable() })),
  /** Who is told when its owner lets the time pass, when it closes itself, and what looks at it again. */
  backup: z.string(), closes: z.string(), checkedBy: z.string().nullable(),
  /** How cases of this kind that closed in the last ninety days came to their end. */
  outcomes: z.object({ closed: z.number(), medianHours: z.number().nullable(), ways: z.array(z.object({ way: z.string(), cases: z.number() })) }),
}).meta({ id: 'ExceptionDetail' });
export const ExceptionAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('assign'), to: z.string().trim().min(1).max(200).nullable().describe('the e-mail of somebody who may sign in; null gives it back'), from: z.string().trim().max(200).nullable().optional().describe('only those that are still this person’s; these cases alone, without what they gather') }),
  z.object({ action: z.literal('snooze'), until: instant.nullable().default(null).describe('at most 30 days ahead, which is the default of one that is snoozed until it is worse'), worse: z.boolean().default(false).describe('wakes when its size passes what it is now; every snoozed case does when it gets more urgent') }),
  z.object({ action: z.literal('ignore'), reason: z.string().trim().min(3).max(500), until: instant.optional().describe('at most 30 days ahead, which is the default') }),
  z.object({ action: z.literal('reopen') }),
  z.object({ action: z.literal('resolve'), said: z.string().trim().min(3).max(500).describe('what was done; looked at again at once, and back as regressed if it was not enough') }),
  z.object({ action: z.literal('say'), said: z.string().trim().min(1).max(2000) }),
]).meta({ id: 'ExceptionAction' });
export const ExceptionBulk = z.object({ ids: z.array(z.string().regex(/^\d{1,18}$/)).min(1).max(500), change: ExceptionAction }).strict().meta({ id: 'ExceptionBulk' });
export const ExceptionBulkDone = z.object({ changed: z.number(), left: z.number(), ids: z.array(z.string()).describe('of those asked for: which were changed'), before: z.array(z.object({ to: z.string().nullable(), ids: z.array(z.string()) })).describe('of an assignment: whose they were, those gathered by a storm with them') }).meta({ id: 'ExceptionBulkDone' });
export const Runbook = z.object({ kind: z.string(), markdown: z.string() }).meta({ id: 'Runbook' });

// ---- today and digest -----------------------------------------------------------------------------------------------------------------
export const Tile = z.object({ key: z.string(), label: z.string(), value: z.string(), detail: z.string(), tone: z.enum(['good', 'warn', 'bad', 'neutral']), link: z.string() }).meta({ id: 'Tile' });
export const Digest = z.object({
  day, verdict: z.string(), lines: z.array(z.object({ text: z.string(), tone: z.enum(['good', 'warn', 'bad', 'neutral']), link: z.string().nullable() })),
  composedAt: instant, acknowledgedBy: z.string().nullable(), acknowledgedAt: instant.nullable(),
}).meta({ id: 'Digest' });
export const TodayRole = z.enum(['everyone', 'ecommerce', 'planner', 'warehouse']);
/** What happened since an instant somebody looked: cases opened, how many of them still are; cases over; units received; edits in Shopify; orders; purchase orders sent. */
export const SinceLooked = z.object({ since: instant, opened: z.number(), stillOpen: z.number(), resolved: z.number(), received: z.number(), edits: z.number(), orders: z.number(), purchaseOrders: z.number() }).meta({ id: 'SinceLooked' });
export const Today = z.object({
  /** Whose morning it is: asked for, else that of who is signed in. */
  role: TodayRole, sinceLooked: SinceLooked.nullable(), mine: z.array(Exception),
  at: instant, verdict: z.string(), verdictTone: z.enum(['good', 'warn', 'bad']), tiles: z.array(Tile),
  running: z.array(FlowRun), exceptions: z.array(Exception), digest: Digest.nullable(), digests: z.array(Digest),
  /** Units sold per day, last 60 days, oldest first, and the money they made in minor units. */
  soldFrom: day, sold: z.array(z.number()),
  changes: z.array(z.object({ at: instant, itemId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), sentence: z.string(), change: z.number() })),
  checklist: z.array(z.object({ label: z.string(), done: z.boolean(), link: z.string().nullable() })),
}).meta({ id: 'Today' });

// ---- connections ----------------------------------------------------------------------------------------------------------------------
/** `expected`: messages that should have come since by the topic's own habit, at least; `usual`: its usual gap, in such messages; both null while too little is known. */
export const WebhookTopic = z.object({ topic: z.string(), lastAt: instant, expected: z.number().nullable(), usual: z.number().nullable(), silentFrom: instant.nullable(), silent: z.boolean() }).meta({ id: 'WebhookTopic' });
export const Connection = z.object({
  storeId: z.number(), shopDomain: z.string(), isSandbox: z.boolean(), apiVersion: z.string(), scopes: z.array(z.string()), missingScopes: z.array(z.string()),
  status: z.enum(['new', 'ok', 'failing', 'dead']), checkedAt: instant.nullable(), lastError: z.string().nullable(), tokenExpiresAt: instant.nullable(),
  bucket: z.object({ available: z.number(), maximum: z.number(), restoreRate: z.number() }).nullable(),
  webhooks: z.object({ topics: z.array(WebhookTopic), receivedToday: z.number(), lastReceivedAt: instant.nullable(), rejectedToday: z.number(), deadLetters: z.number() }),
  locations: z.array(Location),
}).meta({ id: 'Connection' });
export const ConnectBody = z.object({
  shopDomain: z.string().regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'the shop’s own domain, like my-shop.myshopify.com'),
  clientId: z.string().min(1).max(200), clientSecret: z.string().min(8).max(400),
}).strict();
export const SecretBody = z.object({ clientSecret: z.string().trim().min(8).max(400) }).strict();
export const TestResult = z.object({ ok: z.boolean(), sentence: z.string(), checks: z.array(z.object({ label: z.string(), ok: z.boolean(), detail: z.string() })) }).meta({ id: 'TestResult' });
export const SearchHit = z.object({ type: z.enum(['item', 'screen', 'exception']), label: z.string(), detail: z.string(), link: z.string() }).meta({ id: 'SearchHit' });

/**
 * Routes, for the reader (each declared with its schemas in http/routes/):
 *   GET  /api/v1/session · POST /setup · POST /login · POST /logout
 *   GET  /api/v1/today?store= · POST /today/acknowledge?store=            → Today
 *   GET  /api/v1/freshness?store=                                        → Freshness
 *   GET  /api/v1/events?store=            server-sent events: event "change" data {"topics":["stock","exceptions","flows","replenishment"]}
 *   GET  /api/v1/stock?…StockQuery · /stock.csv                          → StockPage
 *   GET  /api/v1/vendors?store=                                          → {vendors:string[]}
 *   GET  /api/v1/items/:itemId?store= · /items/:itemId/explain?store=&…MovementQuery · /items/:itemId/demand?store=&location=
 *   GET  /api/v1/items/:itemId/replenishment?store=&location=             → RecommendationDetail
 *   PUT  /api/v1/policies/:scope?store= (PolicyBody) · GET /api/v1/policies/:scope?store=   scope: default | vendor:<name> | item:<id> | item:<id>@<location>
 *   GET  /api/v1/replenishment?…ReplenishmentQuery · /replenishment.csv   → ReplenishmentPage
 *   GET  /api/v1/exceptions?…ExceptionQuery · POST /exceptions/:id (ExceptionAction) ?store= · GET /runbooks/:kind
 *   GET  /api/v1/flows?store= → {flows: Flow[]} · GET /flows/:flow/runs?store=&limit= → {runs: FlowRun[]} · POST /flows/:flow/runs?store= → {queued:true}
 *   GET  /api/v1/connections → {connections: Connection[]} · POST /connections (ConnectBody) · POST /connections/:storeId/test → TestResult
 *   GET  /api/v1/search?store=&q=                                         → {hits: SearchHit[]}
 */
export type Of<T extends z.ZodType> = z.infer<T>;
