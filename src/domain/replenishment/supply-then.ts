/** Which place bought for which on each morning of a period, and the days from there: as said by then, and as transfers received by then had taught. */
import type { DayNumber } from '../calendar.ts';
import { knownThen, type KnownValues, type Said } from './known-then.ts';
import { flattened, type Supplied } from './supply-tree.ts';

/** Transfers received between two places before their days are learned; days that are looked back; the latest that count. */
export const TRANSFERS_TO_LEARN = 3, LEARNED_DAYS = 400, LATEST = 40;
/** Where a store says nothing; the default of the database too. */
export const DEFAULT_TRANSFER_DAYS = 2;

/** A received transfer; in the order in which they were received. */
export interface TransferTook { from: number; to: number; received: DayNumber; days: number }
/** Who buys for each supplied place, from an offset of the first morning on. */
export interface SupplyFrom { from: number; of: ReadonlyMap<number, Supplied> }

/** The first is of the first morning; each other of one on which something was other than the day before. `said` of kinds supply and way, `begun` as in `knownThen`. */
export function supplyThen(said: readonly Said[], begun: DayNumber, took: readonly TransferTook[], first: DayNumber, days: number): SupplyFrom[] {
  const ways = new Map<string, TransferTook[]>(), also = took.flatMap(({ received }) => [received + 1, received + LEARNED_DAYS + 1]), told: (SupplyFrom & { text: string })[] = [];
  for (const one of took) { const key = `${one.from}>${one.to}`, same = ways.get(key); if (same) same.push(one); else ways.set(key, [one]); }
  for (const { day, values } of knownThen(said, begun, first, days, also)) {
    const set = (key: string): number | undefined => values.way.get(key)?.['days'] as number | undefined;
    const of = flattened(suppliedFrom(values.supply), (from, to) => set(`${from}>${to}`) ?? learned(ways.get(`${from}>${to}`) ?? [], day) ?? set('0>0') ?? DEFAULT_TRANSFER_DAYS), text = JSON.stringify([...of]);
    if (told.at(-1)?.text !== text) told.push({ from: day - first, of, text });
  }
  return told.map(({ from, of }) => ({ from, of }));
}

/** Of places that were open, and supplied from one that was. A circle cannot be said, but stand-ins of different days may make one: its places buy for themselves. */
function suppliedFrom(supply: KnownValues): Map<number, number> {
  const open = new Set([...supply].flatMap(([place, value]) => (value['is_active'] === true ? [Number(place)] : [])));
  const from = new Map([...supply].flatMap(([place, value]): [number, number][] => { const above = value['supplied_from']; return typeof above === 'number' && open.has(Number(place)) && open.has(above) ? [[Number(place), above]] : []; }));
  for (const place of [...from.keys()]) {
    const way = new Set<number>();
    for (let at: number | undefined = place; at !== undefined && !way.has(at); at = from.get(at)) { way.add(at); if (from.get(at) === place) for (const one of way) from.delete(one); }
  }
  return from;
}

/** The median days of the latest transfers received before a morning; null with too few. */
function learned(took: readonly TransferTook[], morning: DayNumber): number | null {
  const latest = took.filter((one) => one.received < morning && one.received >= morning - LEARNED_DAYS).slice(-LATEST).map((one) => one.days).sort((a, b) => a - b);
  return latest.length < TRANSFERS_TO_LEARN ? null : latest[Math.ceil(latest.length / 2) - 1]!;
}
