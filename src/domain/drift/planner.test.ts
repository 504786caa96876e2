import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriftCause } from './causes.ts';
import { explainPlannerIncoming, explainPlannerStock, type PlannerIncomingInput, type PlannerStockInput } from './planner.ts';

const few = fc.integer({ min: 0, max: 12 }), signed = fc.integer({ min: -12, max: 12 });
const sum = (lines: readonly { units: number }[]): number => lines.reduce((total, line) => total + line.units, 0);
const of = (found: { causes: readonly { cause: string; units: number }[] }, cause: string): number => sum(found.causes.filter((line) => line.cause === cause));
const AT = '2026-03-02T09:00:00.000Z';
const stray = fc.option(fc.record({ units: few, whole: fc.boolean(), evidence: fc.constant('a variant nobody matched') }));
const stock: fc.Arbitrary<PlannerStockInput> = fc.record({ theirs: signed, ours: signed, syncedAt: fc.constant(AT), moved: fc.array(signed, { minLength: 1, maxLength: 3 }), held: few, countsOnHand: fc.boolean(), beside: fc.array(fc.record({ cause: fc.constantFrom<DriftCause>('event not received', 'unknown'), units: signed, evidence: fc.constant('e') }), { maxLength: 2 }), besideIsOlder: fc.boolean(), stray, isBundle: fc.boolean(), openedAt: fc.option(fc.constant('2026-03-02T09:00:31.000Z')) });
const incoming: fc.Arbitrary<PlannerIncomingInput> = fc.record({ theirs: few, ours: few, readAt: fc.constant(AT), fresh: few, unsent: few, unsentWhy: fc.constant('w'), receivedSince: few, unwritten: few, unwrittenWhy: fc.constant('w'), changed: fc.option(fc.constant('PO-1')), takesOrders: fc.boolean(), exchanging: fc.boolean(), stray });

describe('the planner’s stock beside the ledger', () => {
  it('gives every unit of the difference a cause, and none twice', () => {
    fc.assert(fc.property(stock, (input) => {
      const found = explainPlannerStock(input);
      expect(found.difference).toBe(input.theirs - input.ours);
      expect(sum(found.causes)).toBe(found.difference);
      expect(found.causes.every((line) => line.units !== 0)).toBe(true);
      // What was sold between its sync and the level's first reading here is in its figure alone.
      if (input.openedAt !== null && input.beside.every((line) => line.cause !== 'unknown')) expect(of(found, 'unknown')).toBe(0);
    }), { numRuns: 3_000 });
  });
  it('knows what it must have shown: what was available, or on hand, when it read the shop', () => {
    fc.assert(fc.property(signed, signed, few, fc.boolean(), (ours, moved, held, countsOnHand) => {
      const theirs = ours - moved + (countsOnHand ? held : 0);
      const found = explainPlannerStock({ theirs, ours, syncedAt: AT, moved: [moved], held, countsOnHand, beside: [], besideIsOlder: true, stray: null, isBundle: false, openedAt: null });
      expect(of(found, 'unknown')).toBe(0);
      if (theirs !== ours) expect([of(found, 'not exchanged yet'), of(found, 'available against on hand')]).toEqual([0 - moved, countsOnHand ? held : 0]);
    }));
  });
  it('leaves units nobody knows of unknown, exactly', () => {
    fc.assert(fc.property(signed, signed, signed, (ours, moved, lost) => {
      const found = explainPlannerStock({ theirs: ours - moved + lost, ours, syncedAt: AT, moved: [moved], held: 0, countsOnHand: false, beside: [], besideIsOlder: true, stray: null, isBundle: false, openedAt: null });
      if (found.difference !== 0) expect([of(found, 'unknown'), of(found, 'not exchanged yet')]).toEqual([0 + lost, 0 - moved]);
    }));
  });
});

describe('the planner’s orders beside ours', () => {
  it('gives every unit of the difference a cause', () => {
    fc.assert(fc.property(incoming, (input) => {
      const found = explainPlannerIncoming(input);
      expect(sum(found.causes)).toBe(found.difference);
      if (input.changed !== null) expect(of(found, 'unknown')).toBe(0);
    }), { numRuns: 3_000 });
  });
  it('tells an order that was not sent from a receipt that was not written', () => {
    fc.assert(fc.property(few, few, few, few, (both, fresh, unsent, unwritten) => {
      const found = explainPlannerIncoming({ theirs: both + unwritten, ours: both + fresh + unsent, readAt: AT, fresh, unsent, unsentWhy: 'w', receivedSince: 0, unwritten, unwrittenWhy: 'w', changed: null, takesOrders: true, exchanging: false, stray: null });
      expect([of(found, 'not exchanged yet'), of(found, 'order not sent'), of(found, 'receipt not written'), of(found, 'unknown')]).toEqual([0 - fresh, 0 - unsent, unwritten, 0]);
    }));
  });
});
