import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveReference, seenMoves, type OpenMove, type WarehouseChange } from './warehouse-moves.ts';

const move = (moveId: number, rest: Partial<OpenMove> = {}): OpenMove => ({ moveId, reference: moveReference(moveId), itemId: 7, fromLocationId: 1, toLocationId: 2, left: 10, toldAt: '2026-11-01T08:00:00.000Z', seenAt: 'origin', ...rest });
const change = (cause: string, units: number, rest: Partial<WarehouseChange> = {}): WarehouseChange => ({ cause, itemId: 7, locationId: 1, change: units, at: '2026-11-02T08:00:00.000Z', reason: null, ...rest });

describe('moves seen done', () => {
  it('are those of the item, after it was told, in its direction, where it is seen', () => {
    expect(seenMoves([move(1)], [change('a', -4)])).toEqual([{ moveId: 1, cause: 'a', quantity: 4, at: '2026-11-02T08:00:00.000Z' }]);
    for (const other of [change('a', 4), change('a', -4, { itemId: 8 }), change('a', -4, { locationId: 2 }), change('a', -4, { at: '2026-10-31T08:00:00.000Z' })]) expect(seenMoves([move(1)], [other])).toEqual([]);
    expect(seenMoves([move(1, { seenAt: 'destination' })], [change('a', 3, { locationId: 2 }), change('b', -3)]).map((one) => one.cause)).toEqual(['a']);
  });

  it('the one a reason names, else the one told first', () => {
    expect(seenMoves([move(1), move(2)], [change('a', -4, { reason: 'moved for M-00002' }), change('b', -12)]).map((one) => [one.moveId, one.quantity])).toEqual([[2, 4], [1, 10], [2, 2]]);
  });

  it('no unit of a change counts twice, no move is more than done, and order does not matter', () => {
    const moves = fc.uniqueArray(fc.record({ moveId: fc.integer({ min: 1, max: 9 }), itemId: fc.constantFrom(7, 8), left: fc.nat(20), seenAt: fc.constantFrom('origin' as const, 'destination' as const), hour: fc.nat(9) }), { selector: (one) => one.moveId, maxLength: 6 });
    const changes = fc.uniqueArray(fc.record({ cause: fc.nat(30), itemId: fc.constantFrom(7, 8), change: fc.integer({ min: -25, max: 25 }), locationId: fc.constantFrom(1, 2, 3), hour: fc.nat(9), names: fc.option(fc.integer({ min: 1, max: 9 })) }), { selector: (one) => one.cause, maxLength: 12 });
    const at = (hour: number): string => `2026-11-01T0${hour}:00:00.000Z`;
    fc.assert(fc.property(moves, changes, (some, all) => {
      const open = some.map(({ hour, ...rest }) => move(rest.moveId, { ...rest, toldAt: at(hour) })), said = all.map(({ hour, names, cause, change: units, ...rest }) => change(String(cause), units, { ...rest, at: at(hour), reason: names === null ? null : moveReference(names) })), seen = seenMoves(open, said);
      const sum = (of: (one: (typeof seen)[number]) => boolean): number => seen.filter(of).reduce((total, one) => total + one.quantity, 0);
      for (const one of open) expect(sum((each) => each.moveId === one.moveId)).toBeLessThanOrEqual(one.left);
      for (const one of said) expect(sum((each) => each.cause === one.cause)).toBeLessThanOrEqual(Math.abs(one.change));
      for (const one of seen) expect(one.quantity).toBeGreaterThan(0);
      expect(seenMoves([...open].reverse(), [...said].reverse())).toEqual(seen);
    }));
  });
});
