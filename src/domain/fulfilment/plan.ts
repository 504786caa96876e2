/**
 * From a parcel the warehouse sent to what must be done in Shopify: a pure function of what Shopify shows right now. Units are decided by totals (what left
 * the building so far less what Shopify shows fulfilled), so asking again after a lost answer asks for nothing twice.
 */
export interface WorkLine { id: string; lineId: string; remaining: number }
export interface Work { id: string; locationId: string | null; status: 'open' | 'in progress' | 'scheduled' | 'on hold' | 'incomplete' | 'closed' | 'cancelled'; holds: string[]; canFulfil: boolean; lines: WorkLine[] }
export interface Made { id: string; cancelled: boolean; locationId: string | null; numbers: string[]; lines: Record<string, number> }

export interface PlanInput {
  /** Shopify's location the parcel left from. */
  locationId: string;
  /** This parcel, in units of kept items per order line. */
  lines: readonly { lineId: string; itemId: number; quantity: number }[];
  /** All that left so far for the order from this place, this parcel and the ones before it. */
  dispatched: readonly { lineId: string; itemId: number; quantity: number }[];
  /** Units of each item in one unit of the order line: 1 for plain lines, more for bundles. */
  perUnit: (lineId: string) => ReadonlyMap<number, number>;
  numbers: readonly string[];
  work: readonly Work[];
  made: readonly Made[];
  /** Fulfilments that belong to other parcels. */
  taken: ReadonlySet<string>;
}

export type Plan =
  | { do: 'create'; groups: { fulfilmentOrderId: string; lines: { id: string; quantity: number }[] }[]; short: string | null }
  /** Everything of the parcel is fulfilled in Shopify already; `ids` are the fulfilments that are this parcel's. */
  | { do: 'there'; ids: string[] }
  | { do: 'wait'; reason: string }
  | { do: 'hold'; reason: string };

export function planFulfilment(input: PlanInput): Plan {
  const due = dueUnits(input);
  const here = input.made.filter((made) => !made.cancelled && made.locationId === input.locationId);
  // A parcel is known by its number; one without, by lines that no other parcel claims.
  const own = input.numbers.length > 0 ? here.filter((made) => made.numbers.some((n) => input.numbers.includes(n)))
    : here.filter((made) => !input.taken.has(made.id) && input.lines.some((line) => made.lines[line.lineId]));
  if (due.size === 0) return incompleteBundle(input) ?? { do: 'there', ids: own.map((made) => made.id) };

  const groups = new Map<string, { id: string; quantity: number }[]>();
  const left = new Map(due);
  const ready = (work: Work): boolean => work.locationId === input.locationId && work.canFulfil && (work.status === 'open' || work.status === 'in progress');
  for (const work of input.work.filter(ready).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const line of work.lines) {
      const units = Math.min(line.remaining, left.get(line.lineId) ?? 0);
      if (units === 0) continue;
      left.set(line.lineId, left.get(line.lineId)! - units);
      groups.set(work.id, [...(groups.get(work.id) ?? []), { id: line.id, quantity: units }]);
    }
  }
  const missing = [...left].filter(([, units]) => units > 0);
  const why = missing.length === 0 ? null : whyNot(input, missing.map(([lineId]) => lineId));
  if (groups.size > 0) return { do: 'create', groups: [...groups].map(([fulfilmentOrderId, lines]) => ({ fulfilmentOrderId, lines })), short: why?.reason ?? null };
  return why!;
}

/** Units of each order line this parcel must still become. */
function dueUnits(input: PlanInput): Map<string, number> {
  const due = new Map<string, number>();
  for (const lineId of new Set(input.lines.map((line) => line.lineId))) {
    const left = wholeUnits(input, lineId, input.dispatched);
    let fulfilled = 0;
    for (const made of input.made) if (!made.cancelled && made.locationId === input.locationId) fulfilled += made.lines[lineId] ?? 0;
    const parts = input.perUnit(lineId);
    // A plain line never asks for more than the parcel held; a bundle's last part may complete several.
    const most = parts.size === 1 ? Math.ceil(input.lines.filter((l) => l.lineId === lineId).reduce((sum, l) => sum + l.quantity, 0) / [...parts.values()][0]!) : Infinity;
    const units = Math.min(left - fulfilled, most);
    if (units > 0) due.set(lineId, units);
  }
  return due;
}

function wholeUnits(input: PlanInput, lineId: string, dispatched: PlanInput['dispatched']): number {
  let units = Infinity;
  for (const [itemId, perUnit] of input.perUnit(lineId)) {
    const out = dispatched.filter((d) => d.lineId === lineId && d.itemId === itemId).reduce((sum, d) => sum + d.quantity, 0);
    units = Math.min(units, Math.floor(out / perUnit));
  }
  return units === Infinity ? 0 : units;
}

/** Parts of a bundle left and the rest did not: the bundle's line waits for them, and Shopify cannot show half of it. */
function incompleteBundle(input: PlanInput): Plan | null {
  for (const lineId of new Set(input.lines.map((line) => line.lineId))) {
    const parts = input.perUnit(lineId);
    if (parts.size < 2) continue;
    const whole = wholeUnits(input, lineId, input.dispatched);
    const more = input.dispatched.some((d) => d.lineId === lineId && d.quantity > whole * (parts.get(d.itemId) ?? 0));
    if (more) return { do: 'hold', reason: 'parts of a bundle have left, the others have not: Shopify is told when the bundle is whole' };
  }
  return null;
}

function whyNot(input: PlanInput, lineIds: readonly string[]): Extract<Plan, { do: 'wait' | 'hold' }> {
  const concerned = input.work.filter((work) => work.lines.some((line) => lineIds.includes(line.lineId) && line.remaining > 0));
  const here = concerned.filter((work) => work.locationId === input.locationId);
  const held = here.find((work) => work.status === 'on hold');
  if (held) return { do: 'hold', reason: `on hold in Shopify (${held.holds.join(', ') || 'no reason given'}): release it there` };
  if (here.some((work) => work.status === 'scheduled')) return { do: 'hold', reason: 'scheduled for later in Shopify: fulfil it when it opens' };
  if (here.some((work) => work.status === 'incomplete')) return { do: 'hold', reason: 'marked incomplete by a fulfilment service in Shopify' };
  const elsewhere = concerned.find((work) => work.locationId !== input.locationId && work.status !== 'closed' && work.status !== 'cancelled');
  if (elsewhere) return { do: 'hold', reason: 'the fulfilment order was moved to another location in Shopify after the goods had left this one: move it back' };
  if (input.work.length === 0) return { do: 'wait', reason: 'Shopify shows no fulfilment order yet (not routed, or the app lacks the scope that shows it)' };
  if (here.length > 0) return { do: 'hold', reason: 'Shopify does not allow a fulfilment of this fulfilment order' };
  return { do: 'hold', reason: 'nothing is left to fulfil in Shopify: the units were cancelled or removed after they had been sent to the warehouse' };
}
