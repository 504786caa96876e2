import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writersOf, writersWords, type WrittenChange } from './other-writers.ts';

const change = (over: Partial<WrittenChange> = {}): WrittenChange => ({ at: '2026-11-20T10:00:00.000Z', state: 'available', reason: 'correction', app: 'Till', staff: null, document: null, documentType: null, ...over });
const changes = fc.array(fc.record({
  at: fc.integer({ min: 0, max: 59 }).map((s) => `2026-11-20T10:00:${String(s).padStart(2, '0')}.000Z`), state: fc.constantFrom('available', 'on_hand', 'committed'), reason: fc.constantFrom('correction', 'purchase', 'restock'),
  app: fc.option(fc.constantFrom('Till', 'Stocker', 'Instep')), staff: fc.option(fc.constantFrom('Ann', 'Bo')), document: fc.option(fc.constantFrom('gid://instep/StockPush/1-7', 'gid://shopify/Order/1', 'gid://stocker/Count/3')), documentType: fc.option(fc.constantFrom('Order', 'Refund')),
}));

describe('who else writes a level', () => {
  it('are people and apps by name: not Instep, not sales, not Shopify itself, not other states', () => {
    expect(writersOf([
      change(), change({ at: '2026-11-20T11:00:00.000Z' }), change({ app: 'Point of Sale', staff: 'Ann' }), change({ app: null, staff: 'Bo', at: '2026-11-20T12:00:00.000Z' }),
      change({ app: null }), change({ document: 'gid://instep/StockPush/1-7', app: 'Our app' }), change({ app: 'Online Store', reason: 'purchase', document: 'gid://shopify/Order/1', documentType: 'Order' }), change({ state: 'on_hand', app: 'Counter' }),
    ])).toEqual([{ by: 'Till', times: 2, lastAt: '2026-11-20T11:00:00.000Z' }, { by: 'Bo', times: 1, lastAt: '2026-11-20T12:00:00.000Z' }, { by: 'Ann (Point of Sale)', times: 1, lastAt: '2026-11-20T10:00:00.000Z' }]);
  });

  it('does not depend on the order of the changes, and counts none that is ours', () => {
    fc.assert(fc.property(changes, fc.func(fc.integer()), (all, shuffle) => {
      const writers = writersOf(all), shuffled = [...all].sort((a, b) => shuffle(a) - shuffle(b));
      expect(writersOf(shuffled)).toEqual(writers);
      expect(writers.reduce((sum, writer) => sum + writer.times, 0)).toBeLessThanOrEqual(all.filter((one) => !one.document?.startsWith('gid://instep/')).length);
      expect(writersOf(all.map((one) => ({ ...one, document: 'gid://instep/StockPush/1-7' })))).toEqual([]);
    }));
  });

  it('are said in a few words', () => {
    expect(['Till', 'Ann', 'Bo', 'Cy'].map((_, n, all) => writersWords(all.slice(0, n + 1).map((by) => ({ by }))))).toEqual(['Till', 'Till and Ann', 'Till, Ann and Bo', 'Till, Ann and 2 others']);
  });
});
