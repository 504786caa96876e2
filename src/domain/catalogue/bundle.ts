/**
 * Virtual bundles: variants that are sold and never kept. A bundle is exploded into its parts before anything is promised or sent to a warehouse; parts may
 * be bundles themselves. Native Shopify bundles never come here: their order lines already are the components.
 */
export interface BundlePart { variantId: string; quantity: number }
/** The parts of a bundle at one moment; null when the variant is no bundle then. */
export type PartsOf = (variantId: string) => readonly BundlePart[] | null;

/** Deeper than this is a mistake in the master data, not a product. */
const DEEPEST = 12;

export class BundleCycle extends Error {
  override name = 'BundleCycle';
  readonly path: readonly string[];
  constructor(path: readonly string[]) {
    super(`A bundle contains itself: ${path.join(' → ')}`);
    this.path = path;
  }
}

/**
 * Units of each kept variant in `quantity` of a variant, summed over every way it is reached. A variant that is no bundle is its own only part.
 * Throws BundleCycle with the path when a bundle contains itself.
 */
export function explode(variantId: string, quantity: number, partsOf: PartsOf): Map<string, number> {
  const units = new Map<string, number>();
  const walk = (id: string, times: number, path: readonly string[]): void => {
    if (path.includes(id) || path.length > DEEPEST) throw new BundleCycle([...path, id]);
    const parts = partsOf(id);
    if (parts === null || parts.length === 0) { units.set(id, (units.get(id) ?? 0) + times); return; }
    for (const part of parts) walk(part.variantId, times * part.quantity, [...path, id]);
  };
  walk(variantId, quantity, []);
  return units;
}

/** The same, where a bundle that contains itself is none: it stands for itself, and everything beside it is exploded. No such bundle can be saved here; a database can be written to. */
export function unbroken(partsOf: PartsOf): PartsOf {
  const known = new Map<string, readonly BundlePart[] | null>();
  return (id) => {
    if (!known.has(id)) known.set(id, reaches(id, partsOf) ? null : partsOf(id));
    return known.get(id)!;
  };
}

function reaches(id: string, partsOf: PartsOf): boolean {
  const seen = new Set<string>(), next = [...partsOf(id) ?? []];
  for (let part = next.pop(); part !== undefined; part = next.pop()) {
    if (part.variantId === id) return true;
    if (seen.has(part.variantId)) continue;
    seen.add(part.variantId);
    next.push(...partsOf(part.variantId) ?? []);
  }
  return false;
}

/** Cycles among these bundles, each as its path from the lowest id; one that shares a bundle with another may stand for both. */
export function cyclesOf(variantIds: readonly string[], partsOf: PartsOf): string[][] {
  const told = new Set<string>(), found: string[][] = [];
  for (const id of [...variantIds].sort()) {
    if (told.has(id) || !reaches(id, partsOf)) continue;
    const path = wayBack(id, partsOf);
    for (const each of path) told.add(each);
    found.push([...path, id]);
  }
  return found;
}

/** The shortest way from a bundle to itself. */
function wayBack(id: string, partsOf: PartsOf): string[] {
  const from = new Map<string, string>(), queue = [id];
  for (const at of queue) {
    for (const { variantId } of partsOf(at) ?? []) {
      if (variantId === id) { const path = [at]; while (path[0] !== id) path.unshift(from.get(path[0]!)!); return path; }
      if (!from.has(variantId)) { from.set(variantId, at); queue.push(variantId); }
    }
  }
  return [id];
}

/** The path of a cycle that these parts would make, or null. `partsOf` answers the other bundles as they are. */
export function cycleOf(variantId: string, parts: readonly BundlePart[], partsOf: PartsOf): readonly string[] | null {
  try {
    explode(variantId, 1, (id) => (id === variantId ? parts : partsOf(id)));
    return null;
  } catch (error) {
    if (error instanceof BundleCycle) return error.path;
    throw error;
  }
}

/** What variants are made of from each instant (ISO-8601 UTC) on; no parts: no bundle from then on. */
export type BundleVersions = ReadonlyMap<string, ReadonlyMap<string, readonly BundlePart[]>>;

/** The bundles as they are at one instant. */
export function partsAt(versions: BundleVersions, at: string): PartsOf {
  return (variantId) => {
    let since: string | null = null, held: readonly BundlePart[] | null = null;
    for (const [from, parts] of versions.get(variantId) ?? []) if (from <= at && (since === null || from > since)) { since = from; held = parts; }
    return held === null || held.length === 0 ? null : held;
  };
}

/**
 * The first instant from `from` on at which a bundle contains itself, with the path, or null. Versions of later dates can close a circle that is open today;
 * between two changes nothing differs, so the instants of changes are all there is to look at.
 */
export function cycleEver(variantId: string, from: string, versions: BundleVersions): { at: string; path: readonly string[] } | null {
  const instants = new Set([from]), reached = new Set([variantId]);
  for (const id of reached) {
    for (const [at, parts] of versions.get(id) ?? []) {
      if (at > from) instants.add(at);
      for (const part of parts) reached.add(part.variantId);
    }
  }
  for (const at of [...instants].sort()) {
    const partsOf = partsAt(versions, at), path = cycleOf(variantId, partsOf(variantId) ?? [], partsOf);
    if (path !== null) return { at, path };
  }
  return null;
}

/** Whole bundles that can be made: min over parts of ⌊available ÷ quantity⌋; negative availability of a part counts as none. */
export function bundleAvailability(parts: ReadonlyMap<string, number>, availableOf: (variantId: string) => number): { units: number; scarcest: string | null } {
  let units = Infinity, scarcest: string | null = null;
  for (const [variantId, quantity] of parts) {
    const can = Math.floor(Math.max(0, availableOf(variantId)) / quantity);
    if (can < units) { units = can; scarcest = variantId; }
  }
  return { units: units === Infinity ? 0 : units, scarcest };
}

/**
 * What an order lacks, summed per part over all its lines: two bundles that share a part ask for it together. Empty when everything is there.
 * `wanted` is per line, as exploded.
 */
export function shortages(wanted: readonly ReadonlyMap<string, number>[], availableOf: (variantId: string) => number): { variantId: string; wanted: number; available: number }[] {
  const sum = new Map<string, number>();
  for (const line of wanted) for (const [variantId, units] of line) sum.set(variantId, (sum.get(variantId) ?? 0) + units);
  return [...sum].map(([variantId, units]) => ({ variantId, wanted: units, available: Math.max(0, availableOf(variantId)) })).filter((s) => s.available < s.wanted);
}
