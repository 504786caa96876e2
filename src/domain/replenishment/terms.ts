/** The terms of a waterfall in words: each a label and the sentence that says what it is. */
import type { Units } from '../quantity.ts';
import { TERM_KEYS, type Recommendation, type TermKey } from './recommend.ts';

/** One step of the waterfall; `quantity` is signed, whole, and may be zero. */
export interface Term { key: TermKey; label: string; quantity: Units; sentence: string }

/** The terms of a recommendation; those of its supplier's order only where they move something. They sum to the quantity. */
export function termsOf(made: Recommendation): Term[] {
  return SHOWN.map((n): Term => { const key = TERM_KEYS[n]!; return { key, label: LABELS[key], quantity: made.terms[n]!, sentence: WORDS[key](made.terms[n]!, made) }; })
    .filter((term) => term.quantity !== 0 || !SELDOM.has(term.key));
}

/** Places in TERM_KEYS as they are read: what stands at the places supplied belongs to the position. */
const SHOWN = TERM_KEYS.map((_, n) => n).filter((n) => TERM_KEYS[n] !== 'places supplied');
SHOWN.splice(TERM_KEYS.indexOf('incoming') + 1, 0, TERM_KEYS.indexOf('places supplied'));

const SELDOM: ReadonlySet<TermKey> = new Set<TermKey>(['lost before arrival', 'order quantity', 'end of life', 'price break', 'supplier minimum', 'container', 'budget', 'store budget', 'places supplied', 'bought elsewhere']);

const LABELS: Record<TermKey, string> = {
  'expected demand': 'Expected demand', 'safety stock': 'Safety stock', 'minimum stock': 'Minimum stock', 'on hand': 'On hand', incoming: 'Incoming', committed: 'Committed', backorders: 'Backorders',
  'lost before arrival': 'Lost before arrival', 'floor at zero': 'Already covered', 'order quantity': 'Lot', 'minimum order': 'Minimum order', 'full cases': 'Full cases', 'maximum stock': 'Maximum stock',
  'end of life': 'End of life', 'price break': 'Price break', 'supplier minimum': 'Supplier minimum', container: 'Container', budget: 'Supplier budget', 'store budget': 'Store budget',
  'places supplied': 'At places supplied', 'bought elsewhere': 'Bought elsewhere',
};

const WORDS: Record<TermKey, (units: Units, made: Recommendation) => string> = {
  'expected demand': (units, made) => `${are(units)} expected to be wanted in ${daysLong(made.protectionDays)}${span(made)}`,
  'safety stock': (units, made) => {
    const { kind, maxStock } = made.policy, aim = aimOf(made);
    if (kind === 'min/max') return units >= 0 ? `${units} more fill up to the maximum of ${maxStock}` : `${-units} fewer stay under the maximum of ${maxStock}`;
    if (aim === null) return units >= 0 ? `${units} more reach the reorder point of ${made.orderUpTo}` : `${-units} fewer: the reorder point is ${made.orderUpTo}`;
    return units >= 0 ? `${units} more ${aim.keep}` : `${-units} fewer are enough for ${aim.enough}`;
  },
  'minimum stock': (units, { policy }) => `${units} more keep the minimum stock of ${policy.minStock} beyond the expected demand`,
  'on hand': (units) => (units > 0 ? `${are(units)} missing on hand` : `${are(-units)} on hand`),
  incoming: (units) => `${are(-units)} on the way`,
  committed: (units) => `${are(units)} promised to customers out of it`,
  backorders: (units) => `${are(units)} owed to customers`,
  'lost before arrival': (units) => `${are(-units)} wanted before an order can arrive and not bought again`,
  'floor at zero': (units, made) => (units >= 0 ? `${are(units)} there beyond the need` : `${are(-units)} not ordered yet: the position of ${made.position} is above the reorder point`),
  'order quantity': (units, made) => `${units} more make lots${made.policy.orderQuantity === null ? '' : ` of ${made.policy.orderQuantity}`}`,
  'minimum order': (units, { policy }) => `${units} more reach the supplier's minimum of ${policy.moq}`,
  'full cases': (units, { policy }) => `${units} more fill cases of ${policy.casePack}`,
  'maximum stock': (units, { policy }) => `${-units} fewer, because the position may not pass ${policy.maxStock}`,
  'end of life': (units) => `${-units} fewer, because it is at its end`,
  'price break': (units) => `${units} more reach a lower price`,
  'supplier minimum': (units) => (units >= 0 ? `${units} more bring the supplier's order to its minimum` : `${-units} fewer, since others bring the supplier's order to its minimum at less loss`),
  container: (units) => (units >= 0 ? `${units} more fill the container` : `${-units} fewer fit the container`),
  budget: (units) => (units > 0 ? `${units} more, which the budget buys in place of others` : `${-units} fewer keep the budget`),
  'store budget': (units) => `${-units} fewer keep the store's budget`,
  'places supplied': (units) => (units > 0 ? `${are(units)} owed at the places supplied from here` : `${are(-units)} at the places supplied from here or on the way to them`),
  'bought elsewhere': (units) => `${-units} come from the place that buys for this one`,
};

function span({ policy, protectionDays, leadTime, orders }: Recommendation): string {
  const lead = `${orders !== null && orders.wait > 0 ? `${orders.wait} until the supplier's next order day, ` : ''}${leadTime === null ? `${policy.leadTimeDays}` : `${leadTime.shortest} to ${leadTime.longest}`}`;
  if (policy.kind === 's,Q') return orders !== null && orders.wait > 0 ? ` (${orders.wait} until the supplier's next order day, the rest until the order arrives)` : ` until an order arrives`;
  const review = policy.kind.startsWith('planner parity') ? policy.daysOfStock ?? policy.reviewDays : orders?.between ?? policy.reviewDays;
  if (policy.leadTimeDays + (orders?.wait ?? 0) + review !== protectionDays) return ' that are left to sell it';
  return policy.kind.startsWith('planner parity') ? ` (${lead} until an order arrives, ${review} of stock)` : ` (${lead} until an order arrives, ${review} until the next one)`;
}

/** What the level is chosen for, in words; null for a fixed one. */
function aimOf({ policy, ratio }: Recommendation): { keep: string; enough: string } | null {
  if (policy.kind === 'fill rate' && ratio === null) return { keep: `meet ${percent(policy.fillRate)} of units at once`, enough: `${percent(policy.fillRate)} of units met at once` };
  if (ratio === null) return policy.kind.startsWith('planner parity') ? { keep: 'are kept', enough: 'the days of stock' } : null;
  if (policy.kind === 'cost ratio') return { keep: `are worth it up to a critical ratio of ${percent(ratio)}`, enough: `a critical ratio of ${percent(ratio)}` };
  return { keep: `keep ${percent(ratio)} of order cycles in stock`, enough: `${percent(ratio)} of order cycles` };
}

/** 0.975 → "97.5 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** "1 is", "2 are". */
export function are(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'}`;
}

/** "1 day", "2.5 days". */
export function daysLong(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}
