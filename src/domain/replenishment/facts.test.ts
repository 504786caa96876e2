import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromKept, keptAs, paperOf } from './facts.ts';
import { fallbackForecast, fallbackWords } from './fallback.ts';
import { layerWords, policyOfLine } from './layers.ts';
import { planLine, stockOf, supplierLine, type PlanLineInput } from './plan-line.ts';
import { BUILT_IN, POLICY_LAYERS } from './policy.ts';
import { adjusted, type Recommendation } from './recommend.ts';
import { explain } from './sentence.ts';
import { nextQuantity, worthOf } from './supplier-line.ts';

const input = (over: Partial<PlanLineInput> = {}): PlanLineInput => ({
  today: '2026-03-02', forecast: fallbackForecast(56, 60), policy: { ...BUILT_IN, moq: 0 }, stock: { onHand: 3, incoming: 0, committed: 0, backorders: 0 }, leadTimes: null, price: 1_000, storeCurrency: 'EUR',
  buying: { supplierId: 1, unitCost: 400, currency: 'EUR', priceBreaks: [], volumeCm3: 0, weightG: 0 }, ...over,
});

it('what is kept of a recommendation says the same in the same words', () => fc.assert(fc.property(
  fc.nat(200), fc.integer({ min: -20, max: 200 }), fc.nat(30), fc.option(fc.nat(60)), fc.constantFrom('cycle service', 's,Q', 'planner parity', 'fill rate', 'cost ratio'), (sold, onHand, add, maxStock, kind) => {
    const made = planLine(input({ forecast: fallbackForecast(sold, 60), stock: { onHand, incoming: 1, committed: 2, backorders: 0 }, policy: { ...BUILT_IN, kind, maxStock } })) as Recommendation, more = adjusted(made, 'supplier minimum', add);
    const { layers } = policyOfLine(new Map([['item:1@2', { moq: 1 }], ['class:B', { kind }]]), { itemId: 1, locationId: 2, vendor: 'Mill', category: null, abc: 'B' }), back = fromKept(keptAs({ made: more, layers }));
    expect(explain(back.made)).toBe(explain(more));
    expect(back.layers).toEqual(layers);
    expect(paperOf(keptAs({ made: more, layers }))).toMatchObject({ quantity: more.quantity, sentence: explain(more) });
    expect({ ...back.made, coverDays: 0 }).toEqual({ ...more, coverDays: 0 });
    expect(keptAs(back)).toBe(keptAs({ made: more, layers }));
    expect(keptAs({ made: more, layers }).length).toBeLessThan(520);
  }), { examples: [[80, 2, 0, null, 'cycle service']] }));

it('says who said a value, for every layer', () => {
  for (const layer of POLICY_LAYERS) expect(layerWords(layer, { vendor: 'Mill', supplier: 'Mill Ltd', abc: 'A' })).toMatch(/\w/);
  expect(layerWords('learned', { vendor: null, supplier: 'Mill Ltd', abc: null })).toBe('learned from receipts of Mill Ltd');
});

it('a line alone is worth most at the quantity its policy orders', () => fc.assert(fc.property(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 0, max: 80 }), fc.double({ min: 0.6, max: 0.98, noNaN: true }), (sold, onHand, serviceLevel) => {
  const given = input({ forecast: fallbackForecast(sold, 60), stock: { onHand, incoming: 0, committed: 0, backorders: 0 }, policy: { ...BUILT_IN, moq: 0, serviceLevel } }), made = planLine(given) as Recommendation;
  const line = supplierLine('a', 'here', made, given), worth = worthOf(line);
  let best = 0;
  for (let q: number | null = 0; q !== null; q = nextQuantity(line, q)) if (worth(q) > worth(best)) best = q;
  expect(Math.abs(best - made.quantity)).toBeLessThanOrEqual(2);
}), { numRuns: 60 }));

it('counts what is owed beyond the shelf as backorders, and never changes the position by it', () => fc.assert(fc.property(fc.integer({ min: -50, max: 50 }), fc.nat(40), fc.nat(10), (available, committed, incoming) => {
  const stock = stockOf({ available, committed, incoming });
  expect(stock.onHand + stock.incoming - stock.committed - stock.backorders).toBe(available + incoming);
  expect(stock.backorders).toBeGreaterThanOrEqual(0);
  expect(stock.committed).toBeGreaterThanOrEqual(0);
})));

it('a rule stands in for a forecast, and says so', () => {
  expect(fallbackForecast(0, 10).mean[0]).toBe(0);
  expect((planLine(input({ forecast: fallbackForecast(28, 30) })) as Recommendation).orderUpTo).toBeGreaterThan(21);
  expect(fallbackWords(28)).toContain('the 28 sold in the last 28 days go on');
  expect(planLine(input({ forecast: fallbackForecast(28, 20) }))).toBe('forecast too short for the policy');
  expect(planLine(input({ policy: { ...BUILT_IN, kind: 'min/max' } }))).toContain('needs a maximum');
  const beyond = planLine(input({ policy: { ...BUILT_IN, serviceLevel: 0.999 } })) as Recommendation;
  expect(explain(beyond)).toContain("99.9% lies beyond the forecast's last quantile: 99.5% is planned for.");
  expect(planLine(input({ forecast: { mean: new Float64Array(60), cumulative: [] } }))).toContain('no quantile');
});
