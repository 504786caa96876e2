import { describe, expect, it } from 'vitest';
import { drawn, drawPoisson, END, workOf } from '../../../test/helpers/drawn-series.ts';
import { byEventName, eventFactor, eventKey } from './event-names.ts';
import { applyEvents, learnEvents } from './events.ts';
import type { CalendarEvent } from './panel.ts';
import type { Work } from './work.ts';

const DAYS = 800, HORIZON = 60, START = END - DAYS;
/** A fair every 120 days, three days long, one of them ahead. */
const fair = (locations?: string[], name = 'fair', shift = 0): CalendarEvent[] => [80, 200, 320, 440, 560, 680, 820].map((t) => ({ name, from: START + t + shift, to: START + t + shift + 2, ...(locations ? { locations } : {}) }));
const isOn = (events: readonly CalendarEvent[], t: number, location = ''): boolean => events.some(({ from, to, locations }) => START + t >= from && START + t <= to && (!locations || locations.includes(location)));
const shop = (dice: { state: number }, effect: (t: number) => number, rest = {}, days = DAYS, rate = 12): Work => workOf(drawn(days, (t) => drawPoisson(dice, rate * effect(t + DAYS - days))), rest, 'D', HORIZON);
function factorsOf(work: Work, works: readonly Work[], events: readonly CalendarEvent[]): Float64Array {
  work.factor.fill(1);
  applyEvents(work, learnEvents(works, events));
  return work.factor;
}

describe('an event', () => {
  it('is expected to do what it did, on its days and no others', () => {
    const dice = { state: 1 }, events = fair(), works = Array.from({ length: 8 }, () => shop(dice, (t) => (isOn(events, t) ? 2.5 : 1)));
    factorsOf(works[3]!, works, events).forEach((factor, t) => { if (isOn(events, t)) expect(Math.abs(factor - 2.5)).toBeLessThan(0.25); else expect(factor).toBe(1); });
  });

  it('that closes the shop comes out near nothing', () => {
    const dice = { state: 2 }, events = fair(), works = Array.from({ length: 20 }, () => shop(dice, (t) => (isOn(events, t) ? 0 : 1)));
    const factor = factorsOf(works[0]!, works, events)[821]!;
    expect(factor).toBeGreaterThan(0);
    expect(factor).toBeLessThan(0.03);
  });

  it('is doubted while little has been seen of it, and is nothing when never seen', () => {
    const dice = { state: 3 }, events = fair(), work = shop(dice, (t) => (isOn(events, t) ? 5 : 1), {}, DAYS, 0.5), one = factorsOf(work, [work], events)[821]!;
    expect(one).toBeGreaterThan(1.05);
    expect(one).toBeLessThan(2.6);
    expect(factorsOf(work, [work], [{ name: 'first ever', from: END + 3, to: END + 4 }]).every((factor) => factor === 1)).toBe(true);
  });

  it('nobody has seen is what the planner expects of it, and what was seen afterwards', () => {
    const dice = { state: 11 }, first = [{ name: 'launch', from: START + 820, to: START + 822, expected: 2.5 }], works = Array.from({ length: 8 }, () => shop(dice, () => 1));
    expect([819, 820, 822, 823].map((t) => factorsOf(works[0]!, works, first)[t])).toEqual([1, 2.5, 2.5, 1]);
    expect(learnEvents(works, first).effects).toEqual({ launch: { factor: 2.5, days: 0 } });
    const seen = fair().map((event) => ({ ...event, expected: 9 })), busy = Array.from({ length: 8 }, () => shop(dice, (t) => (isOn(seen, t) ? 2 : 1)));
    const { factor, days } = learnEvents(busy, seen).effects['fair']!;
    expect(days).toBe(18);
    expect(factor).toBeGreaterThan(1.8);
    expect(factor).toBeLessThan(2.7);
  });

  it('counts at its locations alone, two events side by side', () => {
    const dice = { state: 4 }, here = fair(['a', 'b']), there = fair(['c'], 'market', 40);
    const works = ['a', 'b', 'c', 'd'].flatMap((location) => Array.from({ length: 5 }, () => shop(dice, (t) => (isOn(here, t, location) ? 3 : isOn(there, t, location) ? 0.3 : 1), { location })));
    for (const work of works) {
      const { location } = work.source, factors = factorsOf(work, works, [...here, ...there]);
      expect(Math.abs(factors[821]! - (isOn(here, 821, location) ? 3 : 1))).toBeLessThan(0.5);
      factors.forEach((factor, t) => { if (!isOn([...here, ...there], t, location)) expect(factor).toBe(1); });
      expect(Math.abs(factors[200 + 41]! - (location === 'c' ? 0.3 : 1))).toBeLessThan(0.15);
    }
  });

  it('of one name may be at other locations another time', () => {
    const dice = { state: 5 }, events = [...fair(['a']), ...fair(['b'], 'fair', 30)];
    const works = ['a', 'b', 'c'].flatMap((location) => Array.from({ length: 5 }, () => shop(dice, (t) => (isOn(events, t, location) ? 3 : 1), { location })));
    for (const some of [works, [...works].reverse()]) {
      for (const work of works) {
        const { location } = work.source;
        factorsOf(work, some, events).forEach((factor, t) => { if (isOn(events, t, location)) expect(Math.abs(factor - 3)).toBeLessThan(0.5); else expect(factor).toBe(1); });
      }
    }
  });

  it('written down twice happens once', () => {
    const dice = { state: 6 }, events = fair(), works = Array.from({ length: 8 }, () => shop(dice, (t) => (isOn(events, t) ? 2 : 1)));
    expect(factorsOf(works[0]!, works, [...events, ...events]).slice()).toEqual(factorsOf(works[1]!, works, events).slice());
  });

  it('is the same event however its name is written', () => {
    const dice = { state: 12 }, events = fair(), ways = ['Fair', ' fair', 'FAIR ', 'fair'], written = events.map((event, n) => ({ ...event, name: ways[n % 4]! }));
    const works = Array.from({ length: 8 }, () => shop(dice, (t) => (isOn(events, t) ? 2 : 1)));
    expect(factorsOf(works[0]!, works, written).slice()).toEqual(factorsOf(works[1]!, works, events).slice());
    expect(learnEvents(works, written).effects).toEqual({ Fair: learnEvents(works, events).effects['fair'] });
    expect([eventKey('Black  Friday '), byEventName({ 'BLACK FRIDAY': 3 }, 'black friday'), byEventName({ other: 3 }, 'black friday')]).toEqual(['black friday', 3, null]);
  });

  it('goes by category', () => {
    const dice = { state: 7 }, events = fair();
    const works = ['ice', 'soup'].flatMap((category) => Array.from({ length: 6 }, () => shop(dice, (t) => (isOn(events, t) ? (category === 'ice' ? 3 : 0.5) : 1), { category })));
    expect(Math.abs(factorsOf(works[0]!, works, events)[821]! - 3)).toBeLessThan(0.4);
    expect(Math.abs(factorsOf(works[11]!, works, events)[821]! - 0.5)).toBeLessThan(0.1);
  });

  it('falls on the same day for short and long series, one without a single day, and years before 1970', () => {
    const dice = { state: 8 }, events = fair(), works = [workOf([], {}, 'D', HORIZON), ...Array.from({ length: 8 }, (_, i) => shop(dice, (t) => (isOn(events, t) ? 2 : 1), {}, DAYS - 90 * i))];
    works[0] = { ...works[0]!, start: END - 300 };
    for (const work of works.slice(1)) factorsOf(work, works, events).forEach((factor, t) => { if (isOn(events, t + DAYS - work.n)) expect(Math.abs(factor - 2)).toBeLessThan(0.35); else expect(factor).toBe(1); });
    const early = works.map((work) => ({ ...work, start: work.start - 28_000, factor: work.factor.slice() })), then = events.map(({ name, from, to }) => ({ name, from: from - 28_000, to: to - 28_000 }));
    expect(factorsOf(early[1]!, early, then)).toEqual(factorsOf(works[1]!, works, events));
  });

  it('during which half the shop was out of stock is not the less for it', () => {
    const dice = { state: 9 }, events = fair(), exposure = drawn(DAYS, (t) => (isOn(events, t) ? 0 : t % 50 < 9 ? NaN : 1)).map((e, t) => (t % 17 === 3 ? 0 : e));
    const still = Array.from({ length: 8 }, (_, i) => workOf(drawn(DAYS, (t) => (exposure[t] === 0 || t % 7 === i ? NaN : 5)), {}, 'D', HORIZON));
    factorsOf(still[0]!, still, events).forEach((factor) => { expect(factor).toBeCloseTo(1, 3); });
    const works = Array.from({ length: 16 }, (_, i) => shop(dice, (t) => (isOn(events, t) ? (i % 2 ? 0 : 2) : 1), i % 2 ? { exposure } : {}));
    expect(factorsOf(works[0]!, works, events)[821]).toBeGreaterThan(1.3);
  });

  it('of a busy weekday is not taken for more than the weekday', () => {
    const dice = { state: 10 }, saturdays = [100, 240, 380, 520, 660].map((t) => t - (t % 7)).map((t) => ({ name: 'market', from: START + t, to: START + t }));
    const works = Array.from({ length: 10 }, () => shop(dice, (t) => (t % 7 === 0 ? 3 : 2 / 3)));
    expect(Math.abs(factorsOf(works[0]!, works, saturdays)[saturdays[2]!.from - START]! - 1)).toBeLessThan(0.12);
  });
});

describe('the events of a day, beside those a run was told of', () => {
  const learned = { Fair: { factor: 2, days: 9 }, Launch: { factor: 1.5, days: 0 } }, fairDay = { name: 'fair', uplift: null }, launch = { name: 'Launch', uplift: 50 };
  it('are in its numbers already, or change them by what is known of them', () => {
    expect(eventFactor([], [], learned)).toBe(1);
    expect(eventFactor([fairDay, launch], [{ name: 'FAIR ', uplift: 900 }, launch], learned)).toBe(1);
    expect(eventFactor([], [fairDay], learned)).toBe(2);
    expect(eventFactor([fairDay], [], learned)).toBe(0.5);
    expect(eventFactor([launch], [{ ...launch, uplift: 200 }], learned)).toBe(2);
    expect(eventFactor([], [{ name: 'Strike', uplift: -100 }, fairDay], learned)).toBe(0);
  });
  it('of which nothing is known leave nothing to compare with', () => {
    expect(eventFactor([], [{ name: 'Television', uplift: null }, fairDay], learned)).toBeNull();
    expect(eventFactor([], [{ name: 'Television', uplift: 0 }], learned)).toBe(1);
  });
});
