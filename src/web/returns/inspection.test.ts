import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReturnCase } from '../api/stock-queries.ts';
import { after, DISPOSITIONS, drafted, inspected, missing, uninspected, withUnits, type Draft } from './inspection.ts';

const line = (received: number, sellable = 0): ReturnCase['lines'][number] => ({ lineKey: 'a', itemId: 1, sku: 'A', title: 'A', announced: 5, received, sellable, damaged: 0, quarantine: 0, scrap: 0 });
const row = (lines: ReturnCase['lines']): ReturnCase => ({ returnId: '1', reference: 'r', name: 'R1', orderId: null, orderName: null, locationId: 1, locationName: 'Leeds', authority: 'warehouse', state: 'received', announcedAt: null, receivedAt: null, inspectedAt: null, updatedAt: '', lines, exchange: [], shopify: null });

describe('a draft', () => {
  it('never holds more than is left, whatever is pressed', () => fc.assert(fc.property(
    fc.integer({ min: 0, max: 40 }), fc.array(fc.tuple(fc.constantFrom(...DISPOSITIONS), fc.integer({ min: -5, max: 60 })), { maxLength: 20 }),
    (received, presses) => {
      const of = line(received, Math.min(3, received));
      let draft: Draft = {};
      for (const [disposition, to] of presses) {
        draft = withUnits(draft, of, disposition, to);
        expect(drafted(draft, 'a')).toBeLessThanOrEqual(uninspected(of));
        expect(Math.min(...DISPOSITIONS.map((each) => draft['a']?.[each] ?? 0))).toBeGreaterThanOrEqual(0);
      }
    })));
  it('takes a typed fraction or nonsense as whole units', () => expect([withUnits({}, line(5), 'sellable', 2.9)['a'], withUnits({}, line(5), 'scrap', Number.NaN)['a']]).toEqual([{ sellable: 2 }, { scrap: 0 }]));
  it('sends only what is above zero', () => expect(inspected({ a: { sellable: 2, damaged: 0 }, b: {} })).toEqual([{ lineKey: 'a', disposition: 'sellable', quantity: 2 }]));
});

it('is inspected when nothing is left, and still received when something is', () => {
  const part = after(row([line(4)]), { a: { sellable: 3 } }), whole = after(part, { a: { scrap: 1 } });
  expect([part.state, uninspected(part.lines[0]!), whole.state, uninspected(whole.lines[0]!)]).toEqual(['received', 1, 'inspected', 0]);
  expect(missing(line(4))).toBe(1);
});
