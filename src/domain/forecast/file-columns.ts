/** The names of what a file of series holds: read whatever their capitals, spaces, hyphens and underscores, and looked for where one is not known. */

export const CSV_COLUMNS = ['id', 'date', 'quantity', 'price', 'promotion', 'in_stock', 'item', 'location', 'category'] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];

/** Keys of NDJSON that are read; and those that say nothing we need, of which nothing is told. */
const KEYS = ['id', 'start', 'y', 'obs', 'item', 'loc', 'dept', 'cat', 'price', 'x', 'oos', 'in_stock'] as const, ALSO = ['first', 'freq', 'state'] as const;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '');
const spelt = (names: readonly string[]): ReadonlyMap<string, string> => new Map(names.map((name) => [plain(name), name]));
const columns = spelt(CSV_COLUMNS), keys = spelt([...KEYS, ...ALSO]), exact: ReadonlySet<string> = new Set(keys.values());

/** The column meant: "In stock" and in-stock are in_stock; null where it is none. */
export const csvColumn = (name: string): CsvColumn | null => (columns.get(plain(name)) as CsvColumn | undefined) ?? null;

/** A record by the keys that are read, and one that is given twice. Most are written as they are read, and answered as they are. */
export function byKey(raw: object): { record: Record<string, unknown>; twice: { key: string; as: string } | null } {
  const record = raw as Record<string, unknown>, otherwise = Object.keys(raw).filter((key) => !exact.has(key) && keys.has(plain(key)));
  if (otherwise.length === 0) return { record, twice: null };
  const made: Record<string, unknown> = { ...record };
  for (const as of otherwise) {
    const key = keys.get(plain(as))!;
    if (key in made) return { record, twice: { key, as } };
    made[key] = record[as];
  }
  return { record: made, twice: null };
}

/** Keys that are not read. */
export const keysNotRead = (raw: object): string[] => Object.keys(raw).filter((key) => !exact.has(key) && !keys.has(plain(key)));

/** The column or key that a name may be a slip for, of those that are not there; null where none is near. */
export const nearColumn = (name: string, there: readonly string[]): string | null => near(name, CSV_COLUMNS, there);
export const nearKey = (name: string, there: readonly string[]): string | null => near(name, KEYS, there);

/** Letters by which a short form is known: promo, loc, cat. */
const SHORT = 3;

function near(name: string, known: readonly string[], there: readonly string[]): string | null {
  const written = plain(name), taken = new Set(there.map(plain));
  let found: string | null = null, least = Infinity;
  for (const one of known) {
    const full = plain(one);
    if (taken.has(full)) continue;
    const short = Math.min(full.length, written.length) >= SHORT && (full.startsWith(written) || written.startsWith(full));
    const slips = short ? 1 : slipsBetween(written, full);
    if (slips <= Math.max(1, full.length >> 2) && slips < full.length - 1 && slips < least) { found = one; least = slips; }
  }
  return found;
}

/** Letters too many, too few, other, or two that changed places (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let before: number[] = [], last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      now[j] = Math.min(last[j]! + 1, now[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) now[j] = Math.min(now[j]!, before[j - 2]! + 1);
    }
    before = last; last = now;
  }
  return last[b.length]!;
}
