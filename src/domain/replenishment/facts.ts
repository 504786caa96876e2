/**
 * A recommendation as it is kept: numbers in a fixed order, a tenth of what its sentences take. A hundred thousand of them are written every night and
 * few are read; the words are made from these when they are.
 */
import { addDays, daysBetween, type Day } from '../calendar.ts';
import { BUILT_IN, POLICY_FIELDS, type PlanningPolicy, type PolicyLayer } from './policy.ts';
import { TERM_KEYS, type Recommendation } from './recommend.ts';
import { explain, tenths } from './sentence.ts';
import { termsOf, type Term } from './terms.ts';

type Facts = [
  day: Day, terms: number[], need: number, orderUpTo: number, position: number, days: number, policy: unknown[], layers: string, ratio: number | null, cover: number | null, beyond: 0 | 1,
  stockout: [number | null, number | null], orderBy: number | null, overstock: number, atRisk: number, longer: number | null, lead: [number, number] | null, notes: string[],
  orders?: [number, number] | null, // not there in a plan of before suppliers' order days counted
];

/** Layers by the digit they are kept as: new ones come last, so that what was kept before stays readable. */
const KEPT_LAYERS: readonly PolicyLayer[] = ['item here', 'item', 'learned', 'supplier', 'vendor', 'class', 'store', 'built in', 'category'];

/** Where a statement finds these among the kept numbers. */
export const KEPT_AT = { position: 4, policy: 6 } as const;
export const policyAt = (field: keyof PlanningPolicy): number => POLICY_FIELDS.indexOf(field);

export interface Kept { made: Recommendation; layers: PolicyLayer[] }

export function keptAs({ made, layers }: Kept): string {
  const off = (day: Day | null): number | null => (day === null ? null : daysBetween(made.today, day)), terms = [...made.terms];
  while (terms.length > 0 && terms.at(-1) === 0) terms.pop();
  const facts: Facts = [
    made.today, terms, made.need, made.orderUpTo, made.position, made.protectionDays, POLICY_FIELDS.map((field) => made.policy[field]), layers.map((layer) => KEPT_LAYERS.indexOf(layer)).join(''), made.ratio,
    made.coverDays === null ? null : tenths(made.coverDays), made.coverBeyondHorizon ? 1 : 0, [off(made.stockoutDate.p50), off(made.stockoutDate.p10)], off(made.orderBy), made.overstock, made.atRisk, made.oneDayLonger,
    made.leadTime && [made.leadTime.shortest, made.leadTime.longest], made.conflicts, made.orders && [made.orders.wait, made.orders.between],
  ];
  return JSON.stringify(facts);
}

/** What was kept, as it was but for a cover of tenths of a day. */
export function fromKept(text: string): Kept {
  const [today, terms, need, orderUpTo, position, protectionDays, values, layers, ratio, coverDays, beyond, [p50, p10], orderBy, overstock, atRisk, oneDayLonger, lead, conflicts, orders] = JSON.parse(text) as Facts;
  const day = (offset: number | null): Day | null => (offset === null ? null : addDays(today, offset)), all = TERM_KEYS.map((_, n) => terms[n] ?? 0);
  return {
    layers: POLICY_FIELDS.map((_, n) => (n < layers.length ? KEPT_LAYERS[Number(layers[n])]! : 'built in')),
    made: {
      today, quantity: all.reduce((sum, term) => sum + term, 0), terms: all, need, orderUpTo, position, protectionDays, policy: Object.fromEntries(POLICY_FIELDS.map((field, n) => [field, n < values.length ? values[n] : BUILT_IN[field]])) as unknown as PlanningPolicy,
      ratio, coverDays, coverBeyondHorizon: beyond === 1, stockoutDate: { p50: day(p50), p10: day(p10) }, orderBy: day(orderBy), overstock, atRisk, oneDayLonger, leadTime: lead && { shortest: lead[0], longest: lead[1] }, orders: orders ? { wait: orders[0], between: orders[1] } : null, conflicts,
    },
  };
}

/** What a purchase order's line keeps of the recommendation it came from: the words of that day. */
export function paperOf(facts: string): { quantity: number; sentence: string; terms: Term[] } {
  const { made } = fromKept(facts);
  return { quantity: made.quantity, sentence: explain(made), terms: termsOf(made) };
}
