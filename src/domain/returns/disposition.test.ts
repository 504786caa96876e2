import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispositionsMade, planDisposition, undisposed, type Disposed, type DispositionInput } from './disposition.ts';

const small = fc.nat({ max: 6 });
const type = fc.constantFrom('restocked', 'not restocked', 'processing required', 'missing' as const) as fc.Arbitrary<Disposed['type']>;
/** A return of up to three reverse lines, the first two of the order line concerned, with what was decided so far never above what came back. */
const shown = fc.record({ totals: fc.array(small, { minLength: 3, maxLength: 3 }), decided: fc.array(fc.record({ line: fc.nat({ max: 2 }), quantity: fc.integer({ min: 1, max: 3 }), type }), { maxLength: 5 }) }).map(({ totals, decided }) => {
  const reverseLines = totals.map((total, n) => ({ id: `r${n}`, lineId: n < 2 ? 'L' : 'M', total })), disposed: Disposed[] = [];
  for (const [n, d] of decided.entries()) {
    const line = reverseLines[d.line]!;
    if (d.type === 'processing required' || d.quantity <= undisposed(line, disposed)) disposed.push({ id: `d${n}`, reverseLineId: line.id, quantity: d.quantity, type: d.type, locationId: d.type === 'restocked' ? 'P' : null });
  }
  return { reverseLines, disposed };
});
const input: fc.Arbitrary<DispositionInput> = fc.record({ shown, quantity: fc.integer({ min: 1, max: 8 }), raises: fc.boolean(), restockable: fc.boolean(), lineUnits: small }).map(({ shown, ...rest }) => ({ ...rest, ...shown, lineId: 'L', locationId: 'P', taken: new Map() }));
const sum = (units: Iterable<number>): number => [...units].reduce((total, one) => total + one, 0);

describe('planDisposition', () => {
  it('accepted units rise exactly once: restocked by us, restocked before, or by a stock change; others never', () => {
    fc.assert(fc.property(input, (given) => {
      const { say, there, adjust } = planDisposition(given), restocked = sum(say.filter((s) => s.type === 'restocked').map((s) => s.quantity));
      expect(restocked + sum(Object.values(there)) + adjust).toBe(given.raises ? given.quantity : 0);
    }));
  });
  it('never says more of a line than is undecided, and nothing of another order line', () => {
    fc.assert(fc.property(input, (given) => {
      for (const one of planDisposition(given).say) {
        const line = given.reverseLines.find((l) => l.id === one.reverseLineId)!;
        expect(line.lineId).toBe('L');
        expect(one.quantity).toBeLessThanOrEqual(undisposed(line, given.disposed));
        expect(one.locationId).toBe(one.type === 'restocked' ? 'P' : null);
      }
    }));
  });
  it('said, and then planned again with it accounted for by another, it says at most what is left', () => {
    fc.assert(fc.property(input, (given) => {
      const first = planDisposition(given);
      const made = first.say.map((s, n): Disposed => ({ id: `new${n}`, ...s })), disposed = [...given.disposed, ...made];
      expect(dispositionsMade(first.say, new Set(given.disposed.map((d) => d.id)), new Map(), disposed)?.map((d) => d.id) ?? null).toEqual(made.map((d) => d.id));
      const taken = new Map([...Object.entries(first.there), ...made.map((d) => [d.id, d.quantity] as const)]);
      const second = planDisposition({ ...given, disposed, taken });
      for (const line of given.reverseLines) expect(sum(second.say.filter((s) => s.reverseLineId === line.id).map((s) => s.quantity))).toBeLessThanOrEqual(undisposed(line, disposed));
      for (const [id, units] of Object.entries(second.there)) expect(units + (taken.get(id) ?? 0)).toBeLessThanOrEqual(disposed.find((d) => d.id === id)!.quantity);
    }));
  });
});

describe('dispositionsMade', () => {
  const said = [{ reverseLineId: 'r0', quantity: 2, type: 'restocked' as const, locationId: 'P' }];
  const d = (id: string, more: Partial<Disposed> = {}): Disposed => ({ id, reverseLineId: 'r0', quantity: 2, type: 'restocked', locationId: 'P', ...more });
  it('finds it by line, quantity, kind and place, and only among what is new and nobody else’s', () => {
    expect(dispositionsMade(said, new Set(), new Map(), [d('1')])).toEqual([d('1')]);
    expect(dispositionsMade(said, new Set(['1']), new Map(), [d('1')])).toBeNull();
    expect(dispositionsMade(said, new Set(), new Map([['1', 2]]), [d('1')])).toBeNull();
    for (const other of [{ quantity: 1 }, { type: 'missing' as const }, { locationId: 'Q' }, { reverseLineId: 'r1' }]) expect(dispositionsMade(said, new Set(), new Map(), [d('1', other)])).toBeNull();
    expect(dispositionsMade([...said, ...said], new Set(), new Map(), [d('1')])).toBeNull();
  });
});
