/** What is being counted at the door: units by item, until it is saved. */
export type Tally = Record<number, { quantity: number; damaged: number }>;

/** Lines worth sending. */
export function counted(tally: Tally): { itemId: number; quantity: number; damaged: number }[] {
  return Object.entries(tally).flatMap(([itemId, at]) => (at.quantity + at.damaged > 0 ? [{ itemId: Number(itemId), ...at }] : []));
}

/** Lines a code names: exactly, by SKU, barcode or the supplier's own code. */
export function matches<L extends { itemId: number; sku: string | null; barcode: string | null; supplierSku: string | null }>(lines: readonly L[], code: string): L[] {
  const said = code.trim().toLowerCase();
  return said === '' ? [] : lines.filter((line) => [line.sku, line.barcode, line.supplierSku].some((one) => one?.toLowerCase() === said));
}
