/**
 * The store's budget over the orders of all suppliers, none of which is pushed below a minimum it had reached where the money is worth more elsewhere.
 *
 * The most valuable quantities for the money come first, as if no supplier had a minimum. An order that this pushes below its own is then held at the best that
 * reaches it, where that is worth more than its money is worth elsewhere (the price of money at the cut: what the units cut were worth, by what they cost), or else
 * left out, and the money is spent again (Lagrangian relaxation; Fisher 1981). Then orders are held or left out the other way round, one by one and by pairs, as long as what
 * reaches its minimum is worth more for it. What is left goes to those left out too, which say that they stay below. A pass over a large catalogue takes a second:
 * the fewer lines, the more ways are tried. Containers of an order are not filled again: less of it fits into what it had.
 */
import type { Units } from '../quantity.ts';
import { bestOrder } from './best-order.ts';
import { missing, takenOf, total } from './load.ts';
import type { PlannedLine } from './plan-orders.ts';
import { floorOf, minimumsOf, type SupplierLimits } from './supplier-limits.ts';
import { worthOf, type SupplierLine } from './supplier-line.ts';
import { withinBudget } from './supplier-order.ts';

/** Rounds of holding what was pushed below: each hold takes money from the others. Then ways tried, at most, and lines looked at over all of them. */
const ROUNDS = 4, MOST_WAYS = 150, MOST_LINES = 120_000;
/** Prices of money an order's minimum is looked for at, in that of the cut: the dearest buys no more than the minimum. */
const PRICES = [1, 4, 10_000];

interface Group { members: number[]; floor: ReturnType<typeof floorOf> }
interface Hold { quantities: Units[]; net: number; cost: number }
/** Which orders are held at their minimum, which are left out; the others are free. */
interface Way { held: ReadonlySet<Group>; out: ReadonlySet<Group>; quantities: Units[]; reaching: number }

/**
 * Quantities of each line, none above `wanted`, that cost no more than `budget` in the store's money. Lines without `inStore` stay as wanted.
 * `gap`: the share of what they are worth by which the best may be above it, minimums or not.
 */
export function withinStoreBudget(planned: readonly PlannedLine[], wanted: readonly Units[], limits: ReadonlyMap<string, SupplierLimits>, budget: number): { quantities: Units[]; gap: number } {
  const paid = [...planned.keys()].filter((n) => planned[n]!.inStore !== null && wanted[n]! > 0), lines = paid.map((n) => planned[n]!.inStore!), most = paid.map((n) => wanted[n]!);
  const free = withinBudget(lines, most, budget), groups = groupsOf(planned, paid, limits).filter((group) => reaches(planned, paid, group, most)), broken = (quantities: readonly Units[]): Group[] => groups.filter((group) => !reaches(planned, paid, group, quantities) && group.members.some((k) => quantities[k]! > 0));
  const done = (quantities: readonly Units[], gap: number): { quantities: Units[]; gap: number } => { const all = [...wanted]; paid.forEach((n, k) => { all[n] = quantities[k]!; }); return { quantities: all, gap }; };
  if (broken(free.quantities).length === 0) return done(free.quantities, free.gap);

  const worth = lines.map(worthOf), sum = (quantities: readonly Units[]): number => quantities.reduce((all, quantity, k) => all + worth[k]!(quantity), 0), costs = (quantities: readonly Units[]): number => total(lines, quantities).cost;
  const fixed = lines.map((line, k) => (line.fixed === true ? most[k]! : 0)), price = Math.max(0, (sum(most) - sum(free.quantities)) / Math.max(1, costs(most) - costs(free.quantities))), spare = budget - costs(fixed);
  const holds = new Map<Group, (Hold | null)[]>(), holdOf = (group: Group, dear: number): Hold | null => {
    const known = holds.get(group) ?? [];
    if (known[dear] === undefined) { known[dear] = cheapest(planned, paid, group, most, fixed, worth, lines, price * PRICES[dear]!); holds.set(group, known); }
    return known[dear];
  };
  const reaching = (quantities: readonly Units[]): number => { const below = new Set(groups.filter((group) => !reaches(planned, paid, group, quantities)).flatMap((group) => group.members)); return quantities.reduce((all, quantity, k) => all + (below.has(k) ? 0 : worth[k]!(quantity)), 0); };
  const tried = (asked: Iterable<Group>, left: Iterable<Group>, dear: number, sure: Group | null = null): Way => {
    const held = new Set(asked), out = new Set(left), value = (group: Group): number => { const hold = holdOf(group, dear)!; return group === sure ? Infinity : hold.net / Math.max(1, hold.cost); };
    // What is held costs no more than there is: the least worth for its money goes first.
    let cost = [...held].reduce((all, group) => all + holdOf(group, dear)!.cost, 0);
    for (const group of [...held].sort((a, b) => value(a) - value(b))) { if (cost <= spare) break; cost -= holdOf(group, dear)!.cost; held.delete(group); out.add(group); }
    const least = [...fixed], high = [...most];
    for (const group of held) group.members.forEach((k, i) => { least[k] = holdOf(group, dear)!.quantities[i]!; });
    for (const group of out) for (const k of group.members) high[k] = fixed[k]!;
    const { quantities } = withinBudget(lines, high, budget, least);
    return { held, out, quantities, reaching: reaching(quantities) };
  };

  let best: Way = { held: new Set(), out: new Set(), quantities: free.quantities, reaching: reaching(free.quantities) }, ways = Math.min(MOST_WAYS, Math.max(1, Math.floor(MOST_LINES / lines.length)));
  for (let round = 0, now = best; round < ROUNDS && ways > 0; round++, ways--) {
    const pushed = broken(now.quantities);
    if (pushed.length === 0) break;
    const worthIt = (group: Group): boolean => { const hold = holdOf(group, 0); return hold !== null && hold.net >= 0; };
    now = tried([...now.held, ...pushed.filter(worthIt)], [...now.out, ...pushed.filter((group) => !worthIt(group))], 0);
    if (now.reaching > best.reaching) best = now;
  }
  const taken = ({ held, out, quantities }: Way, group: Group): boolean => held.has(group) || (!out.has(group) && reaches(planned, paid, group, quantities));
  /** With one order more held, or one left out, or both; at a dearer price too, which leaves more to the others. */
  const turned = (way: Way, more: Group | null, less: Group | null): void => {
    for (let dear = 0; dear < PRICES.length && ways > 0; dear++) {
      const held = [...way.held].filter((one) => one !== less && one !== more), asked = more === null ? held : [...held, more];
      if (asked.some((one) => (holdOf(one, dear)?.cost ?? Infinity) > spare)) return;
      ways--;
      const other = tried(asked, [...[...way.out].filter((one) => one !== more && one !== less), ...(less === null ? [] : [less])], dear, more);
      if (other.reaching > best.reaching * (1 + 1e-9)) best = other;
    }
  };
  for (let before = -Infinity; best.reaching > before && ways > 0;) {
    before = best.reaching;
    for (const group of groups) if (ways > 0) { const less = taken(best, group); turned(best, less ? null : group, less ? group : null); }
    for (const more of groups) for (const less of groups) if (ways > 0 && more !== less && !taken(best, more) && taken(best, less)) turned(best, more, less);
  }
  // What is left goes to those left out all the same.
  const { out, quantities: now } = best, left = new Set([...out].flatMap((group) => group.members)), kept = left.size === 0 ? now : withinBudget(lines, most.map((quantity, k) => (left.has(k) ? quantity : now[k]!)), budget, now).quantities, bound = sum(free.quantities) / Math.max(1e-9, 1 - free.gap);
  return done(kept, bound <= 0 ? 0 : Math.max(0, Math.min(1, 1 - reaching(kept) / bound)));
}

/** The paid lines each minimum is of, by their place among the paid; orders without a minimum have none. */
function groupsOf(planned: readonly PlannedLine[], paid: readonly number[], limits: ReadonlyMap<string, SupplierLimits>): Group[] {
  const orders = new Map<string, number[]>();
  paid.forEach((n, k) => { const { order } = planned[n]!; if (!limits.has(order)) return; const known = orders.get(order); if (known) known.push(k); else orders.set(order, [k]); });
  return [...orders].flatMap(([order, members]): Group[] => {
    const own = limits.get(order)!, floor = floorOf(own);
    return Object.keys(floor).length === 0 ? [] : minimumsOf(members.map((k) => planned[paid[k]!]!.line), own).map((some) => ({ members: some.map((i) => members[i]!), floor }));
  });
}

/** Whether an order is at its minimum, in its supplier's money. */
function reaches(planned: readonly PlannedLine[], paid: readonly number[], { members, floor }: Group, quantities: readonly Units[]): boolean {
  const load = total(members.map((k) => planned[paid[k]!]!.line), members.map((k) => quantities[k]!));
  return load.units > 0 && missing(load, floor) <= 0;
}

/** The order at its minimum that is worth most beyond what its money is worth elsewhere; null where none reaches it. */
function cheapest(planned: readonly PlannedLine[], paid: readonly number[], { members, floor }: Group, most: readonly Units[], fixed: readonly Units[], worth: readonly ((quantity: Units) => number)[], lines: readonly SupplierLine[], price: number): Hold | null {
  const own = members.map((k) => planned[paid[k]!]!.line), net = members.map((k) => (quantity: Units): number => worth[k]!(quantity) - price * takenOf(lines[k]!, quantity, 'cost'));
  const best = bestOrder(own, net, members.map((k) => fixed[k]!), members.map((k) => most[k]!), {}, floor);
  if (best === null) return null;
  const stays = members.map((k) => fixed[k]!), cost = (quantities: readonly Units[]): number => quantities.reduce((sum, quantity, i) => sum + takenOf(lines[members[i]!]!, quantity, 'cost'), 0);
  return { quantities: best.quantities, net: best.worth - stays.reduce((sum, quantity, i) => sum + net[i]!(quantity), 0), cost: cost(best.quantities) - cost(stays) };
}
