/**
 * One shelf, several stores. The free units are shared as one pool (every store may sell all of them, and a sale in one lowers the others), by fixed
 * split, or by priority (a store lower in rank leaves the reserve of those above it untouched).
 */
export type SharingMode = 'pool' | 'split' | 'priority';
export interface Sharing {
  mode: SharingMode;
  /** In rank order. `percent` of the sellable shelf for a split (0–100, together at most 100), `reserve` units kept for a store by priority. */
  shares: readonly { storeId: number; percent?: number; reserve?: number }[];
}

export interface SharingInput {
  /** Sellable units on the shelf: W − U. */
  sellable: number;
  /** Free for all: sellable − everybody's open units − buffer. */
  free: number;
  /** Open units not yet dispatched, per store. */
  openByStore: ReadonlyMap<number, number>;
}

/**
 * What `storeId` may sell, in whole units. For a split, Σ over stores ≤ max(0, free) holds even when one store has sold more than its share:
 * the others give way in rank order from the last. A store without a share gets nothing.
 */
export function shareOf(storeId: number, sharing: Sharing | null, input: SharingInput): number {
  if (sharing === null || sharing.mode === 'pool') return input.free;
  const rank = sharing.shares.findIndex((share) => share.storeId === storeId);
  if (rank < 0) return Math.min(0, input.free);
  if (sharing.mode === 'priority') {
    let kept = 0;
    for (const share of sharing.shares.slice(0, rank)) kept += share.reserve ?? 0;
    return kept === 0 ? input.free : Math.min(input.free, Math.max(0, input.free - kept));
  }
  const entitled = sharing.shares.map((share) => Math.max(0, Math.floor((input.sellable * (share.percent ?? 0)) / 100) - (input.openByStore.get(share.storeId) ?? 0)));
  if (input.free <= 0) return Math.min(0, input.free);
  let left = input.free;
  for (let n = 0; n < rank; n++) left -= Math.min(left, entitled[n]!);
  return Math.min(left, entitled[rank]!);
}
