import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableToSell, freeUnits, holdBack, type ShelfTerms } from './available-to-sell.ts';
import { buffer, poissonQuantile } from './buffer.ts';
import { decideBundle, decideLevel, wayToWrite, type LevelFacts } from './decide.ts';
import { shareOf, type Sharing } from './sharing.ts';

const units = fc.nat(500);
const terms: fc.Arbitrary<ShelfTerms> = fc.record({ onHand: fc.integer({ min: -5, max: 500 }), unsellable: units, open: units, openInBundles: units, dispatched: units, ahead: units, elsewhere: units, buffer: units });
const facts: LevelFacts = { tracked: true, isNativeBundle: false, opened: true, activeLevel: true, activeLocation: true, continuesSelling: false };
const rules = { mode: 'live' as const, firstPushCap: 50, pushedBefore: true, released: false };

describe('available to sell', () => {
  it('is W − U − (O − D) − B, never below zero, and its sentence says the same sum', () => {
    fc.assert(fc.property(terms, (t) => {
      const made = availableToSell(t, freeUnits(t), false);
      expect(made.available).toBe(Math.max(0, t.onHand - t.unsellable - (t.open + t.openInBundles - t.dispatched) - t.ahead - t.elsewhere - t.buffer));
      const spoken = made.sentence.replace(/^-?\d+ = /, '').replace(/, which is.*$/, '').replaceAll('−', '-');
      const sum = [...spoken.matchAll(/(^|[+-]) ?(-?\d+)/g)].reduce((total, [, sign, n]) => total + (sign === '-' ? -Number(n) : Number(n)), 0);
      expect(Math.max(0, sum)).toBe(made.available);
    }));
  });
  it('may go below zero only for a variant that continues selling', () => {
    const short = { onHand: 2, unsellable: 0, open: 5, openInBundles: 0, dispatched: 0, ahead: 0, elsewhere: 0, buffer: 0 };
    expect(availableToSell(short, freeUnits(short), true).available).toBe(-3);
    expect(availableToSell(short, freeUnits(short), false).available).toBe(0);
  });
});

describe('held back from sale', () => {
  it('shows nothing, says so in a sum that holds, and takes nothing from what orders want', () => {
    fc.assert(fc.property(terms, fc.boolean(), (t, continues) => {
      const free = availableToSell(t, freeUnits(t), continues), held = holdBack(free);
      expect(held.available).toBe(Math.min(0, free.available));
      expect(held.heldBack! + held.available).toBe(free.available);
      const spoken = held.sentence.replace(/^-?\d+ = /, '').replace(/, which is.*$/, '').replaceAll('−', '-');
      const sum = [...spoken.matchAll(/(^|[+-]) ?(-?\d+)/g)].reduce((total, [, sign, n]) => total + (sign === '-' ? -Number(n) : Number(n)), 0);
      expect(continues ? sum : Math.max(0, sum)).toBe(held.available);
    }));
  });
  it('takes a bundle along that it is a part of', () => {
    const parts = [{ sku: 'CUP', perUnit: 1, available: 9, heldBack: true }, { sku: 'LID', perUnit: 1, available: 4 }];
    expect(decideBundle({ facts, parts, way: 'set', assumed: 4, rules, heldBack: null })).toMatchObject({ do: 'write', from: 4, to: 0, arithmetic: { sentence: '0 bundles, as many as the scarcest part allows (CUP is held back from sale)' } });
    expect(decideBundle({ facts, parts: parts.slice(1), way: 'set', assumed: 0, rules, heldBack: 'held back' })).toMatchObject({ do: 'leave', state: 'in step', wanted: 0, reason: 'held back', arithmetic: { heldBack: 4 } });
  });
});

describe('buffer', () => {
  it('covers its quantile of Poisson demand: enough, and one unit fewer would not be', () => {
    fc.assert(fc.property(fc.double({ min: 0.001, max: 60, noNaN: true }), fc.constantFrom(0.9, 0.99, 0.9999), (mean, level) => {
      const at = (n: number): number => { let p = Math.exp(-mean), sum = p; for (let k = 1; k <= n; k++) { p *= mean / k; sum += p; } return n < 0 ? 0 : sum; };
      const n = poissonQuantile(mean, level);
      expect(at(n)).toBeGreaterThanOrEqual(level - 1e-9);
      expect(at(n - 1)).toBeLessThan(level + 1e-9);
    }));
  });
  it('grows with rate, lag and quantile, is zero for slow items, and stays below its caps', () => {
    const base = { forecastPerDay: 40, soldLastHour: 0, lagSeconds: 30, quantile: 0.99, capUnits: null, capShare: 1, sellable: 1_000 };
    fc.assert(fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 600 }), (sold, lag) => {
      const here = buffer({ ...base, soldLastHour: sold, lagSeconds: lag }).units;
      expect(buffer({ ...base, soldLastHour: sold + 100, lagSeconds: lag }).units).toBeGreaterThanOrEqual(here);
      expect(buffer({ ...base, soldLastHour: sold, lagSeconds: lag + 60 }).units).toBeGreaterThanOrEqual(here);
      expect(buffer({ ...base, soldLastHour: sold, lagSeconds: lag, quantile: 0.9999 }).units).toBeGreaterThanOrEqual(here);
      expect(buffer({ ...base, soldLastHour: sold, lagSeconds: lag, capUnits: 3 }).units).toBeLessThanOrEqual(3);
      expect(buffer({ ...base, soldLastHour: sold, lagSeconds: lag, capShare: 0.1, sellable: 50 }).units).toBeLessThanOrEqual(5);
    }));
    expect(buffer({ ...base, forecastPerDay: 0.5 }).units).toBe(0);
  });
});

describe('sharing one shelf', () => {
  const stores = [1, 2, 3];
  const split: fc.Arbitrary<Sharing> = fc.array(fc.nat(33), { minLength: 3, maxLength: 3 }).map((percents) => ({ mode: 'split', shares: stores.map((storeId, n) => ({ storeId, percent: percents[n]! })) }));
  it('never promises more by a split than is free', () => {
    fc.assert(fc.property(split, fc.nat(300), fc.array(fc.nat(80), { minLength: 3, maxLength: 3 }), (sharing, sellable, open) => {
      const openByStore = new Map(stores.map((id, n) => [id, open[n]!])), free = sellable - open.reduce((a, b) => a + b, 0);
      const given = stores.map((id) => shareOf(id, sharing, { sellable, free, openByStore }));
      expect(given.filter((n) => n > 0).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(Math.max(0, free));
    }));
  });
  it('lets every store of a pool sell all of it, and keeps the reserve of those above by priority', () => {
    const input = { sellable: 100, free: 30, openByStore: new Map() };
    expect(stores.map((id) => shareOf(id, null, input))).toEqual([30, 30, 30]);
    const priority: Sharing = { mode: 'priority', shares: [{ storeId: 2, reserve: 20 }, { storeId: 1, reserve: 5 }] };
    expect([2, 1, 3].map((id) => shareOf(id, priority, input))).toEqual([30, 10, 0]);
  });
});

describe('deciding about a level', () => {
  const t: ShelfTerms = { onHand: 40, unsellable: 0, open: 3, openInBundles: 0, dispatched: 0, ahead: 0, elsewhere: 0, buffer: 0 };
  const given = { facts, countedAt: '2026-01-01', terms: t, share: freeUnits(t), bufferSentence: '', way: 'set' as const, unheard: 0, rules, heldBack: null };
  it('writes only what differs, from what Shopify is believed to show', () => {
    expect(decideLevel({ ...given, assumed: 37 })).toMatchObject({ do: 'leave', state: 'in step', wanted: 37 });
    expect(decideLevel({ ...given, assumed: 40 })).toMatchObject({ do: 'write', from: 40, to: 37 });
  });
  it('counts orders Shopify has and we have not heard of', () => {
    expect(decideLevel({ ...given, assumed: 38, unheard: 2 })).toMatchObject({ do: 'write', from: 38, to: 35 });
  });
  it('writes nothing in shadow, holds a large first push, and says why a level is never written', () => {
    expect(decideLevel({ ...given, assumed: 40, rules: { ...rules, mode: 'shadow' } })).toMatchObject({ do: 'leave', state: 'shadow', reason: 'would change 40 to 37' });
    expect(decideLevel({ ...given, assumed: 400, rules: { ...rules, pushedBefore: false } })).toMatchObject({ do: 'leave', state: 'held' });
    expect(decideLevel({ ...given, assumed: 400, rules: { ...rules, pushedBefore: false, released: true } })).toMatchObject({ do: 'write' });
    for (const wrong of [{ tracked: false }, { isNativeBundle: true }, { opened: false }, { activeLevel: false }, { activeLocation: false }]) {
      const made = decideLevel({ ...given, assumed: 0, facts: { ...facts, ...wrong } });
      expect(made).toMatchObject({ do: 'leave', state: 'not written' });
      expect((made as { reason: string }).reason.length).toBeGreaterThan(10);
    }
    expect(decideLevel({ ...given, assumed: 0, countedAt: null })).toMatchObject({ do: 'leave', state: 'not written' });
  });
  it('makes as many bundles as the scarcest part allows', () => {
    const parts = [{ sku: 'A', perUnit: 1, available: 9 }, { sku: 'B', perUnit: 3, available: 10 }];
    expect(decideBundle({ facts, parts, way: 'set', assumed: 0, rules, heldBack: null })).toMatchObject({ do: 'write', to: 3 });
    expect(decideBundle({ facts, parts: [], way: 'set', assumed: 0, rules, heldBack: null })).toMatchObject({ do: 'leave', state: 'not written' });
  });
});

/**
 * A level under fire: whatever happens is first in Shopify and known here some time later, in any order. `read` is when Shopify was read; what is heard between
 * the read and the look is known to the look; what happens after the read is not in the read.
 */
describe('writing by difference', () => {
  const happening = fc.record({
    what: fc.constantFrom('sold', 'cancelled', 'moved here', 'fulfilled', 'edited', 'restocked' as const), units: fc.integer({ min: 1, max: 4 }), down: fc.boolean(),
    /** Heard before the look, or not; happened before the read, between read and look, or between look and write. */
    heard: fc.boolean(), when: fc.constantFrom('before the read', 'before the look', 'before the write' as const),
  });
  type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;
  /** What each thing does to Shopify's numbers, to the ledger's, and to what the level should show once it is heard. */
  const does = (h: Happening): { available: number; committed: number; target: number } => {
    const u = h.units;
    if (h.what === 'sold') return { available: -u, committed: u, target: -u };
    if (h.what === 'cancelled') return { available: u, committed: -u, target: u };
    if (h.what === 'moved here') return { available: -u, committed: u, target: -u };
    if (h.what === 'fulfilled') return { available: 0, committed: -u, target: 0 };
    return { available: h.what === 'edited' && h.down ? -u : u, committed: 0, target: 0 }; // the warehouse knows nothing of an edit or a restock
  };
  const isOrder = (h: Happening): boolean => h.what !== 'edited' && h.what !== 'restocked';
  function play(happenings: readonly Happening[], shelf: number): { way: string; after: number; right: number; ledger: number; shownAtEnd: number; edits: number } {
    const start = { available: 100, committed: 50 }, sum = (of: readonly Happening[], pick: 'available' | 'committed' | 'target'): number => of.reduce((total, h) => total + does(h)[pick], 0);
    const inRead = happenings.filter((h) => h.when === 'before the read'), known = happenings.filter((h) => h.heard && h.when !== 'before the write');
    const ledger = { available: start.available + sum(known, 'available'), committed: start.committed + sum(known, 'committed') };
    const shown = { available: start.available + sum(inRead, 'available'), committed: start.committed + sum(inRead, 'committed') };
    const target = shelf + sum(known, 'target'), { way, unheard } = wayToWrite(ledger, shown, 2, 1_000);
    const terms: ShelfTerms = { onHand: target, unsellable: 0, open: 0, openInBundles: 0, dispatched: 0, ahead: 0, elsewhere: 0, buffer: 0 };
    const decision = decideLevel({ facts, countedAt: '2026-01-01', terms, share: target, bufferSentence: '', way, assumed: shown.available, unheard, rules, heldBack: null });
    const difference = decision.do === 'write' ? decision.to - decision.from : 0;
    return { way, after: start.available + sum(happenings, 'available') + difference, right: shelf + sum(happenings, 'target'), ledger: ledger.available + difference + sum(happenings.filter((h) => !known.includes(h)), 'available'),
      shownAtEnd: start.available + sum(happenings, 'available') + difference, edits: sum(happenings.filter((h) => !isOrder(h) && !known.includes(h)), 'available') };
  }
  it('ends at the right number whatever orders were heard of, before, during or after', () => {
    fc.assert(fc.property(fc.array(happening, { maxLength: 12 }), fc.integer({ min: 120, max: 400 }), (all, shelf) => {
      const orders = all.filter((h) => isOrder(h)), played = play(orders, shelf);
      if (played.way !== 'difference') return; // parcels the ledger and the read do not agree on: compared and set, as ever
      expect(played.after).toBe(played.right);
    }), { numRuns: 2_000 });
  });
  it('is off by no more than the edits nobody heard of, which stand until they are heard; the ledger knows every unit', () => {
    fc.assert(fc.property(fc.array(happening, { maxLength: 12 }), fc.integer({ min: 120, max: 400 }), (all, shelf) => {
      const played = play(all, shelf);
      if (played.way !== 'difference') return;
      expect(played.after - played.right).toBe(played.edits);
      expect(played.ledger).toBe(played.shownAtEnd);
    }), { numRuns: 2_000 });
  });
  it('is for levels that only orders moved, and only after two sets were refused', () => {
    const ledger = { available: 10, committed: 5 };
    expect(wayToWrite(ledger, { available: 6, committed: 9 }, 1, 15)).toEqual({ way: 'set', unheard: 4 });
    expect(wayToWrite(ledger, { available: 6, committed: 9 }, 2, 15)).toEqual({ way: 'difference', unheard: 4 });
    expect(wayToWrite(ledger, { available: 6, committed: 7 }, 2, 15)).toEqual({ way: 'set', unheard: 2 }); // parcels not heard of, or an edit: nobody can tell
    expect(wayToWrite(ledger, { available: 31, committed: 5 }, 2, 15)).toEqual({ way: 'set', unheard: 0 }); // somebody added 21
    expect(wayToWrite({ available: 31, committed: 5 }, { available: 31, committed: 5 }, 2, 35)).toEqual({ way: 'set', unheard: 0 }); // somebody added one, and we have heard of it
    expect(wayToWrite(ledger, { available: 10, committed: 5 }, 5, null)).toEqual({ way: 'set', unheard: 0 });
    expect(wayToWrite(ledger, null, 5, 15)).toEqual({ way: 'set', unheard: 0 });
  });
  it('never goes below zero by what is known', () => {
    const terms = { ...emptyTerms, onHand: 2, open: 6 };
    expect(decideLevel({ facts, countedAt: '2026-01-01', terms, share: freeUnits(terms), bufferSentence: '', way: 'difference', assumed: 7, unheard: 3, rules, heldBack: null })).toMatchObject({ do: 'write', way: 'difference', from: 7, to: 0 });
  });
});
const emptyTerms: ShelfTerms = { onHand: 0, unsellable: 0, open: 0, openInBundles: 0, dispatched: 0, ahead: 0, elsewhere: 0, buffer: 0 };
