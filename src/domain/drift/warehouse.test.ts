import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableToSell, holdBack } from '../push/available-to-sell.ts';
import { explainShelf, explainWarehouse } from './warehouse.ts';

const few = fc.integer({ min: 0, max: 12 }), signed = fc.integer({ min: -12, max: 12 });
const sum = (lines: readonly { units: number }[]): number => lines.reduce((total, line) => total + line.units, 0);

describe('what Shopify shows beside what it should', () => {
  it('gives every unit of the difference a cause, none against its direction', () => {
    fc.assert(fc.property(fc.record({ shown: fc.integer({ min: -5, max: 40 }), wanted: few, push: fc.constantFrom('in step', 'queued', 'sent', 'held', 'quarantined', 'not written'), reason: fc.constant(null), pushed: fc.option(few), ghosts: few, edits: signed, ordersPending: signed, counted: signed, unmatched: fc.option(fc.record({ units: few, code: fc.constant('X') })) }), (input) => {
      const found = explainWarehouse(input);
      expect(sum(found.causes)).toBe(found.difference);
      for (const cause of found.causes) expect(Math.sign(cause.units)).toBe(Math.sign(found.difference));
      if (['queued', 'sent', 'held', 'quarantined'].includes(input.push)) expect(found.causes.every((cause) => cause.cause !== 'unknown')).toBe(true);
    }), { numRuns: 3_000 });
  });
});

describe('Shopify’s on hand beside the shelf', () => {
  it('sums to the difference, and where both sides know the same there is nothing but arithmetic', () => {
    fc.assert(fc.property(few, few, few, few, few, few, few, few, few, signed, signed, fc.boolean(), (onHand, unsellable, open, openInBundles, dispatched, ahead, elsewhere, buffer, other, late, unheard, held) => {
      const terms = { onHand, unsellable, open, openInBundles, dispatched: Math.min(dispatched, open), ahead, elsewhere, buffer };
      const allowed = availableToSell(terms, onHand - unsellable - (open + openInBundles - terms.dispatched) - ahead - elsewhere - buffer, false), free = held ? holdBack(allowed) : allowed;
      const shown = free.available + late, committed = Math.max(0, open + unheard);
      const found = explainShelf({ shopify: shown + committed + other, warehouse: onHand, terms: { ...terms, sharing: free.sharing, ...(held ? { heldBack: free.heldBack! } : {}) }, wanted: free.available, shown, committed, other });
      expect(sum([...found.arithmetic, ...found.causes])).toBe(found.difference);
      expect(found.causes.filter((cause) => cause.cause === 'unknown')).toEqual([]);
      if (late === 0 && committed === open && terms.dispatched === 0 && ahead === 0) expect(found.causes).toEqual([]);
    }), { numRuns: 3_000 });
  });
});
