/** Which suggestions may be taken without looking at each: sure enough, of an item that has no code at the warehouse yet, and that no second code wants. */
export interface CodeSuggestion { sku: string; itemId: number; confidence: number; basis: string; why: string }

/**
 * `best` holds one suggestion a code, its best; `coded` the items that have a code at this warehouse already. Two codes of one item add their shelves up, which may
 * be right and is a person's to say: neither is taken.
 */
export function approvable(best: readonly CodeSuggestion[], coded: ReadonlySet<number>, threshold: number): CodeSuggestion[] {
  const sure = best.filter((each) => each.confidence >= threshold), wanted = new Map<number, number>();
  for (const each of sure) wanted.set(each.itemId, (wanted.get(each.itemId) ?? 0) + 1);
  return sure.filter((each) => !coded.has(each.itemId) && wanted.get(each.itemId) === 1);
}
