import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownThen, type Said, type SaidValue } from './known-then.ts';

const said = fc.record({
  kind: fc.constantFrom('policy' as const, 'supplier' as const, 'terms' as const), key: fc.constantFrom('a', 'b'), itemId: fc.constantFrom(null, 7, 8), from: fc.integer({ min: 1, max: 60 }),
  value: fc.option(fc.record({ lead: fc.option(fc.integer({ min: 1, max: 9 })), moq: fc.option(fc.integer({ min: 1, max: 9 })) }), { freq: 5 }),
});
const histories = fc.array(said, { maxLength: 25 }).map((all): Said[] => all.sort((a, b) => a.from - b.from));
/** What each morning knew, as text. */
function mornings(history: readonly Said[], begun: number, first: number, days: number): string[] {
  const told = new Map<number, string>();
  for (const { day, values } of knownThen(history, begun, first, days)) told.set(day, JSON.stringify(Object.entries(values).map(([kind, map]) => [kind, [...map].sort(([a], [b]) => (a < b ? -1 : 1))])));
  const made: string[] = [];
  for (let day = first; day < first + days; day++) made.push(told.get(day) ?? made.at(-1)!);
  return made;
}
const seen = (history: readonly Said[], begun: number, day: number): Map<string, SaidValue> => new Map([...knownThen(history, begun, day, 1)].flatMap(({ values }) => [...values.policy]));

describe('what was known then', () => {
  it('a change made after a day never alters what that day knew', () => {
    fc.assert(fc.property(histories, said, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }), (history, change, first, days) => {
      const last = Math.max(0, ...history.map((one) => one.from)), late = { ...change, from: Math.max(change.from, last) }, before = mornings(history, 1, first, days), after = mornings([...history, late], 1, first, days);
      for (let n = 0; n < days && first + n < late.from; n++) expect(after[n]).toBe(before[n]);
    }), { numRuns: 400 });
  });

  it('is the same whether asked day by day or for a period, also across the first kept morning', () => {
    fc.assert(fc.property(histories, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }), (history, begun, first, days) => {
      mornings(history, begun, first, days).forEach((known, n) => expect(mornings(history, begun, first + n, 1)[0]).toBe(known));
    }), { numRuns: 300 });
  });

  it('names every item whose values are other than the morning before', () => {
    fc.assert(fc.property(histories, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2, max: 40 }), (history, first, days) => {
      for (const { day, items } of [...knownThen(history, 1, first, days)].slice(1)) {
        const now = history.filter((one) => one.from === day);
        expect(now.length).toBeGreaterThan(0);
        if (items === null) expect(now.some((one) => one.itemId === null)).toBe(true);
        else for (const one of now) expect(items.has(one.itemId!)).toBe(true);
      }
    }), { numRuns: 300 });
  });

  it('before anything was kept the first value said of a field stands in, and later ones never take its place', () => {
    const policy = (from: number, value: SaidValue | null): Said => ({ kind: 'policy', key: 'default', itemId: null, from, value });
    const history = [policy(10, { lead: null, moq: 5 }), policy(12, { lead: 30, moq: 6 }), policy(14, null), policy(20, { lead: 50, moq: 7 })];
    expect(seen(history, 10, 3).get('default')).toEqual({ lead: 30, moq: 5 });
    expect(seen([...history, policy(30, { lead: 99, moq: 99 })], 10, 3).get('default')).toEqual({ lead: 30, moq: 5 });
    expect(seen(history, 10, 11).get('default')).toEqual({ lead: null, moq: 5 });
    expect(seen(history, 10, 15).has('default')).toBe(false);
  });
});
