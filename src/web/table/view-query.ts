/** What of an address makes a view: everything but the store and what is open. Sorted, so that two ways to the same list are one view. */
export function viewOf(search: Readonly<Record<string, unknown>>, open: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(search).filter(([key, value]) => value !== undefined && key !== 'store' && !open.includes(key)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
