import fc from 'fast-check';
import { expect, it } from 'vitest';
import { broughtForward, broughtForwardAsSigned, broughtForwardRows, periodFigures, type PeriodFigures } from './period.ts';

interface Leg { locationId: number; kind: string; day: number; units: number; /** Heard of after the first period was signed. */ late: boolean }
const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}`;
const legs = fc.array(fc.record({ locationId: fc.integer({ min: 1, max: 3 }), kind: fc.constantFrom('opening', 'goods received', 'fulfilled', 'counted'), day: fc.integer({ min: 1, max: 20 }), units: fc.integer({ min: -9, max: 9 }), late: fc.boolean() }), { maxLength: 30 });

function figures(all: readonly Leg[], from: number, to: number): PeriodFigures {
  const groups = Map.groupBy(all, (leg) => `${leg.locationId}:${leg.kind}`);
  return periodFigures([...groups.values()].map((group) => {
    const within = group.filter((leg) => leg.day >= from && leg.day <= to), days = within.map((leg) => leg.day), sum = (those: readonly Leg[]): number => those.reduce((total, leg) => total + leg.units, 0);
    return { locationId: group[0]!.locationId, name: `Place ${group[0]!.locationId}`, kind: group[0]!.kind, before: sum(group.filter((leg) => leg.day < from)), within: sum(within), firstDay: days.length ? day(Math.min(...days)) : null, lastDay: days.length ? day(Math.max(...days)) : null };
  }));
}

it('opens at the closing as signed, what was heard since and what moved between, to the unit at each location', () => {
  fc.assert(fc.property(legs, fc.integer({ min: 0, max: 3 }), (all, gap) => {
    const signed = figures(all.filter((leg) => !leg.late), 5, 9), from = 10 + gap, next = figures(all, from, 20);
    const forward = broughtForward({ from: day(5), to: day(9), signed, now: figures(all, 5, 9) }, day(from), next), sum = (those: readonly Leg[]): number => those.reduce((total, leg) => total + leg.units, 0);
    expect(forward.locations.reduce((total, place) => total + place.opening, 0)).toBe(next.opening);
    for (const place of forward.locations) {
      const here = all.filter((leg) => leg.locationId === place.locationId);
      expect(place.heard.reduce((total, line) => total + line.units, 0)).toBe(sum(here.filter((leg) => leg.late && leg.day <= 9)));
      expect(place.between).toBe(sum(here.filter((leg) => leg.day > 9 && leg.day < from)));
      expect(broughtForwardRows(forward, day(from)).reduce((total, row) => total + row.units.get(place.locationId)!, 0)).toBe(place.opening);
    }
  }));
});

it('of periods signed before this was kept tells what came between the signatures in one figure', () => {
  const leg = (units: number, on: number): Leg => ({ locationId: 1, kind: 'goods received', day: on, units, late: false });
  const signed = figures([leg(92, 6)], 5, 9), next = figures([leg(92, 6), leg(5, 7)], 10, 20);
  expect(broughtForwardAsSigned({ from: day(5), to: day(9), signed }, day(10), next)!.locations).toEqual([{ locationId: 1, name: 'Place 1', closing: 92, heard: [{ what: 'all causes', units: 5 }], between: 0, opening: 97 }]);
  expect(broughtForwardAsSigned({ from: day(5), to: day(9), signed }, day(11), next)).toBeNull();
});
