import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, drawPoisson, END, seriesOf, sum } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import type { ForecastResult } from './forecast.ts';
import { forecastPanel, forecastTogether, learnPool, type Grain, type PanelOptions, type PanelSeries, type Part } from './panel.ts';
import { RULES } from './work.ts';

const GRAINS = ['D', 'W', 'M'] as const;
const PARTS: Part[] = ['weekdays', 'events', 'year', 'promotions', 'stockouts', 'short history', 'stacking', 'trees', 'own sales', 'calibration'];
const EVENTS = [120, 60, -5].map((back) => ({ name: 'fair', from: END - back, to: END - back + 1 }));
const options = (grain: Grain, more: Partial<PanelOptions> = {}): PanelOptions => ({ grain, horizon: 10, quantiles: [0.9, 0.5, 0.1, 0.99], events: EVENTS, ...more });
const forecast = (panel: readonly PanelSeries[], asked: PanelOptions): ForecastResult[] => forecastPanel(panel, learnPool(panel, asked), asked);

/** Whatever is asked, this is true of every answer. */
function sound(result: ForecastResult, { horizon, quantiles }: PanelOptions): void {
  const finite = (values: readonly number[]): void => { expect(values).toHaveLength(horizon); for (const v of values) expect(Number.isFinite(v) && v >= 0).toBe(true); };
  finite(result.mean); finite(result.totals);
  result.totals.forEach((total, h) => { expect(total).toBeGreaterThanOrEqual(result.totals[h - 1] ?? 0); });
  for (const paths of [result.daily, result.cumulative]) {
    expect(paths.map(({ q }) => q)).toEqual([...quantiles].sort((a, b) => a - b));
    paths.forEach(({ values }, k) => { finite(values); values.forEach((v, h) => { expect(v).toBeGreaterThanOrEqual(paths[k - 1]?.values[h] ?? 0); }); });
  }
  for (const { values } of result.cumulative) values.forEach((v, h) => { expect(v).toBeGreaterThanOrEqual(values[h - 1] ?? 0); });
  expect(JSON.stringify(result)).toBe(JSON.stringify(result, (_, v: unknown) => (typeof v === 'number' && !Number.isFinite(v) ? 'not a number' : v)));
  expect(result.shares.every(({ share }) => share > 0 && share <= 1)).toBe(true);
}

/** A shop of two locations with a pattern, a deal now and then, some stockouts; from new to `longest` periods old. */
function shop(grain: Grain, count: number, longest: number, seed = 1): PanelSeries[] {
  const dice = { state: seed };
  return Array.from({ length: count }, (_, i) => {
    const length = Math.max(1, Math.round(longest * (i % 5 === 0 ? roll(dice) : 1))), rate = 4 * drawGamma(dice, 0.7), deal = Float64Array.from({ length: length + 10 }, () => (roll(dice) < 0.1 ? 1 : 0));
    const demand = drawn(length, (t) => drawCount(dice, rate * (1 + 0.4 * Math.sin((2 * Math.PI * (t - length)) / 7)) * (1 + deal[t]!), 0.3));
    return seriesOf(demand, { id: `s${i}`, item: `i${i >> 1}`, location: `p${i % 2}`, category: `c${(i >> 1) % 3}`, drivers: { deal }, exposure: demand.map((_, t) => (t % 31 === 30 ? NaN : t % 37 === 36 ? 0.5 : 1)) }, grain);
  });
}
const LONG = { D: 230, W: 120, M: 40 } as const;

describe('a forecast', () => {
  it.each(GRAINS)('is sound for any demand and exposure (%s)', (grain) => {
    const demand = fc.oneof({ weight: 4, arbitrary: fc.nat(6) }, fc.constantFrom(0, NaN, -3, 0.4, 1e9)), exposure = fc.constantFrom(1, 1, 1, 0.5, 0, NaN);
    const one = fc.oneof(fc.array(fc.tuple(demand, exposure), { maxLength: 12 }), fc.array(fc.tuple(demand, exposure), { minLength: 60, maxLength: 130 }));
    fc.assert(fc.property(fc.array(one, { maxLength: 5 }), fc.constantFrom(1, 10), fc.boolean(), (all, horizon, priced) => {
      const panel = all.map((days, i) => seriesOf(days.map(([y]) => y), {
        id: `${i}`, item: `${i % 2}`, exposure: days.map(([, e]) => e), ...(priced ? { price: Float64Array.from({ length: days.length + horizon }, (_, t) => [9, 10, NaN][(t * (i + 1)) % 3]!) } : {}),
      }, grain)), asked = options(grain, { horizon }), results = forecast(panel, asked);
      expect(results).toHaveLength(panel.length);
      for (const result of results) sound(result, asked);
    }), { numRuns: 40 });
  });

  it.each(GRAINS)('is sound for each of a shop, and for every quantile level (%s)', (grain) => {
    const asked = options(grain, { quantiles: [0.0001, 0.02, 0.3, 0.5, 0.7, 0.9, 0.99, 0.995, 0.9999] });
    for (const result of forecast(shop(grain, 60, LONG[grain]), asked)) sound(result, asked);
  });

  const unusual: [string, PanelSeries][] = [
    ['zeros', seriesOf(new Array(150).fill(0))], ['nothing observed', seriesOf(new Array(150).fill(NaN))], ['no period', seriesOf([])], ['one period', seriesOf([3])], ['two periods', seriesOf([0, 3])],
    ['never in stock', seriesOf(new Array(150).fill(0), { exposure: new Array(150).fill(0) })], ['sold while never in stock', seriesOf(new Array(150).fill(2), { exposure: new Array(150).fill(0) })],
    ['always run out', seriesOf(new Array(150).fill(2), { exposure: new Array(150).fill(NaN) })], ['returns', seriesOf(new Array(150).fill(-2))], ['enormous', seriesOf(drawn(150, (t) => 1e9 + (t % 5) * 1e8))],
    ['one number a day, the last partly seen', seriesOf([...new Array(28).fill(4), 0, 1], { exposure: [...new Array(28).fill(1), 0, 0.25] })],
    ['one sale, yesterday', seriesOf(drawn(150, (t) => (t === 149 ? 40 : 0)))], ['longer than is kept', seriesOf(drawn(1300, (t) => 1 + (t % 3)))], ['a bulk order', seriesOf(drawn(150, (t) => (t === 75 ? 500 : 1)), { bulk: Float64Array.from({ length: 150 }, (_, t) => (t === 75 ? 499 : 0)) })],
  ];
  it.each(unusual)('is sound for a series of %s, alone and among others', (_, series) => {
    const asked = options('D');
    for (const result of [...forecast([series], asked), ...forecast([series, ...unusual.map(([, other]) => other)], asked), ...forecastPanel([series], learnPool([], asked), asked)]) sound(result, asked);
  });

  it('knows what it does not know', () => {
    const asked = options('D'), flags = (name: string): string[] => forecast([unusual.find(([known]) => known === name)![1]], asked)[0]!.flags;
    expect(flags('zeros')).toContain('no sales');
    expect(flags('never in stock')).toEqual(expect.arrayContaining(['never in stock', 'censored', 'no back-test']));
    expect(flags('two periods')).toEqual(expect.arrayContaining(['short history', 'no back-test']));
    expect(flags('a bulk order')).toContain('bulk orders');
    expect(flags('longer than is kept')).toEqual([]);
  });

  it.each(GRAINS)('of a constant is the constant, and of nothing nothing (%s)', (grain) => {
    const lengths = [1, 2, 40, 200];
    for (const constant of [1, 7, 1e9]) {
      for (const length of lengths) {
        const [result] = forecast([seriesOf(new Array(length).fill(constant), {}, grain)], options(grain));
        result!.mean.forEach((m) => { expect(m / constant).toBeCloseTo(1, 6); });
        result!.totals.forEach((total, h) => { expect(total / constant / (h + 1)).toBeCloseTo(1, 6); });
      }
    }
    const [none] = forecast([seriesOf(new Array(200).fill(0), {}, grain)], options(grain));
    expect(sum(none!.mean) + sum(none!.totals) + sum(none!.cumulative[3]!.values)).toBe(0);
  });

  it('of a panel of none is none', () => {
    for (const grain of GRAINS) { expect(forecast([], options(grain))).toEqual([]); expect(forecastTogether([], options(grain), [3])).toEqual([]); }
  });

  it.each(GRAINS)('is right on average, in totals as in means (%s)', (grain) => {
    const dice = { state: 9 }, rates = drawn(120, () => 5 * drawGamma(dice, 0.4)), asked = options(grain);
    const results = forecast(rates.map((rate) => seriesOf(drawn(LONG[grain], () => drawCount(dice, rate, 0.4)), {}, grain)), asked);
    for (const h of [0, 9]) expect(Math.abs(sum(results.map(({ totals }) => totals[h]!)) / (sum(rates) * (h + 1)) - 1)).toBeLessThan(0.035);
    expect(Math.abs(sum(results.map(({ mean }) => sum(mean))) / (sum(rates) * 10) - 1)).toBeLessThan(0.06);
    const near = results.filter(({ totals }, i) => Math.abs(totals[9]! / (10 * rates[i]!) - 1) < (grain === 'M' ? 0.5 : 0.35)).length;
    expect(near).toBeGreaterThan(105);
  });
});

describe('a panel', () => {
  it.each(GRAINS)('has the same forecast each time, in the order given, each with its own series (%s)', (grain) => {
    const panel = shop(grain, 40, LONG[grain]), asked = options(grain), first = forecast(panel, asked);
    expect(forecast(shop(grain, 40, LONG[grain]), asked)).toEqual(first);
    expect(forecastTogether(panel, asked, [1, 5]).map(({ id }) => id)).toEqual(panel.map(({ id }) => id));
    const reversed = forecast([...panel].reverse(), asked).reverse();
    reversed.forEach((result, i) => {
      result.totals.forEach((total, h) => { expect(total).toBeCloseTo(first[i]!.totals[h]!, 6); expect(result.mean[h]).toBeCloseTo(first[i]!.mean[h]!, 6); });
      result.cumulative.forEach(({ values }, k) => values.forEach((v, h) => { expect(v).toBeCloseTo(first[i]!.cumulative[k]!.values[h]!, 4); }));
    });
  });

  it.each(GRAINS)('may be forecast in batches with a pool from another thread (%s)', (grain) => {
    const panel = shop(grain, 40, LONG[grain]), asked = options(grain), pool = learnPool(panel, asked), whole = forecastPanel(panel, pool, asked), sent = structuredClone(pool);
    expect(sent).toEqual(pool);
    expect([...forecastPanel(panel.slice(0, 7), sent, asked), ...forecastPanel(panel.slice(7), sent, asked)]).toEqual(whole);
    const before = structuredClone(panel);
    forecastPanel(panel, pool, asked);
    expect(panel).toEqual(before);
    expect(pool).toEqual(sent);
  });

  it.each(GRAINS.flatMap((grain) => [[grain, []] as const, ...PARTS.map((part) => [grain, [part]] as const), [grain, PARTS] as const]))('learned and forecast in one go is the same (%s without %j)', (grain, without) => {
    const panel = shop(grain, 30, LONG[grain]), asked = options(grain, { without }), lengths = RULES[grain].totals.filter((length) => length <= 10), wide = options(grain, { without, horizon: 28 });
    const together = forecastTogether(panel, wide, RULES[grain].totals), apart = forecast(panel, wide);
    together.forEach((told, i) => {
      const { mean, daily, totals, cumulative } = apart[i]!;
      expect(Array.from(told.mean)).toEqual(mean);
      expect(Array.from(told.daily)).toEqual(daily.flatMap(({ values }) => values));
      expect(Array.from(told.totals)).toEqual(RULES[grain].totals.map((length) => totals[length - 1]));
      cumulative.forEach(({ values }, k) => RULES[grain].totals.forEach((length, at) => {
        // Of more lengths, each is at least the one before: never less, and not much more.
        const one = told.cumulative[k * RULES[grain].totals.length + at]!, among = values[length - 1]!;
        expect(among).toBeGreaterThanOrEqual(one);
        expect(among).toBeLessThanOrEqual(one * 1.1 + 2);
      }));
    });
    for (const result of forecast(panel, asked)) sound(result, asked);
    expect(lengths.length).toBeGreaterThan(0);
  });

  it('does without each of its parts, and with each says something else', () => {
    // Old enough for a year, and an event and a newcomer for the parts that need them.
    const dice = { state: 21 }, asked = options('D');
    const panel = [...shop('D', 40, 760, 5), ...Array.from({ length: 6 }, (_, i) => seriesOf(drawn(20, () => drawPoisson(dice, 3)), { id: `new${i}`, category: 'c1' }))];
    const whole = forecast(panel, asked);
    for (const part of PARTS) {
      if (part === 'trees') continue; // a few dozen series have none
      expect(JSON.stringify(forecast(panel, { ...asked, without: [part] })) === JSON.stringify(whole), part).toBe(false);
    }
    expect(forecast(panel, { ...asked, without: ['trees'] })).toEqual(whole);
  });

  it('large enough for trees is corrected by them', () => {
    const dice = { state: 22 }, asked = options('D', { horizon: 2 }), panel = drawn(320, (i) => i).map((i) => { const last = i % 2 ? 100 + roll(dice) * 260 : Infinity; return seriesOf(drawn(330, (t) => (t < last ? drawPoisson(dice, 3) : 0)), { id: `${i}` }); });
    const silent = (without: Part[]): number => sum(forecast(panel, { ...asked, without }).filter(({ flags }, i) => i % 2 && flags.length > 0 && sum(panel[i]!.series.demand.subarray(300)) === 0).map(({ totals }) => totals[1]!));
    expect(silent([])).toBeLessThan(0.8 * silent(['trees']));
  });

  it('leaves weekdays and events to days', () => {
    for (const grain of ['W', 'M'] as const) {
      const panel = shop(grain, 20, LONG[grain]), pool = learnPool(panel, options(grain));
      expect([pool.weekdays, pool.events]).toEqual([null, null]);
    }
  });

  it('may end on different days: the year stands where the calendar has it', () => {
    const rate = (t: number): number => 40 * (1 + 0.6 * Math.sin((2 * Math.PI * t) / 364)), cut = 91;
    const whole = seriesOf(Array.from({ length: 3 * 364 }, (_, t) => Math.round(rate(t))), { id: 'whole' }), short = seriesOf(Array.from({ length: 3 * 364 - cut }, (_, t) => Math.round(rate(t))), { id: 'short' });
    const alone = forecast([short], options('D'))[0]!, beside = forecast([whole, short, { ...whole, id: 'again' }], options('D'))[1]!;
    beside.mean.forEach((mean, h) => { expect(mean / alone.mean[h]!).toBeGreaterThan(0.9); expect(mean / alone.mean[h]!).toBeLessThan(1.1); });
  });

  it('is refused where it cannot be', () => {
    const one = seriesOf([1, 2, 3]), asked = options('D');
    for (const horizon of [0, 1.5, NaN]) expect(() => learnPool([one], options('D', { horizon }))).toThrow('not a horizon');
    for (const q of [0, 1, NaN]) expect(() => forecast([one], options('D', { quantiles: [q] }))).toThrow('between 0 and 1');
    expect(() => learnPool([{ ...one, series: { ...one.series, exposure: new Float64Array(2) } }], asked)).toThrow('2 exposures for 3 periods');
    expect(() => learnPool([seriesOf([1], { exposure: [2] })], asked)).toThrow('exposure is a share');
    expect(() => learnPool([seriesOf([1], { bulk: new Float64Array(2) })], asked)).toThrow('bulk');
    for (const length of [0, 11, 2.5]) expect(() => forecastTogether([one], asked, [length])).toThrow('not a length');
  });
});

describe('what is known', () => {
  it('a period not observed is not a period without demand', () => {
    const steady = drawn(200, (t) => (t % 4 === 1 ? NaN : 5)), [unknown, none] = [steady, steady.map((y) => (y === y ? y : 0))].map((demand) => forecast([seriesOf(demand)], options('D'))[0]!.totals[9]!);
    expect(unknown).toBeCloseTo(50, 6);
    expect(none).toBeLessThan(42);
  });

  it('of the future moves the future alone, from its day on', () => {
    const panel = shop('D', 30, 230, 3), asked = options('D'), pool = learnPool(panel, asked), deal = panel[4]!.drivers!['deal']!.slice(), n = panel[4]!.series.demand.length;
    deal.fill(0, n); const plain = [{ ...panel[4]!, drivers: { deal: deal.slice() } }];
    deal[n + 6] = 1; const planned = [{ ...panel[4]!, drivers: { deal } }];
    const [before] = forecastPanel(plain, pool, asked), [after] = forecastPanel(planned, pool, asked);
    expect(after!.mean.slice(0, 6)).toEqual(before!.mean.slice(0, 6));
    expect(after!.totals.slice(0, 6)).toEqual(before!.totals.slice(0, 6));
    expect(after!.mean[6]! / before!.mean[6]!).toBeGreaterThan(1.4);
    expect([after!.error, after!.shares, after!.shape, after!.flags]).toEqual([before!.error, before!.shares, before!.shape, before!.flags]);
    const [one, other] = [plain, planned].map(([changed]) => learnPool(panel.map((series, i) => (i === 4 ? changed! : series)), asked));
    expect({ ...other, totals: one!.totals }).toEqual(one);
  });

  it('of bulk orders is in the totals at their rate, not in the mean', () => {
    const demand = drawn(200, (t) => (t % 50 === 25 ? 105 : 5)), bulk = Float64Array.from(demand, (y) => Math.max(0, y - 5)), [result] = forecast([seriesOf(demand, { bulk })], options('D'));
    for (const m of result!.mean) expect(m).toBeCloseTo(5, 6);
    expect(result!.totals[9]).toBeCloseTo(10 * (5 + 400 / 200), 6);
  });

  it('of stock that ran out raises the forecast', () => {
    const dice = { state: 8 }, wanted = drawn(200, () => drawCount(dice, 6, 0.4)), sold = wanted.map((y) => Math.min(y, 7)), told = sold.map((y) => (y === 7 ? NaN : 1));
    const total = (exposure: number[], without: Part[] = []): number => forecast([seriesOf(sold, { exposure })], options('D', { without }))[0]!.totals[9]!;
    expect(total(told)).toBeGreaterThan(1.1 * total(new Array(200).fill(1)));
    expect(Math.abs(total(told) / 60 - 1)).toBeLessThan(0.2);
    expect(total(told, ['stockouts'])).toBeCloseTo(total(new Array(200).fill(1)), 9);
  });

  it('of a category is expected of what is new in it', () => {
    const dice = { state: 12 }, known = drawn(60, (i) => i).map((i) => seriesOf(drawn(60, () => drawPoisson(dice, i % 2 ? 9 : 1)), { id: `${i}`, category: i % 2 ? 'bread' : 'cake' }));
    const [bread, cake] = forecast([seriesOf([], { category: 'bread' }), seriesOf([], { category: 'cake' }), ...known], options('D'));
    expect(Math.abs(bread!.totals[9]! - 90)).toBeLessThan(9);
    expect(Math.abs(cake!.totals[9]! - 10)).toBeLessThan(3);
  });
});
