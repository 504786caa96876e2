import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainDrift, type DriftInput } from './causes.ts';

const level = fc.record({ available: fc.integer({ min: -20, max: 50 }), committed: fc.integer({ min: 0, max: 20 }) })
  .map((l) => ({ ...l, onHand: l.available + l.committed, other: {} }));
const input: fc.Arbitrary<DriftInput> = fc.record({
  ledger: level, observed: level, observedAt: fc.constantFrom('2026-01-01', '2026-01-03'),
  pending: fc.array(fc.record({ cause: fc.constantFrom('event received, not applied' as const, 'event not received' as const), available: fc.integer({ min: -5, max: 5 }), committed: fc.integer({ min: -5, max: 5 }), evidence: fc.constant('') }), { maxLength: 3 }), unplacedUnits: fc.nat(10), inboxWaiting: fc.nat(2), writesPending: fc.nat(1),
  deltasSent: fc.array(fc.record({ cause: fc.constantFrom('count pending' as const, 'push refused or pending' as const), units: fc.integer({ min: -5, max: 5 }), sentAt: fc.constant('2026-01-02'), evidence: fc.constant('') }), { maxLength: 2 }), ordersReadThrough: fc.constant('2026-01-02'),
});

describe('drift explained', () => {
  it('gives every unit of the difference a cause', () => {
    fc.assert(fc.property(input, (given) => {
      const found = explainDrift(given);
      expect(found.causes.reduce((sum, c) => sum + c.units, 0)).toBe(found.difference);
    }), { numRuns: 5000 });
  });
  it('calls it an edit only when no order is missing, and then the edits close the gap', () => {
    fc.assert(fc.property(input, (given) => {
      const found = explainDrift(given);
      if (found.edits.length === 0) return;
      expect(given.observed.committed).toBe(given.ledger.committed);
      expect(given.pending).toEqual([]);
      expect(given.ledger.available + found.edits.filter((e) => e.state === 'available').reduce((s, e) => s + e.quantity, 0)).toBe(given.observed.available);
    }), { numRuns: 5000 });
  });
  it('does not take a sale on its way for an edit', () => {
    const found = explainDrift({
      ledger: { available: 7, committed: 0, onHand: 7, other: {} }, observed: { available: 5, committed: 2, onHand: 7, other: {} },
      observedAt: '2026-01-03', pending: [], unplacedUnits: 0, inboxWaiting: 0, writesPending: 0, deltasSent: [], ordersReadThrough: '2026-01-02',
    });
    expect(found.causes).toEqual([expect.objectContaining({ cause: 'event not received', units: -2 })]);
    expect(found.edits).toEqual([]);
  });
  it('calls a missing order unknown only after all orders were read', () => {
    const found = explainDrift({
      ledger: { available: 7, committed: 0, onHand: 7, other: {} }, observed: { available: 5, committed: 2, onHand: 7, other: {} },
      observedAt: '2026-01-01', pending: [], unplacedUnits: 0, inboxWaiting: 0, writesPending: 0, deltasSent: [], ordersReadThrough: '2026-01-02',
    });
    expect(found.causes).toEqual([expect.objectContaining({ cause: 'unknown', units: -2 })]);
  });
  it('posts no edit while a write of ours may be the reason', () => {
    fc.assert(fc.property(input, (given) => { if (given.writesPending > 0 || given.deltasSent.length > 0) expect(explainDrift(given).edits).toEqual([]); }), { numRuns: 2000 });
  });
});
