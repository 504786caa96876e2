/**
 * How the lines of a replay were planned and bought as its days went by: policies, suppliers' terms, unit costs and prices as known on each morning, or all of
 * them as they are today where that is asked for.
 */
import type { CalendarEvent } from '../domain/forecast/panel.ts';
import { dayFromNumber, dayNumber } from '../domain/calendar.ts';
import type { LearnedFrom } from '../domain/purchasing/lead-times-then.ts';
import { ORDER_DAYS_MOST } from '../domain/purchasing/order-days.ts';
import type { AbcClass } from '../domain/replenishment/abc.ts';
import type { LeadTimeShare } from '../domain/replenishment/lead-time.ts';
import { knownThen, type KnownValues } from '../domain/replenishment/known-then.ts';
import { protectionDays } from '../domain/replenishment/policy.ts';
import type { KnownNotes } from '../domain/replenishment/replay-result.ts';
import type { LineTerms } from '../domain/replenishment/replay.ts';
import { NO_LIMITS, type SupplierLimits } from '../domain/replenishment/supplier-limits.ts';
import type { Queryable } from './db.ts';
import type { Sparse } from './demand.ts';
import { lineOf, type LineWorld } from './plan-inputs.ts';
import { planningEvents, type PlanningEventRow } from './planning-events.ts';
import { planningHistory, scopesOf, suppliersOf, termsOfItems } from './planning-history.ts';
import { scopedValues } from './planning.ts';
import type { StoreRow } from './stores.ts';
import { activeSuppliers, itemTerms, limitsOf, type ItemTerms, type SupplierRow } from './supplier-terms.ts';

/** Least and most days of a forecast that may be looked at. */
export const SHORTEST_REACH = 40, LONGEST_REACH = 240;

export interface KnownLine { terms: LineTerms; later: { from: number; terms: LineTerms }[] }
export interface KnownLines { lines: ReadonlyMap<string, KnownLine>; limits: ReadonlyMap<string, SupplierLimits>; events: CalendarEvent[]; notes: KnownNotes }
export interface KnownAsked {
  lines: readonly { itemId: number; locationId: number; abc: AbcClass | null }[];
  from: string; days: number; known: 'then' | 'today';
  /** What receipts had taught of each supplier, from which day on. */
  leadTimes: ReadonlyMap<number, readonly LearnedFrom[]>; prices: ReadonlyMap<number, Sparse>;
  /** Longest days of stock that are tried. */
  daysOfStock: number; eventsSince: string;
}

interface Item { vendor: string | null; category: string | null; unitCost: string | null }

/** The lines by 'item@location'; those whose location is gone are left out. */
export async function knownLines(db: Queryable, store: Pick<StoreRow, 'store_id' | 'currency' | 'time_zone'>, asked: KnownAsked): Promise<KnownLines> {
  const { from, days, known } = asked, storeId = store.store_id, first = dayNumber(from), itemIds = [...new Set(asked.lines.map((line) => line.itemId))];
  const history = known === 'today' ? null : await planningHistory(db, storeId, store.time_zone, itemIds), { rows: there } = await db.query<{ location_id: number }>('select location_id from location where store_id = $1', [storeId]);
  const { rows } = await db.query<{ item_id: number; vendor: string | null; category: string | null; unit_cost: string | null }>(`select item_id, vendor, nullif(product_type, '') as category, unit_cost from item where item_id = any($1)`, [itemIds]), items = new Map(rows.map((row): [number, Item] => [row.item_id, { vendor: row.vendor, category: row.category, unitCost: row.unit_cost }]));
  const places = new Set(there.map((row) => row.location_id)), lines = asked.lines.filter((line) => places.has(line.locationId) && items.has(line.itemId)), book = new LineBook(asked, lines), learned = learnedOn(asked.leadTimes);
  // Rates of exchange change on days of their own, and are the replay's.
  const exchange = (): null => null;
  if (history === null) {
    const [scopes, suppliers, terms] = [await scopedValues(db, storeId), await activeSuppliers(db, storeId), await itemTerms(db, storeId, itemIds)], steps = known === 'today' ? [0] : learned.days;
    for (const day of steps) { const changed = learned.by(day); book.noted(day, { store, scopes, suppliers, leadTimes: new Map(learned.now), exchange, policies: new Map() }, terms, items, day === 0 ? () => true : boughtFrom(terms, changed)); }
    const events = calendarOf(await planningEvents(db, storeId, asked.eventsSince));
    return { lines: book.lines((_, itemId) => terms.get(itemId)?.price ?? null), limits: book.limits, events, notes: { begun: null, before: 0, changed: 0, events: fallingInto(events, first, days), eventsLater: 0, today: known === 'today' } };
  }
  let events: CalendarEvent[] = [], last: KnownValues = new Map(), suppliers = new Map<number, SupplierRow>(), terms = new Map<number, ItemTerms>(), costs = new Map(items), scopes: LineWorld['scopes'] = new Map();
  for (const { day, values, items: touched } of knownThen(history.said, history.begun, first, days, learned.days.map((one) => first + one))) {
    const changed = learned.by(day - first);
    if (day === first) events = calendarOf(eventRows(values.event, asked.eventsSince));
    if (touched === null || touched.size > 0) {
      suppliers = suppliersOf(values.supplier); terms = termsOfItems(values.terms, suppliers); costs = new Map(items); scopes = scopesOf(values.policy);
      for (const value of values.cost.values()) { const item = costs.get(value['item_id'] as number); if (item && value['unit_cost'] !== null) costs.set(value['item_id'] as number, { ...item, unitCost: String(value['unit_cost']) }); }
    }
    const byReceipts = boughtFrom(terms, changed);
    book.noted(day - first, { store, scopes, suppliers, leadTimes: new Map(learned.now), exchange, policies: new Map() }, terms, costs, (itemId) => touched === null || touched.has(itemId) || byReceipts(itemId));
    last = values.event;
  }
  const eventsThen = fallingInto(calendarOf(eventRows(last, asked.eventsSince)), first, days);
  const made = book.lines((day, itemId) => priceKnown(asked.prices.get(itemId), day));
  return {
    lines: made, limits: book.limits, events,
    notes: { begun: history.begun > first ? dayFromNumber(history.begun) : null, before: Math.max(0, Math.min(days, history.begun - first)), changed: [...made.values()].filter((line) => line.later.length > 0).length, events: fallingInto(events, first, days), eventsLater: Math.max(0, eventsThen - fallingInto(events, first, days)), today: false },
  };
}

/** Lead times learned, day by day: `by` goes on to a day and says which suppliers' are other than before; `now` is what then holds. */
function learnedOn(told: KnownAsked['leadTimes']): { days: number[]; by: (day: number) => ReadonlySet<number>; now: ReadonlyMap<number, LeadTimeShare[]> } {
  const now = new Map<number, LeadTimeShare[]>(), steps = [...told].flatMap(([supplier, all]) => all.map((one) => ({ supplier, ...one }))).sort((a, b) => a.from - b.from);
  let at = 0;
  return {
    days: [...new Set([0, ...steps.map((one) => one.from)])], now,
    by: (day) => {
      const changed = new Set<number>();
      for (; at < steps.length && steps[at]!.from <= day; at++) { const { supplier, shares } = steps[at]!; changed.add(supplier); if (shares === null) now.delete(supplier); else now.set(supplier, shares); }
      return changed;
    },
  };
}

function boughtFrom(terms: ReadonlyMap<number, ItemTerms>, suppliers: ReadonlySet<number>): (itemId: number) => boolean {
  return (itemId) => suppliers.size > 0 && suppliers.has(terms.get(itemId)?.supplier_id ?? -1);
}

/** What each line's terms were from which day on, and what suppliers' orders were allowed. */
class LineBook {
  readonly limits = new Map<string, SupplierLimits>();
  readonly #told: Map<string, { from: number; terms: LineTerms; text: string }[]>;
  readonly #asked: KnownAsked;
  readonly #lines: KnownAsked['lines'];
  /** Limits that were met before, by their text. */
  readonly #versions = new Map<string, number>();

  constructor(asked: KnownAsked, lines: KnownAsked['lines']) {
    this.#asked = asked; this.#lines = lines; this.#told = new Map(lines.map((line) => [keyOf(line), []]));
  }

  noted(day: number, world: LineWorld, terms: ReadonlyMap<number, ItemTerms>, items: ReadonlyMap<number, Item>, touches: (itemId: number) => boolean): void {
    for (const line of this.#lines) {
      if (!touches(line.itemId)) continue;
      const item = items.get(line.itemId)!, { policy: { values: policy }, leadTimes, buying, orderDays } = lineOf(world, { ...line, ...item }, terms.get(line.itemId)), told = this.#told.get(keyOf(line))!;
      const needed = Math.max(protectionDays(policy), policy.leadTimeDays + Math.max(policy.daysOfStock ?? 0, this.#asked.daysOfStock), ...(leadTimes ?? []).map((one) => one.days + policy.reviewDays)) + policy.reviewDays + (orderDays.length > 0 ? ORDER_DAYS_MOST : 0);
      const made: LineTerms = { policy, leadTimes, orderDays, buying, price: null, order: this.#orderOf(world, line, buying), reach: Math.min(LONGEST_REACH, Math.max(SHORTEST_REACH, needed)) }, text = JSON.stringify(made);
      if (told.at(-1)?.text !== text) told.push({ from: day, terms: made, text });
    }
  }

  /** The lines with their prices, which change on days of their own. */
  lines(priceOn: (day: number, itemId: number) => number | null): Map<string, KnownLine> {
    const first = dayNumber(this.#asked.from);
    return new Map(this.#lines.map((line) => {
      const told = this.#told.get(keyOf(line))!, changes = this.#asked.known === 'today' ? [] : (this.#asked.prices.get(line.itemId)?.days ?? []).map((day) => day + 1 - first), days = [...new Set([0, ...told.map((one) => one.from), ...changes.filter((day) => day > 0 && day < this.#asked.days)])].sort((a, b) => a - b);
      const eras = days.map((day) => ({ from: day, terms: { ...told.findLast((one) => one.from <= day)!.terms, price: priceOn(first + day, line.itemId) } })), [now, ...later] = eras.filter((era, n) => n === 0 || JSON.stringify(era.terms) !== JSON.stringify(eras[n - 1]!.terms));
      return [keyOf(line), { terms: now!.terms, later }];
    }));
  }

  /**
   * Whose order a line is part of, with a mark of the limits that then held, but for budgets, which are of what is bought beside these lines too. Lines of
   * several places are of one order only where the supplier's minimum is; one with price breaks alone is an order of its own.
   */
  #orderOf(world: LineWorld, { itemId, locationId }: { itemId: number; locationId: number }, { supplierId, currency, priceBreaks }: LineTerms['buying']): string {
    const supplier = supplierId === null ? undefined : world.suppliers.get(supplierId), known = supplier ? limitsOf({ ...supplier, budget: null }, currency, 0) : null;
    if (known === null && priceBreaks.length === 0) return '';
    const whose = known === null ? `${itemId}@${locationId}` : `${supplierId}/${currency}${known.minimumCounts === 'place' ? `/${locationId}` : ''}`, text = JSON.stringify(known);
    if (!this.#versions.has(text)) this.#versions.set(text, this.#versions.size);
    const order = `${whose}#${this.#versions.get(text)!}`;
    this.limits.set(order, known ?? NO_LIMITS);
    return order;
  }
}

const keyOf = ({ itemId, locationId }: { itemId: number; locationId: number }): string => `${itemId}@${locationId}`;

/** The price in force before a morning; null before the first one noted. */
function priceKnown(prices: Sparse | undefined, morning: number): number | null {
  let price: number | null = null;
  prices?.days.forEach((since, n) => { if (since < morning) price = prices.values[n]!; });
  return price;
}

function eventRows(events: KnownValues, since: string): PlanningEventRow[] {
  return [...events].map(([id, value]) => ({ ...value, event_id: id }) as unknown as PlanningEventRow).filter((row) => row.to_day >= since).sort((a, b) => (a.from_day < b.from_day ? 1 : a.from_day > b.from_day ? -1 : Number(b.event_id) - Number(a.event_id)));
}

/** Latest first, as they are read; earliest first, as they are learned. */
function calendarOf(rows: readonly PlanningEventRow[]): CalendarEvent[] {
  return rows.map((row) => ({ name: row.name, from: dayNumber(row.from_day), to: dayNumber(row.to_day), ...(row.location_ids === null ? {} : { locations: row.location_ids.map(String) }), ...(row.uplift === null ? {} : { expected: 1 + row.uplift / 100 }) })).reverse();
}

function fallingInto(events: readonly CalendarEvent[], first: number, days: number): number {
  return events.filter((event) => event.to >= first && event.from < first + days).length;
}
