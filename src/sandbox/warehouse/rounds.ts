/** What people in the building do beside picking, a little of it every now and then: recounts, deliveries, returns taken in and inspected. */
import type { Building } from './building.ts';

const ROUND_MS = 5_000;
/** Shares of rounds; at twelve a minute a shelf is recounted every other minute, goods arrive every five. */
const RECOUNT = 0.04, DELIVERY = 0.017;
const LOW = 8, MOST_OF_A_DELIVERY = 6;

export interface Rounds { stop(): void; /** One round now. */ walk(): void }

/** Starts the rounds. `isOpen` says whether anybody is to walk; `dice` answers 0 ≤ x < 1. */
export function startRounds(building: Building, dice: () => number, isOpen: () => boolean): Rounds {
  const upTo = (most: number): number => Math.floor(dice() * most), pick = <T>(from: readonly T[]): T => from[upTo(from.length)]!;

  function recount(): void {
    const full = building.book.skus().filter((sku) => building.book.balance(sku, 'shelf') >= LOW);
    // Found more often than lost, and never so many lost that orders go short.
    if (full.length > 0) building.adjust(pick(full), pick([-2, -1, 1, 1, 2, 3]), 0, 'recount');
  }
  function delivery(): void {
    const low = building.book.skus().filter((sku) => building.book.balance(sku, 'shelf') < LOW);
    const lines = [...new Set(Array.from({ length: Math.min(low.length, 1 + upTo(MOST_OF_A_DELIVERY)) }, () => pick(low)))].map((sku) => ({ sku, quantity: 12 + 6 * upTo(4), damaged: dice() < 0.1 ? 1 : 0 }));
    if (lines.length > 0) building.receiveGoods(`PO-${1_000 + upTo(9_000)}`, lines);
  }
  /** Announced returns come to the door; those at the door are looked at in a later round. */
  function returns(): void {
    for (const { reference, lines } of building.returns.values()) {
      const arrived = building.arrived.get(reference);
      if (arrived === 'inspected' || dice() > 0.25) continue;
      if (arrived === undefined) building.receiveReturn(reference);
      else {
        // An announcement that grew after the goods came waits for the rest, or for a person.
        const areHere = [...Map.groupBy(lines, (line) => line.sku)].every(([sku, own]) => building.book.balance(sku, 'door') >= own.reduce((sum, line) => sum + line.quantity, 0));
        if (areHere) building.inspectReturn(reference, lines.map((line) => ({ ...line, disposition: dice() < 0.85 ? 'sellable' : 'damaged' })));
      }
    }
  }

  const walk = (): void => {
    if (!isOpen()) return;
    returns();
    if (dice() < RECOUNT) recount();
    if (dice() < DELIVERY) delivery();
  };
  const timer = setInterval(walk, ROUND_MS).unref();
  return { stop: () => clearInterval(timer), walk };
}
