/**
 * What inspection found, as what Shopify is told: a pure function of the return as Shopify shows it right now. Units rise once: where Shopify keeps the stock
 * accepted units are restocked by the disposition, or had been by somebody else, or are left to a stock change; nowhere twice.
 */
export interface ReverseLine { id: string; lineId: string | null; total: number }
export interface Disposed { id: string; reverseLineId: string; quantity: number; type: 'restocked' | 'not restocked' | 'processing required' | 'missing'; locationId: string | null }
export interface Said { reverseLineId: string; quantity: number; type: 'restocked' | 'not restocked'; locationId: string | null }

export interface DispositionInput {
  /** Units of the item that were inspected alike, and the order line they came from. */
  lineId: string; quantity: number;
  /** Accepted where Shopify keeps the stock: these units must rise there. */
  raises: boolean;
  /** Shopify's location they rise at. */
  locationId: string;
  /** Restocking the order line there raises this very item, and the ledger hears of it. Not so for a bundle's part. */
  restockable: boolean;
  /** Units of the order line to tell of: a bundle's count when all their parts were looked at. */
  lineUnits: number;
  reverseLines: readonly ReverseLine[];
  disposed: readonly Disposed[];
  /** Units of dispositions that other inspections account for. */
  taken: ReadonlyMap<string, number>;
}
export interface DispositionPlan {
  say: Said[];
  /** Accepted units somebody restocked in Shopify before us, by disposition. */
  there: Record<string, number>;
  /** Accepted units that must rise by a stock change, because no disposition can raise them. */
  adjust: number;
}

/** Units of a reverse line nobody decided on; laid aside for processing is undecided. */
export function undisposed(line: ReverseLine, disposed: readonly Disposed[]): number {
  return Math.max(0, line.total - disposed.reduce((sum, d) => (d.reverseLineId === line.id && d.type !== 'processing required' ? sum + d.quantity : sum), 0));
}

export function planDisposition(input: DispositionInput): DispositionPlan {
  const lines = input.reverseLines.filter((line) => line.lineId === input.lineId), ids = new Set(lines.map((line) => line.id));
  const there: Record<string, number> = {}, restocks = input.raises && input.restockable;
  let left = restocks ? input.quantity : Math.max(0, input.lineUnits);
  if (restocks) {
    for (const d of input.disposed) {
      if (!ids.has(d.reverseLineId) || d.type !== 'restocked') continue;
      const units = Math.min(left, d.quantity - (input.taken.get(d.id) ?? 0));
      if (units <= 0) continue;
      there[d.id] = units;
      left -= units;
    }
  }
  const say: Said[] = [];
  for (const line of lines) {
    const quantity = Math.min(left, undisposed(line, input.disposed));
    if (quantity <= 0) continue;
    say.push({ reverseLineId: line.id, quantity, type: restocks ? 'restocked' : 'not restocked', locationId: restocks ? input.locationId : null });
    left -= quantity;
  }
  return { say, there, adjust: !input.raises ? 0 : restocks ? left : input.quantity };
}

/** After a lost answer: the dispositions that are what was said, or null when it was not done. All or none, as Shopify does it. */
export function dispositionsMade(said: readonly Said[], known: ReadonlySet<string>, taken: ReadonlyMap<string, number>, disposed: readonly Disposed[]): Disposed[] | null {
  const fresh = disposed.filter((d) => !known.has(d.id) && !taken.has(d.id)), made: Disposed[] = [];
  for (const one of said) {
    const found = fresh.find((d) => !made.includes(d) && d.reverseLineId === one.reverseLineId && d.quantity === one.quantity && d.type === one.type && (one.type !== 'restocked' || d.locationId === one.locationId));
    if (!found) return null;
    made.push(found);
  }
  return made;
}
