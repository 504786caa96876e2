import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StorefrontVariant } from '../catalogue/storefront.ts';
import { audit, lossOf, MOST_GAPS } from './audit.ts';
import { CHECKS } from './every-check.ts';
import type { AuditFacts } from './facts.ts';
import { escape, htmlReport } from './report.ts';

const AT = '2026-11-24T12:00:00.000Z', LONG_AGO = '2020-01-01T00:00:00.000Z';
let next = 100;
const variant = (over: Partial<StorefrontVariant> = {}): StorefrontVariant => {
  const id = String(next++);
  return { variantId: id, productId: '1', inventoryItemId: `9${id}`, sku: `S-${id}`, barcode: null, title: `Thing ${id}`, price: 2000, vendor: null, productType: null, tags: [], tagsAt: AT, productStatus: 'ACTIVE', continuesSelling: false, isBundle: false, components: [], tracked: true, unitCost: 800, updatedAt: AT, ...over };
};
const level = (of: StorefrontVariant, onHand: number, over: object = {}) => ({ inventoryItemId: of.inventoryItemId, locationId: '1', onHand, available: onHand, changedAt: AT, ...over });
const facts = (over: Partial<AuditFacts> = {}): AuditFacts => ({
  at: AT, shop: { domain: 'x.myshopify.com', name: 'X', currency: 'EUR', timeZone: 'UTC', createdAt: LONG_AGO }, scopes: ['read_products', 'read_all_orders'], wanted: [{ scope: 'read_products', why: 'the catalogue is read' }], versionFault: null,
  locations: [{ id: '1', name: 'Mill', isActive: true }, { id: '2', name: 'Attic', isActive: false }], variants: [], levels: [], orders: { read: 10, from: '2022-01-01', open: [], restocks: [], refundsRead: 0, sold: new Map() }, own: null, unread: {}, ...over,
});
const sold = (...all: StorefrontVariant[]) => new Map(all.map((v) => [v.variantId, { units: 40, days: 30, first: '2025-01-01', last: '2026-11-20' }]));
const of = (id: string, given: AuditFacts) => audit(given).checks.find((check) => check.id === id)!;

describe('each check finds its gap, with units and money, and nothing in a good shop', () => {
  it('a good shop scores 100', () => {
    const all = [variant(), variant(), variant()];
    const report = audit(facts({ variants: all, levels: all.map((v) => level(v, 5)), orders: { read: 9, from: '2022-01-01', open: [], restocks: [], refundsRead: 2, sold: sold(...all) } }));
    expect([report.score, report.gaps, report.money]).toEqual([100, 0, null]);
    expect(report.checks.filter((check) => check.skipped !== null).map((check) => check.id).sort()).toEqual(['code-unmatched', 'location-unmapped', 'sku-renamed', 'webhooks']);
  });
  it('SKUs', () => {
    const [a, b, c, d] = [variant({ sku: 'DUP' }), variant({ sku: 'DUP ', unitCost: null }), variant({ sku: '  ' }), variant({ sku: 'DUP', productStatus: 'DRAFT' })];
    const given = facts({ variants: [a, b, c, d], levels: [level(a, 3), level(b, 2), level(c, 7), level(d, 9)] });
    expect(of('sku-duplicate', given)).toMatchObject({ found: 1, units: 5, money: 3 * 800 + 2 * 2000 });
    expect(of('sku-blank', given)).toMatchObject({ found: 1, checked: 3, units: 7, money: 5600 });
  });
  it('stock', () => {
    const [loose, over, under, off] = [variant({ tracked: false }), variant({ continuesSelling: true }), variant(), variant()];
    const given = facts({ variants: [loose, over, under, off], levels: [level(over, -2), level(under, -4), level(off, 6, { locationId: '2' }), { ...level(variant(), 3) }, level(loose, -9)], orders: { ...facts().orders, sold: sold(loose) } });
    expect(of('untracked', given)).toMatchObject({ found: 1, units: 40 });
    expect(of('oversellable', given)).toMatchObject({ found: 1, units: 2, money: 4000 });
    expect(of('negative-stock', given)).toMatchObject({ found: 2, units: 6, money: 12_000 });
    // As the inbox says of the same levels: what the shop sells on with is tidied up, the rest hurts today.
    expect(of('negative-stock', given).gaps.map((gap) => [gap.units, gap.severity ?? 2])).toEqual([[4, 2], [2, 4]]);
    expect(of('location-inactive', given)).toMatchObject({ found: 1, units: 6, money: 4800 });
    expect(of('level-without-item', given)).toMatchObject({ found: 1, units: 3, money: null });
    expect(of('levels-stale', facts({ variants: [under], levels: [level(under, 5, { changedAt: '2026-05-20T00:00:00.000Z' }), level(under, 5, { changedAt: '2026-06-20T00:00:00.000Z' })] }))).toMatchObject({ found: 1, units: 5 });
  });
  it('bundles, orders, refunds', () => {
    const part = variant(), empty = variant({ isBundle: true }), good = variant({ isBundle: true, components: [{ variantId: part.variantId, quantity: 2 }] }), lost = variant({ isBundle: true, components: [{ variantId: '5', quantity: 2 }] });
    expect(of('bundle-parts', facts({ variants: [part, empty, good, lost] })).gaps.map((gap) => gap.variantId).sort()).toEqual([empty.variantId, lost.variantId].sort());
    const line = (orderId: string, processedAt: string) => ({ orderId, orderName: `#${orderId}`, processedAt, variantId: null, title: 'T', units: 2, price: 500, held: false });
    expect(of('orders-late', facts({ orders: { ...facts().orders, open: [line('1', '2026-11-20T00:00:00.000Z'), line('1', '2026-11-20T00:00:00.000Z'), line('2', '2026-11-23T00:00:00.000Z')] } }))).toMatchObject({ checked: 2, found: 1, units: 4, money: 2000 });
    const restock = (orderId: string, hasReturn: boolean) => ({ orderId, orderName: `#${orderId}`, at: AT, variantId: null, title: 'T', units: 1, price: 500, locationId: '1', hasReturn });
    expect(of('restock-without-return', facts({ orders: { ...facts().orders, refundsRead: 4, restocks: [restock('1', true), restock('2', false)] } }))).toMatchObject({ checked: 4, found: 1, units: 1, money: 500 });
  });
  it('connection, history, forecastability', () => {
    expect(of('scopes', facts({ scopes: ['write_inventory'], wanted: [{ scope: 'read_inventory', why: 'levels' }, { scope: 'read_returns', why: 'returns are read' }] }))).toMatchObject({ found: 1, checked: 2 });
    expect(of('api-deprecated', facts({ versionFault: 'old' }))).toMatchObject({ found: 1 });
    expect(of('history-coverage', facts({ scopes: [] })).gaps[0]!.sentence).toContain('sixty days');
    expect(of('history-coverage', facts({ orders: { ...facts().orders, from: '2026-06-01' } }))).toMatchObject({ found: 1 });
    expect(of('history-coverage', facts({ orders: { ...facts().orders, from: '2026-06-05' }, shop: { ...facts().shop, createdAt: '2026-06-01T00:00:00.000Z' } }))).toMatchObject({ found: 0 });
    const [never, young, rare] = [variant(), variant(), variant()];
    expect(of('forecastability', facts({ variants: [never, young, rare], orders: { ...facts().orders, sold: new Map([[young.variantId, { units: 9, days: 9, first: '2026-11-01', last: '2026-11-20' }], [rare.variantId, { units: 3, days: 3, first: '2025-11-01', last: '2026-11-20' }]]) } }))).toMatchObject({ found: 3, checked: 3 });
  });
  it('what only the database knows', () => {
    const one = variant(), own = { renames: [{ variantId: one.variantId, title: 'T', from: 'A', to: 'B', at: AT }], skus: 4, webhooks: { heardAt: null, lastChangeAt: AT, deadLetters: 2, faults: [] }, locations: [{ locationId: '1', known: false, served: null }], codes: { counted: 3, unmatched: [{ warehouse: 'Leeds', code: 'Q', units: 8 }] }, levels: { counted: 5, stale: [] } };
    const report = audit(facts({ variants: [one], levels: [level(one, 2)], own }));
    expect(Object.fromEntries(report.checks.filter((check) => ['sku-renamed', 'webhooks', 'location-unmapped', 'code-unmatched'].includes(check.id)).map((check) => [check.id, check.found]))).toEqual({ 'sku-renamed': 1, webhooks: 2, 'location-unmapped': 1, 'code-unmatched': 1 });
  });
});

describe('the score', () => {
  it('a check whose part could not be read says why, and does not count', () => {
    const report = audit(facts({ unread: { levels: 'ACCESS_DENIED' } }));
    expect(report.checks.find((check) => check.id === 'negative-stock')).toMatchObject({ skipped: 'levels could not be read: ACCESS_DENIED', lost: 0 });
  });
  it('never rises with a further gap, and is 100 only without any', () => {
    fc.assert(fc.property(fc.nat(30), fc.integer({ min: 1, max: 30 }), (bad, good) => {
      const of = (n: number): number => { const all = Array.from({ length: n }, () => variant({ sku: null })).concat(Array.from({ length: good + 30 - n }, () => variant())); return audit(facts({ variants: all, orders: { ...facts().orders, sold: sold(...all) } })).score; };
      expect(of(bad + 1)).toBeLessThanOrEqual(of(bad));
      expect(of(bad) === 100).toBe(bad === 0);
    }), { numRuns: 30 });
    expect(lossOf({ found: 1, checked: 10_000 })).toBeCloseTo(0.01);
  });
  it('keeps at most so many gaps of a check, and sums over all', () => {
    const all = Array.from({ length: MOST_GAPS + 5 }, () => variant({ sku: null }));
    expect(of('sku-blank', facts({ variants: all, levels: all.map((v) => level(v, 1)) }))).toMatchObject({ found: MOST_GAPS + 5, units: MOST_GAPS + 5, gaps: { length: MOST_GAPS } });
  });
});

describe('the report', () => {
  it('escapes whatever a shop calls its things', () => {
    fc.assert(fc.property(fc.string(), (name) => { expect(escape(name)).not.toMatch(/[<>"']/); }));
    const evil = variant({ sku: null, title: '<script>alert(1)</script>"\'&' }), html = htmlReport(audit(facts({ variants: [evil], shop: { ...facts().shop, name: '<img src=x onerror=alert(1)>', domain: 'evil"onclick="x' } })));
    expect(html).not.toMatch(/<script|<img|onclick="x/);
    expect(html).toContain('&lt;script&gt;');
  });
  it('asks for nothing from elsewhere', () => {
    const html = htmlReport(audit(facts({ variants: [variant({ sku: null })] })));
    expect(html).not.toMatch(/<(script|link|img|iframe|object|form)\b|url\(|@import/);
    expect(html).toContain('Fix.');
  });
  it('has a check under each id once', () => { expect(new Set(CHECKS.map((check) => check.id)).size).toBe(CHECKS.length); });
});
