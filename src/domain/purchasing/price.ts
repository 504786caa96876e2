/** What a supplier asks for a unit, by how many are bought. */
export interface PriceBreak { from: number; unitCost: number }

/** The unit cost at a quantity: of the breaks reached the last, else the base price; null when the supplier named none. Minor units of the supplier's currency. */
export function unitCostAt(base: number | null, breaks: readonly PriceBreak[], quantity: number): number | null {
  return breaks.filter((one) => one.from <= quantity).reduce<{ from: number; unitCost: number | null }>((best, one) => (one.from >= best.from ? one : best), { from: 0, unitCost: base }).unitCost;
}

/** What is wrong with a list of breaks, or null: ascending from above 1, each no dearer than the one before; `said`: minor units as a person writes them. */
export function breaksFault(base: number | null, breaks: readonly PriceBreak[], said: (minor: number) => string = String): string | null {
  let before: PriceBreak = { from: 1, unitCost: base ?? Number.MAX_SAFE_INTEGER };
  for (const one of breaks) {
    if (one.from <= before.from) return `the break from ${one.from} units does not come after the one from ${before.from}`;
    if (one.unitCost > before.unitCost) return `from ${one.from} units a unit is dearer (${said(one.unitCost)}) than below (${said(before.unitCost)})`;
    before = one;
  }
  return null;
}
