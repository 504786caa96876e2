/**
 * The order of one supplier in one currency: the lines' own quantities, changed until they fit what the supplier and the purse allow. In this order, each a
 * term of the waterfall: a price break that pays for itself; up to the supplier's minimum by the units that lose least; into the container of each place
 * (filled with the best of the rest where asked); down to the budget by the units that are worth least. An order that reached the minimum stays above it
 * where the limits let it.
 *
 * Each step is the best there is within the gap it states (best-order.ts, fill.ts); tests compare with an exact solver.
 */
import { assert } from '../assert.ts';
import type { Units } from '../quantity.ts';
import { bestOrder, type BestOrder } from './best-order.ts';
import { filled } from './fill.ts';
import { fits, missing, NOTHING, total, type Bound, type Load } from './load.ts';
import { shared, type PlaceOrder } from './places-budget.ts';
import { containersOf, floorOf, minimumsOf, placesOf, roomOf, shortfalls, type SupplierLimits } from './supplier-limits.ts';
import { worthOf, type SupplierLine, type Worth } from './supplier-line.ts';

export type SupplierTerm = 'price break' | 'supplier minimum' | 'container' | 'budget';
export interface SupplierOrder {
  /** `notes`: what could not be reached for the order of the line's place. */
  lines: { key: string; quantity: Units; changes: { term: SupplierTerm; change: Units }[]; notes: string[] }[];
  load: Load;
  /** Containers it takes, over its places; null where the supplier has none. */
  containers: number | null;
  notes: string[];
  /** Share of its worth that the worst of its steps may be below the best there is: proven. */
  gap: number;
}

/** One order whatever the sequence of its lines. Throws AssertionError for a line that is no order of full cases. */
export function supplierOrder(given: readonly SupplierLine[], limits: SupplierLimits): SupplierOrder {
  for (const line of given) assert(line.casePack >= 1 && line.quantity >= 0 && (line.fixed === true || line.quantity % line.casePack === 0), `not an order of full cases: ${line.quantity} of ${line.casePack}`);
  const sorted = byKey(given), lines = sorted.map((n) => given[n]!), order = new Steps(lines, limits), stages = order.made();
  const quantities = stages.at(-1)?.quantities ?? lines.map((line) => line.quantity), made = new Map<number, SupplierOrder['lines'][number]>();
  lines.forEach((line, n) => {
    const changes = stages.map(({ term, quantities: now }, s) => ({ term, change: now[n]! - (s === 0 ? line.quantity : stages[s - 1]!.quantities[n]!) })).filter(({ change }) => change !== 0);
    made.set(sorted[n]!, { key: line.key, quantity: quantities[n]!, changes, notes: order.notes.get(line.place) ?? [] });
  });
  return { lines: given.map((_, n) => made.get(n)!), load: total(lines, quantities), containers: order.containers(quantities), notes: [...new Set([...order.notes.values()].flat())], gap: order.gap };
}

/**
 * The most valuable quantities at or below `most`, and not below `least`, that cost no more, whatever the sequence of the lines, and how far from the best they may
 * be. Fixed ones stay, and what is enough for all takes nothing away.
 */
export function withinBudget(given: readonly SupplierLine[], most: readonly Units[], budget: number, least: readonly Units[] | null = null): { quantities: Units[]; gap: number } {
  if (fits(total(given, most), { cost: budget })) return { quantities: [...most], gap: 0 };
  const sorted = byKey(given), lines = sorted.map((n) => given[n]!), high = sorted.map((n) => most[n]!), low = lines.map((line, k) => (line.fixed === true ? high[k]! : least?.[sorted[k]!] ?? 0));
  const best = bestOrder(lines, lines.map(worthOf), low, high, { cost: budget }, {}), quantities = new Array<Units>(given.length);
  sorted.forEach((n, k) => { quantities[n] = (best?.quantities ?? low)[k]!; });
  return { quantities, gap: best === null ? 0 : gapOf(best) };
}

function byKey(lines: readonly SupplierLine[]): number[] {
  return lines.map((_, n) => n).sort((a, b) => (lines[a]!.key < lines[b]!.key ? -1 : lines[a]!.key > lines[b]!.key ? 1 : a - b));
}

/** So much more must an order be worth to take from what is wanted. */
const WORTH_A_CHANGE = 1.005;

const gapOf = ({ worth, bound }: { worth: number; bound: number }): number => (bound <= worth ? 0 : bound <= 0 ? 1 : Math.min(1, (bound - worth) / bound));

class Steps {
  readonly notes = new Map<string, string[]>();
  gap = 0;
  readonly #lines: readonly SupplierLine[];
  readonly #limits: SupplierLimits;
  readonly #worth: Worth;
  /** Lines by place, and by whose order the minimum is of. */
  readonly #places: number[][];
  readonly #minimums: number[][];
  readonly #floor: Bound;
  /** What is wanted, at the price breaks worth it. */
  #broken: readonly Units[] = [];

  constructor(lines: readonly SupplierLine[], limits: SupplierLimits) {
    this.#lines = lines;
    this.#limits = limits;
    this.#worth = lines.map(worthOf);
    this.#places = placesOf(lines);
    this.#minimums = minimumsOf(lines, limits);
    this.#floor = floorOf(limits);
  }

  made(): { term: SupplierTerm; quantities: Units[] }[] {
    const { budget } = this.#limits, own = this.#lines.map((line) => line.quantity);
    if (own.every((quantity) => quantity === 0)) return [];
    const broken = own.map((quantity, n) => worthwhile(this.#lines[n]!, this.#worth[n]!, quantity));
    this.#broken = broken;
    let raised = this.#each(this.#minimums, broken, (members, now) => this.#raised(members, now)), [packed, kept] = this.#limited(raised, budget);
    // A minimum that the limits put out of reach again, or above what is left of the order, is not paid for.
    const gone = new Set(this.#minimums.filter((members) => members.some((n) => raised[n] !== broken[n]) && (this.#worthOf(members, kept) < 0 || missing(total(members.map((n) => this.#lines[n]!), members.map((n) => kept[n]!)), this.#floor) > 0)).flat());
    if (gone.size > 0) {
      raised = raised.map((quantity, n) => (gone.has(n) ? broken[n]! : quantity));
      [packed, kept] = this.#limited(raised, budget);
    }
    for (const [place, note] of shortfalls(this.#lines, kept, this.#limits)) this.#note(place, note);
    return [{ term: 'price break', quantities: broken }, { term: 'supplier minimum', quantities: raised }, { term: 'container', quantities: packed }, { term: 'budget', quantities: kept }];
  }

  /** Into the containers, then down to the budget. */
  #limited(raised: readonly Units[], budget: number | null): [packed: Units[], kept: Units[]] {
    // What a place loses for the minimum of all, the others keep when they are filled.
    const lost = this.#places.reduce((sum, members) => sum - Math.min(0, this.#worthOf(members, raised)), 0);
    const packed = this.#each(this.#places, raised, (members, now) => this.#packed(members, now, lost));
    return [packed, budget === null || fits(total(this.#lines, packed), { cost: budget }) ? packed : this.#affordable(raised, packed, budget)];
  }

  containers(quantities: readonly Units[]): number | null {
    const needed = this.#places.map((members) => containersOf(total(members.map((n) => this.#lines[n]!), members.map((n) => quantities[n]!)), this.#limits));
    return needed.includes(null) ? null : needed.reduce((sum: number, one) => sum + one!, 0);
  }

  /** Each group of lines by itself; those that order nothing stay. */
  #each(groups: readonly number[][], from: readonly Units[], change: (members: number[], now: Units[]) => Units[]): Units[] {
    const next = [...from];
    for (const members of groups) {
      const now = members.map((n) => from[n]!);
      if (now.some((quantity) => quantity > 0)) change(members, now).forEach((quantity, k) => { next[members[k]!] = quantity; });
    }
    return next;
  }

  /** Up to the minimum. Unchanged where that is out of reach, or would make the order worth less than none: what is not reached is not paid for. */
  #raised(members: readonly number[], from: Units[]): Units[] {
    const lines = members.map((n) => this.#lines[n]!);
    if (missing(total(lines, from), this.#floor) <= 0) return from;
    const most = lines.map((line) => line.most), added = this.#best(members, from, most, {}, this.#floor), anew = this.#best(members, lines.map((line, k) => (line.fixed === true ? from[k]! : 0)), most.map((high, k) => (from[k] === 0 ? 0 : Math.max(high, from[k]!))), {}, this.#floor);
    // What is wanted gives way only where large cases or price breaks of other lines reach it so much better.
    const best = anew !== null && anew.worth > Math.max(0, (added?.worth ?? 0) * WORTH_A_CHANGE) ? anew : added;
    if (best === null) return from;
    if (best.worth >= 0) return this.#used(best);
    for (const place of new Set(lines.map((line) => line.place))) this.#note(place, 'To reach the least the supplier takes an order for would cost more than the order is worth.');
    return from;
  }

  /** Into the containers of a place, and where asked filling them: as many as are needed, or one fewer where that is worth more. */
  #packed(members: readonly number[], from: Units[], keep: number): Units[] {
    const { containers, fillContainer } = this.#limits, lines = members.map((n) => this.#lines[n]!), worth = members.map((n) => this.#worth[n]!), needed = containersOf(total(lines, from), this.#limits);
    if (needed === null || (containers === null && !fillContainer)) return from;
    // What the minimum of this place added may give way to what fills the room better; what is wanted does not where all of it fits, nor what a minimum of all places added.
    const sum = (quantities: readonly Units[]): number => quantities.reduce((all, quantity, k) => all + worth[k]!(quantity), 0), alone = this.#minimums.some((group) => group.length === members.length), into = (count: number): Units[] => {
      const room = roomOf(this.#limits, count), inside = fits(total(lines, from), room) ? from : this.#down(members, from, from, room, lines.map((line, k) => (from[k] === 0 || line.fixed === true ? from[k]! : Math.max(line.most, from[k]!))));
      if (!fillContainer) return inside;
      const { quantities, gap } = filled(lines, worth, inside, room, keep, { least: members.map((n, k) => (!alone || lines[k]!.fixed === true ? inside[k]! : inside === from ? Math.min(inside[k]!, this.#broken[n]!) : 0)), floor: alone && missing(total(lines, inside), this.#floor) <= 0 ? this.#floor : {} });
      this.gap = Math.max(this.gap, gap);
      return quantities;
    };
    const most = Math.min(Math.max(1, needed), containers ?? Infinity), up = into(most);
    if (!fillContainer || most === 1) return up;
    const fewer = into(most - 1);
    return sum(fewer) > sum(up) ? fewer : up;
  }

  /** Down to the budget over all places; the order of one place is chosen anew, within its containers too. */
  #affordable(raised: readonly Units[], packed: Units[], budget: number): Units[] {
    const all = [...this.#lines.keys()], { containers, fillContainer } = this.#limits, one = this.#places.length === 1, needed = one && (containers !== null || fillContainer) ? containersOf(total(this.#lines, packed), this.#limits) : null;
    if (!one && this.#limits.minimumCounts === 'place' && (this.#floor.cost ?? this.#floor.units) !== undefined) return this.#between(packed, budget);
    const most = one ? packed.map((quantity, n) => Math.max(quantity, raised[n]!)) : packed, high = one || containersOf(NOTHING, this.#limits) === null ? most.map((quantity, n) => (quantity === 0 || this.#lines[n]!.fixed === true ? quantity : Math.max(this.#lines[n]!.most, quantity))) : most;
    return this.#down(all, packed, most, { cost: budget, ...(needed === null ? {} : roomOf(this.#limits, needed)) }, high);
  }

  /** Over several places with a minimum each: which of them reach it, with how much of the budget. */
  #between(packed: Units[], budget: number): Units[] {
    const { containers, fillContainer } = this.#limits, asked = this.#places.filter((members) => members.some((n) => packed[n]! > 0));
    const orders = asked.map((members): PlaceOrder => {
      const lines = members.map((n) => this.#lines[n]!), now = members.map((n) => packed[n]!), needed = containers !== null || fillContainer ? containersOf(total(lines, now), this.#limits) : null;
      return {
        lines, worth: members.map((n) => this.#worth[n]!), least: lines.map((line, k) => (line.fixed === true ? now[k]! : 0)), most: lines.map((line, k) => (now[k] === 0 ? 0 : line.fixed === true ? now[k]! : Math.max(line.most, now[k]!))), free: now,
        cap: needed === null ? {} : roomOf(this.#limits, Math.max(1, Math.min(needed, containers ?? Infinity))), floor: this.#floor,
      };
    });
    const plain = this.#down([...this.#lines.keys()], packed, packed, { cost: budget }), made = shared(orders, budget), reached = (quantities: readonly Units[]): number => asked.reduce((sum, members) => { const load = total(members.map((n) => this.#lines[n]!), members.map((n) => quantities[n]!)); return missing(load, this.#floor) > 0 ? sum : sum + this.#worthOf(members, quantities); }, 0);
    if (made === null || made.worth < reached(plain)) return plain;
    const quantities = packed.map(() => 0);
    asked.forEach((members, p) => members.forEach((n, k) => { quantities[n] = made.quantities[p]![k]!; }));
    this.gap = Math.max(this.gap, made.gap);
    return quantities;
  }

  /** The best at or below `most` within the cap; above the minimum where `now` was and it can be, which other lines may help to, up to `high`. */
  #down(members: readonly number[], now: readonly Units[], most: readonly Units[], cap: Bound, high: readonly Units[] = most): Units[] {
    const lines = members.map((n) => this.#lines[n]!), nothing = lines.map((line, k) => (line.fixed === true ? now[k]! : 0)), alone = this.#minimums.some((group) => group.length === members.length) && missing(total(lines, now), this.#floor) <= 0;
    const above = alone && (this.#floor.cost ?? this.#floor.units) !== undefined ? this.#best(members, nothing, high, cap, this.#floor) : null;
    const best = above !== null && above.worth >= 0 ? above : this.#best(members, nothing, most, cap, {});
    return best === null ? nothing : this.#used(best);
  }

  #best(members: readonly number[], least: readonly Units[], most: readonly Units[], cap: Bound, floor: Bound): BestOrder | null {
    return bestOrder(members.map((n) => this.#lines[n]!), members.map((n) => this.#worth[n]!), least, most, cap, floor);
  }

  #used(best: BestOrder): Units[] {
    this.gap = Math.max(this.gap, gapOf(best));
    return best.quantities;
  }

  #worthOf(members: readonly number[], quantities: readonly Units[]): number {
    return members.reduce((sum, n) => sum + this.#worth[n]!(quantities[n]!), 0);
  }

  #note(place: string, note: string): void {
    this.notes.set(place, [...(this.notes.get(place) ?? []), note]);
  }
}

/** The quantity at a lower price where that, with what is bought too early, is worth more. */
function worthwhile(line: SupplierLine, worth: (quantity: Units) => number, quantity: Units): Units {
  if (quantity === 0) return 0;
  let best = quantity;
  for (const { from } of line.priceBreaks) {
    const reached = Math.ceil(Math.max(from, line.moq) / line.casePack) * line.casePack;
    if (reached > quantity && reached <= line.most && worth(reached) > worth(best) + 1e-9) best = reached;
  }
  return best;
}
