/** A fault of comparison: writes that would be let through find the quantity changed, as after a sale in between. */
import type { Shop } from '../state.ts';

const staleCalls = new WeakMap<Shop, number>();
/** The next `calls` writes that compare find every quantity changed, whatever it is: the control API's fault. */
export function setStaleCompares(shop: Shop, calls: number): void {
  staleCalls.set(shop, calls);
}

/** Whether this call's comparisons are to fail; counts it off when it compares at all. */
export function staleByFault(shop: Shop, compared: readonly (number | null | undefined)[]): boolean {
  const left = staleCalls.get(shop) ?? 0;
  if (left === 0 || compared.every((value) => value == null)) return false;
  staleCalls.set(shop, left - 1);
  return true;
}
