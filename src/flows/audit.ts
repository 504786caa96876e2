/**
 * audit: a shop as it stands → a scored report of its gaps.   Woken every Monday at 04:20 UTC, by a person, and by `instep audit`. It changes nothing in Shopify.
 *  1 gather  locations, variants and levels from Shopify; orders from the database, or from Shopify where there is none; what only the database knows
 *  2 decide  domain/audit: each check facts → gaps, and the score with its arithmetic
 *  3 record  the report with its gaps; the last 26 stay
 *  4 settle  a score that fell by five points or more since the report before is a case until one comes within five of it again
 */
import { audit as auditOf } from '../domain/audit/audit.ts';
import type { AuditFacts, AuditLevel, OrderFacts, Part } from '../domain/audit/facts.ts';
import { orderCollector } from '../domain/audit/order-facts.ts';
import type { StorefrontVariant } from '../domain/catalogue/storefront.ts';
import type { OrderState } from '../domain/orders/order-state.ts';
import type { OnProgress, Storefront } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { auditedOrders, auditedSales, ownFacts } from '../store/audit-facts.ts';
import { listReports, saveReport } from '../store/audit.ts';

/** Refunds older than this are history; and refunded orders read one by one where there is no database. */
const REFUND_DAYS = 90, MOST_REFUNDS = 2_000;
/** Points a score may fall before anybody is told. */
const FELL = 5;

export const audit = defineFlow({
  name: 'audit', moves: 'a shop as it stands → a scored report of its gaps', owner: 'integration owner', schedule: { cron: '20 4 * * 1' }, raises: ['AUDIT_SCORE_FELL'], waitsInPeak: true,
  async run(context) {
    const { db, storeId, storefront, tally } = context, at = context.now();
    const facts = await readShop(storefront, { at, writes: true, onProgress: (p) => context.progress(p.stage, p.done, p.total), orders: () => keptOrders(context, at) });
    const report = auditOf({ ...facts, own: await ownFacts(db, storeId, at) }), before = (await listReports(db, storeId))[0];
    const id = await db.transaction((tx) => saveReport(tx, storeId, report, 'Instep'));
    tally.input = tally.applied = report.checks.length;
    Object.assign(context.detail, { report: id, score: report.score, gaps: report.gaps, variants: report.read.variants, levels: report.read.levels });
    await context.checked('AUDIT_SCORE_FELL', before === undefined || before.score - report.score < FELL ? [] : [{
      kind: 'AUDIT_SCORE_FELL', key: 'score', subject: 'Shop audit', size: before.score - report.score, ...(report.money === null ? {} : { risk: report.money }),
      sentence: `The audit scored ${before.score} on ${before.made_at.slice(0, 10)} and ${report.score} now. ${report.explained}`, evidence: { before: before.score, now: report.score, report: id },
    }]);
    context.changed('audit', 'exceptions');
  },
});

async function keptOrders({ db, storeId, store }: FlowContext, at: string): Promise<OrderFacts> {
  const since = daysBefore(at, REFUND_DAYS), collector = orderCollector(store.time_zone, since);
  for await (const page of auditedOrders(db, storeId, since)) for (const { state, isOpen, refunded, hasReturn } of page) {
    if (isOpen) collector.add(state);
    if (refunded) collector.addRefunds(state, state, hasReturn);
  }
  const { sold, orders, from } = await auditedSales(db, storeId);
  return { ...collector.done(), read: orders, from, sold: new Map(sold.map((row) => [row.variant_id, { units: row.units, days: row.days, first: row.first, last: row.last }])) };
}

/**
 * Reads a shop by its token alone. What cannot be read is named in `unread`, and the rest goes on; only a shop that does not answer at all throws.
 * `writes`: the scopes for writing are wanted too.
 */
export async function readShop(storefront: Storefront, { at, writes, onProgress, orders }: { at: string; writes: boolean; onProgress: OnProgress; orders?: () => Promise<OrderFacts> }): Promise<Omit<AuditFacts, 'own'>> {
  const shop = await storefront.shop(), unread: Partial<Record<Part, string>> = {}, variants: StorefrontVariant[] = [], levels: AuditLevel[] = [];
  const part = async <T>(name: Part, otherwise: T, read: () => Promise<T>): Promise<T> => { try { return await read(); } catch (error) { unread[name] = (error as Error).message.slice(0, 300); return otherwise; } };
  const locations = await part('locations', [], () => storefront.locations());
  await part('variants', undefined, async () => { for await (const batch of storefront.allVariants(onProgress)) variants.push(...batch); });
  await part('levels', undefined, async () => {
    for await (const batch of storefront.allLevels(onProgress)) for (const { inventoryItemId, locationId, quantities, availableAt, onHandAt } of batch) {
      levels.push({ inventoryItemId, locationId, available: quantities.available ?? 0, onHand: quantities.on_hand ?? 0, changedAt: availableAt > onHandAt ? availableAt : onHandAt });
    }
  });
  const none: OrderFacts = { read: 0, from: null, open: [], restocks: [], refundsRead: 0, sold: new Map() };
  const known = await part('orders', none, orders ?? (() => shopOrders(storefront, shop.timeZone, at, onProgress, (reason) => { unread.returns = reason; })));
  if (unread.orders !== undefined) unread.returns ??= 'no order could be read';
  const versionFault = storefront.versionFault(), deprecation = storefront.deprecation(); // asked last: it tells of everything asked before
  return {
    at, shop: { domain: shop.domain, name: shop.name, currency: shop.currency, timeZone: shop.timeZone, createdAt: shop.createdAt }, scopes: shop.scopes, wanted: shop.wantedScopes.filter(({ scope }) => writes || scope.startsWith('read_')),
    versionFault: versionFault ?? (deprecation === null ? null : `Shopify says that something Instep asks for in version ${shop.apiVersion} is on its way out: ${deprecation}`), locations, variants, levels, orders: known, unread,
  };
}

/** The whole history by one file, then the refunds of the last ninety days beside the returns of the same time. */
async function shopOrders(storefront: Storefront, timeZone: string, at: string, onProgress: OnProgress, noReturns: (reason: string) => void): Promise<OrderFacts> {
  const since = daysBefore(at, REFUND_DAYS), collector = orderCollector(timeZone, since), refunded = new Map<string, OrderState>();
  for await (const batch of storefront.allOrders(onProgress)) {
    const named = new Set([...batch.refunded, ...batch.incomplete]);
    for (const order of batch.orders) {
      collector.add(order);
      if (named.has(order.id) && !order.refundsKnown && order.updatedAt >= since) refunded.set(order.id, order);
    }
  }
  const newest = [...refunded.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)).slice(0, MOST_REFUNDS);
  if (newest.length === 0) return collector.done();
  try {
    const returned = new Set<string>();
    for await (const ids of storefront.ordersWithReturns(since)) for (const id of ids) returned.add(id);
    for (const refunds of await storefront.refundsOf(newest.map((order) => order.id))) collector.addRefunds(refunded.get(refunds.id)!, refunds, returned.has(refunds.id));
  } catch (error) { noReturns((error as Error).message.slice(0, 300)); }
  return collector.done();
}

const daysBefore = (at: string, days: number): string => new Date(Date.parse(at) - days * 86_400_000).toISOString();
