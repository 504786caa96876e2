import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainDrift, unitsByCause, type DriftInput } from './causes.ts';

const level = fc.record({ available: fc.integer({ min: -20, max: 50 }), committed: fc.integer({ min: 0, max: 20 }) })
  .chain((l) => fc.record({ damaged: fc.nat(3), reserved: fc.nat(3), incoming: fc.nat(3) }).map((other) => ({ ...l, onHand: l.available + l.committed + other.damaged + other.reserved, other })));
const input: fc.Arbitrary<DriftInput> = fc.record({
  ledger: level, observed: level, observedAt: fc.constantFrom('2026-01-01', '2026-01-03'),
  pending: fc.array(fc.record({ cause: fc.constantFrom('event received, not applied' as const, 'event not received' as const), available: fc.integer({ min: -5, max: 5 }), committed: fc.integer({ min: -5, max: 5 }), evidence: fc.constant('') }), { maxLength: 3 }), unplacedUnits: fc.nat(10), inboxWaiting: fc.nat(2), writesPending: fc.nat(1),
  deltasSent: fc.array(fc.record({ state: fc.constantFrom('available' as const, 'damaged' as const), cause: fc.constantFrom('count pending' as const, 'push refused or pending' as const), units: fc.integer({ min: -5, max: 5 }), sentAt: fc.constant('2026-01-02'), evidence: fc.constant('') }), { maxLength: 2 }), ordersReadThrough: fc.constant('2026-01-02'), evidenceThrough: fc.constantFrom(null, '2026-01-02'),
});

describe('drift explained', () => {
  it('gives every unit of the difference a cause', () => {
    fc.assert(fc.property(input, (given) => {
      const found = explainDrift(given);
      for (const state of [found, ...found.states]) expect(state.causes.reduce((sum, c) => sum + c.units, 0)).toBe(state.difference);
      const other = (of: DriftInput['ledger']) => ({ committed: of.committed, ...of.other });
      expect(found.states.map((each) => [each.state, each.difference]).sort()).toEqual(Object.entries(other(given.observed)).map(([state, units]) => [state, units - other(given.ledger)[state as 'committed']!]).filter(([, units]) => units !== 0).sort());
    }), { numRuns: 5000 });
  });
  it('counts a unit that went from one state to another once, and never fewer units than a state differs by', () => {
    fc.assert(fc.property(input, (given) => {
      const found = explainDrift(given), units = [...unitsByCause([found, ...found.states]).values()].reduce((sum, each) => sum + each, 0);
      expect(units).toBeGreaterThanOrEqual(Math.max(Math.abs(found.difference), ...found.states.map((each) => Math.abs(each.difference)), 0));
    }), { numRuns: 2000 });
    const quiet = { observedAt: '2026-01-03', pending: [], unplacedUnits: 0, inboxWaiting: 0, writesPending: 0, deltasSent: [], ordersReadThrough: '2026-01-04', evidenceThrough: null };
    const broken = explainDrift({ ...quiet, ledger: { available: 7, committed: 0, onHand: 7, other: { damaged: 0 } }, observed: { available: 4, committed: 0, onHand: 7, other: { damaged: 3 } } });
    expect([...unitsByCause([broken, ...broken.states])]).toEqual([['edited in Shopify', 3]]);
    expect(broken.edits).toEqual([{ state: 'available', quantity: -3 }, { state: 'damaged', quantity: 3 }]);
  });
  it('calls it an edit only when no order is missing, and then the edits close the gap', () => {
    fc.assert(fc.property(input, (given) => {
      const found = explainDrift(given);
      if (found.edits.length === 0) return;
      expect(given.observed.committed).toBe(given.ledger.committed);
      expect(given.pending).toEqual([]);
      const after = (state: 'available' | 'damaged' | 'reserved' | 'incoming', kept: number): number => kept + found.edits.filter((e) => e.state === state).reduce((s, e) => s + e.quantity, 0);
      expect(after('available', given.ledger.available)).toBe(given.observed.available);
      for (const state of ['damaged', 'reserved', 'incoming'] as const) expect(after(state, given.ledger.other[state]!)).toBe(given.observed.other[state]);
    }), { numRuns: 5000 });
  });
  it('does not take a sale on its way for an edit', () => {
    const found = explainDrift({
      ledger: { available: 7, committed: 0, onHand: 7, other: {} }, observed: { available: 5, committed: 2, onHand: 7, other: {} },
      observedAt: '2026-01-03', pending: [], unplacedUnits: 0, inboxWaiting: 0, writesPending: 0, deltasSent: [], ordersReadThrough: '2026-01-02', evidenceThrough: null,
    });
    expect(found.causes).toEqual([expect.objectContaining({ cause: 'event not received', units: -2 })]);
    expect(found.edits).toEqual([]);
  });
  it('calls a missing order unknown only after all orders were read', () => {
    const found = explainDrift({
      ledger: { available: 7, committed: 0, onHand: 7, other: {} }, observed: { available: 5, committed: 2, onHand: 7, other: {} },
      observedAt: '2026-01-01', pending: [], unplacedUnits: 0, inboxWaiting: 0, writesPending: 0, deltasSent: [], ordersReadThrough: '2026-01-02', evidenceThrough: null,
    });
    expect(found.causes).toEqual([expect.objectContaining({ cause: 'unknown', units: -2 })]);
  });
  it('posts no edit while a write of ours may be the reason', () => {
    fc.assert(fc.property(input, (given) => { if (given.writesPending > 0 || given.deltasSent.length > 0) expect(explainDrift(given).edits).toEqual([]); }), { numRuns: 2000 });
  });
  it('does not blame messages that were all looked at: what they do not explain is unknown, and what moved beside it is an edit', () => {
    const found = explainDrift({
      ledger: { available: 7, committed: 3, onHand: 10, other: {} }, observed: { available: 12, committed: 0, onHand: 12, other: {} },
      observedAt: '2026-01-01', pending: [], unplacedUnits: 0, inboxWaiting: 4, writesPending: 0, deltasSent: [], ordersReadThrough: '2026-01-01', evidenceThrough: '2026-01-02',
    });
    expect(found.causes).toEqual([expect.objectContaining({ cause: 'unknown', units: 3 }), expect.objectContaining({ cause: 'edited in Shopify', units: 2 })]);
    expect([found.edits, found.settled]).toEqual([[], false]);
  });
});
