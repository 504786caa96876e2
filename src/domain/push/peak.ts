/** The rules of a peak: what each figure should be, and what each means for the shop. The monitor shows them, the rehearsal passes or fails by them. */
export interface PeakFigures {
  ordersPerMinute: number;
  /** Seconds: the oldest message not applied, the oldest level not written, p99 of what was written in the last hour. */
  inboxAge: number; pushAge: number; lagIn: number; lagOut: number;
  /** Share of Shopify's cost bucket that is left. */
  bucketLeft: number;
  deadLetters: number; oversold: number;
  /** Seconds since the last webhook, and since the newest change of an order that was read: silence is only silence when orders go on. */
  webhookAge: number | null; orderAge: number | null;
}

export type Light = 'good' | 'warn' | 'bad';
export interface Rule { key: string; label: string; value: number | null; unit: 's' | '%' | 'n'; warn: number; bad: number; light: Light; says: string; acts: readonly PeakAct[] }
/** What helps, one press away: a flow that runs, or where to look. */
export type PeakAct = { label: string; run: string } | { label: string; open: string };

/** Silent for five times the usual gap of a busy shop, while orders change: a gap. */
const GAP_SECONDS = 300;

/** The rules in the order they are shown; the worst light first in mind, not in place. */
export function peakRules(f: PeakFigures): Rule[] {
  const above = (key: string, label: string, value: number, unit: Rule['unit'], warn: number, bad: number, says: string, ...acts: PeakAct[]): Rule => ({ key, label, value, unit, warn, bad, light: value >= bad ? 'bad' : value >= warn ? 'warn' : 'good', says, acts });
  const below = (key: string, label: string, value: number, unit: Rule['unit'], warn: number, bad: number, says: string, ...acts: PeakAct[]): Rule => ({ key, label, value, unit, warn, bad, light: value <= bad ? 'bad' : value <= warn ? 'warn' : 'good', says, acts });
  const gap = f.webhookAge === null || f.orderAge === null || f.orderAge >= f.webhookAge ? 0 : f.webhookAge - f.orderAge;
  return [
    above('inbox', 'Oldest message waiting', f.inboxAge, 's', 10, 60, 'Orders reach Instep this late.', { label: 'Apply what waits', run: 'inbox' }, { label: 'Flows', open: '/flows' }),
    above('push', 'Oldest level waiting', f.pushAge, 's', 15, 60, 'Shopify’s numbers are this old.', { label: 'Push now', run: 'stock-push' }, { label: 'Push queue', open: '/push' }),
    above('lag', 'Push lag, p99', f.lagIn + f.lagOut, 's', 5, 30, 'From a sale to the lower number in Shopify, 99 times of 100. The buffer covers it.', { label: 'Push now', run: 'stock-push' }, { label: 'Raise a buffer', open: '/settings/locations' }),
    below('bucket', 'Shopify’s budget left', f.bucketLeft * 100, '%', 30, 10, 'Of the calls Shopify allows at once.', { label: 'What is running', open: '/flows' }),
    above('gap', 'Webhooks behind the orders', gap, 's', GAP_SECONDS / 2, GAP_SECONDS, 'Orders that came without their message; they are read every five minutes.', { label: 'Read the orders', run: 'sales-history' }, { label: 'Check the webhooks', run: 'subscriptions' }),
    above('dead', 'Messages set aside', f.deadLetters, 'n', 1, 5, 'They could not be read; each is a case.', { label: 'Their cases', open: '/exceptions?kind=PAYLOAD_UNREADABLE' }),
    above('oversold', 'Items oversold', f.oversold, 'n', 1, 1, 'More is promised than the shelf holds.', { label: 'Their cases', open: '/exceptions?kind=OVERSOLD' }),
  ];
}

/** What each light means in a few words, for a figure. */
const FOUND: Readonly<Record<string, (value: number) => string>> = {
  inbox: (value) => `messages wait ${seconds(value)}`, push: (value) => `levels wait ${seconds(value)}`, lag: (value) => `a change takes ${seconds(value)} to arrive`, bucket: (value) => `${Math.round(value)}% of Shopify’s calls are left`,
  gap: (value) => `no webhook for ${seconds(value)}`, dead: (value) => `${value} ${value === 1 ? 'message' : 'messages'} set aside`, oversold: (value) => `${value} ${value === 1 ? 'item' : 'items'} oversold`,
};
const seconds = (value: number): string => (value < 120 ? `${Math.floor(value)} s` : `${Math.floor(value / 60)} min`);
/** These say whether the shop keeps up with its orders; the others are faults beside it. */
const CLOCKS: ReadonlySet<string> = new Set(['inbox', 'push', 'lag', 'gap']);

/** One sentence over all the lights: whether the shop keeps up, and which of the worst lights are on, by name. */
export function verdict(rules: readonly Pick<Rule, 'key' | 'value' | 'light'>[]): { light: Light; says: string } {
  const light = rules.some((rule) => rule.light === 'bad') ? 'bad' : rules.some((rule) => rule.light === 'warn') ? 'warn' : 'good', on = rules.filter((rule) => rule.light === light);
  if (light === 'good') return { light, says: 'The shop keeps up' };
  const begins = !on.some((rule) => CLOCKS.has(rule.key)) ? (light === 'bad' ? 'Act' : 'Watch') : light === 'bad' ? 'It does not keep up' : 'It is getting tight';
  return { light, says: `${begins}: ${on.map((rule) => FOUND[rule.key]!(rule.value ?? 0)).join(', ')}` };
}

/** Minutes until a level is sold out at its rate of the last hour; null where it does not sell or has nothing left to lose. */
export function minutesToZero(available: number, unitsLastHour: number): number | null {
  if (available <= 0) return 0;
  return unitsLastHour <= 0 ? null : (available / unitsLastHour) * 60;
}
