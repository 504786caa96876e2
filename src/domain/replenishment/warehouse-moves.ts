/** What a warehouse's own changes say of the moves its people were told of. */
import type { Units } from '../quantity.ts';

/** A move that is open: `left` units, seen where the warehouse counts: at its origin, else at its destination. */
export interface OpenMove { moveId: number; reference: string; itemId: number; fromLocationId: number; toLocationId: number; left: Units; toldAt: string; seenAt: 'origin' | 'destination' }
/** Units a warehouse added to (or took from) what it has at a place, with what it said of why. */
export interface WarehouseChange { cause: string; itemId: number; locationId: number; change: Units; at: string; reason: string | null }
export interface SeenMove { moveId: number; cause: string; quantity: Units; at: string }

/** How a warehouse may name a move in the reason of a change. */
export const moveReference = (moveId: number): string => `M-${String(moveId).padStart(5, '0')}`;

/**
 * Which changes were moves. A change after a move was told of, of its item and in its direction where it is seen, is of that move: of the one its reason names,
 * else of those told longest ago first, as far as units are left of both. No unit of a change counts twice, none of a move more than once.
 */
export function seenMoves(open: readonly OpenMove[], changes: readonly WarehouseChange[]): SeenMove[] {
  const left = new Map(open.map((move) => [move.moveId, move.left])), seen: SeenMove[] = [];
  for (const change of [...changes].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.cause < b.cause ? -1 : 1))) {
    const fitting = open.filter((move) => move.itemId === change.itemId && move.toldAt <= change.at && (move.seenAt === 'origin' ? change.change < 0 && move.fromLocationId === change.locationId : change.change > 0 && move.toLocationId === change.locationId));
    const named = fitting.filter((move) => change.reason?.includes(move.reference) === true), of = (named.length > 0 ? named : fitting).sort((a, b) => a.moveId - b.moveId);
    let units = Math.abs(change.change);
    for (const { moveId } of of) {
      const quantity = Math.min(units, left.get(moveId)!);
      if (quantity === 0) continue;
      units -= quantity;
      left.set(moveId, left.get(moveId)! - quantity);
      seen.push({ moveId, cause: change.cause, quantity, at: change.at });
    }
  }
  return seen;
}
