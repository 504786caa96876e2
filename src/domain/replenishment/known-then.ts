/**
 * Planning values as they were known on a morning, from everything that was ever said of them. What is said on a day is known from the next morning on, so
 * nothing said later changes what an earlier morning knew. Before anything was kept the first value said of each field stands in for it.
 */
import type { DayNumber } from '../calendar.ts';

export type KnownKind = 'policy' | 'supplier' | 'terms' | 'cost' | 'event' | 'supply' | 'way';
export type SaidValue = Readonly<Record<string, unknown>>;
export interface Said {
  kind: KnownKind;
  key: string;
  /** The item it is of; null: it may be of any. */
  itemId: number | null;
  /** The first morning that knew it. */
  from: DayNumber;
  /** All fields that then held; null: taken away. */
  value: SaidValue | null;
}
export type KnownValues = ReadonlyMap<string, SaidValue>;

/** What was known from a morning on; `items` null: anything may be other than the morning before. `values` go on with the next one: read them before asking for it. */
export interface KnownFrom { day: DayNumber; values: Record<KnownKind, KnownValues>; items: ReadonlySet<number> | null }

type Values = Record<KnownKind, Map<string, SaidValue>>;
const none = (): Values => ({ policy: new Map(), supplier: new Map(), terms: new Map(), cost: new Map(), event: new Map(), supply: new Map(), way: new Map() });

/** Nothing said, as the tables keep it. */
const silent = (value: unknown): boolean => value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/**
 * What was known on the first morning, then on each on which something else was, and on those of `also` that fall into the period. `said` in the order in which
 * it was said; `begun`: the first morning of which all that was said is kept.
 */
export function* knownThen(said: readonly Said[], begun: DayNumber, first: DayNumber, days: number, also: Iterable<DayNumber> = []): Generator<KnownFrom, void, undefined> {
  const later = new Map<DayNumber, Said[]>();
  for (const one of said) if (one.from > Math.max(first, begun) && one.from < first + days) { const same = later.get(one.from); if (same) same.push(one); else later.set(one.from, [one]); }
  for (const day of also) if (day > first && day < first + days && day !== begun && !later.has(day)) later.set(day, []);
  let values = first >= begun ? latest(said, first) : earliest(said);
  yield { day: first, values, items: null };
  if (begun > first && begun < first + days) later.set(begun, []);
  for (const day of [...later.keys()].sort((a, b) => a - b)) {
    if (day === begun) { yield { day, values: values = latest(said, begun), items: null }; continue; }
    const now = later.get(day)!;
    for (const one of now) say(values, one);
    yield { day, values, items: now.some((one) => one.itemId === null && one.kind !== 'event') ? null : new Set(now.flatMap((one) => (one.itemId === null ? [] : [one.itemId]))) };
  }
}

function latest(said: readonly Said[], day: DayNumber): Values {
  const values = none();
  for (const one of said) if (one.from <= day) say(values, one);
  return values;
}

function say(values: Values, { kind, key, value }: Said): void {
  if (value === null) values[kind].delete(key); else values[kind].set(key, value);
}

/** Of each field the first value anybody said. */
function earliest(said: readonly Said[]): Values {
  const values = none();
  for (const { kind, key, value } of said) {
    if (value === null) continue;
    const known = values[kind].get(key), made: Record<string, unknown> = { ...value, ...known };
    if (known) for (const [field, one] of Object.entries(value)) if (silent(known[field])) made[field] = one;
    values[kind].set(key, made);
  }
  return values;
}
