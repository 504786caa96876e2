/** Buffers of some goods apart from their location's: the more specific rule wins, and only that one. */
export interface BufferRule {
  scope: 'item' | 'tag' | 'product type' | 'vendor';
  /** Of an item. */
  itemId: number | null;
  /** Of a tag, product type or vendor. */
  name: string | null;
  /** Null: every location Instep writes. */
  locationId: number | null;
  /** Only while a peak is on. */
  inPeak: boolean;
  /** Share of rushes the buffer is enough for, from 0.5 to below 1; null: the location's. */
  quantile: number | null;
  /** Units withheld whatever sells, as far as there are any. */
  atLeast: number;
  /** Units at most; null: the location's. */
  capUnits: number | null;
}

export interface BufferGoods { itemId: number; productType: string | null; vendor: string | null; tags: readonly string[] }
export interface BufferTerms { quantile: number; capUnits: number | null; atLeast: number; /** Which rule, in words; null: the location's own. */ by: string | null }

const RANK: Record<BufferRule['scope'], number> = { vendor: 0, 'product type': 4, tag: 8, item: 12 };
const same = (a: string | null, b: string | null): boolean => a !== null && b !== null && a.trim().toLowerCase() === b.trim().toLowerCase();
const covers = (rule: BufferRule, goods: BufferGoods, locationId: number, peak: boolean): boolean =>
  (rule.locationId === null || rule.locationId === locationId) && (peak || !rule.inPeak) && (rule.scope === 'item' ? rule.itemId === goods.itemId : rule.scope === 'tag' ? goods.tags.some((tag) => same(rule.name, tag)) : same(rule.name, rule.scope === 'vendor' ? goods.vendor : goods.productType));

/** Item before tag before product type before vendor; of two for the same goods, the one for this place; of those, the one for a peak while it is on. */
export const specificity = (rule: BufferRule): number => RANK[rule.scope] + (rule.locationId === null ? 0 : 2) + (rule.inPeak ? 1 : 0);

/** Goods have many tags: of two rules for the same place and time the one that withholds more holds, so that no tag takes back what another asks for; then by name. */
function before(a: BufferRule, b: BufferRule): boolean {
  const order = specificity(a) - specificity(b) || a.atLeast - b.atLeast || (a.quantile ?? 0) - (b.quantile ?? 0) || (a.capUnits ?? Infinity) - (b.capUnits ?? Infinity);
  return order === 0 || Number.isNaN(order) ? (a.name ?? '').toLowerCase() < (b.name ?? '').toLowerCase() : order > 0;
}

/** What the buffer of some goods at a place is made by. `usual` is the location's policy, of a peak while one is on. */
export function bufferTerms(rules: readonly BufferRule[], goods: BufferGoods, locationId: number, peak: boolean, usual: { quantile: number; capUnits: number | null }): BufferTerms {
  let best: BufferRule | null = null;
  for (const rule of rules) if (covers(rule, goods, locationId, peak) && (best === null || before(rule, best))) best = rule;
  if (best === null) return { ...usual, atLeast: 0, by: null };
  return { quantile: best.quantile ?? usual.quantile, capUnits: best.capUnits ?? usual.capUnits, atLeast: best.atLeast, by: `by the rule of ${best.scope === 'item' ? 'this item' : `${best.scope} ${best.name}`}${best.locationId === null ? '' : ' here'}${best.inPeak ? ' in a peak' : ''}` };
}
