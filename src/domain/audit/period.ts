/** A period per location: opening + movements by cause = closing, in units on hand. Movements between states of one place cancel, so only what came and went is left. */
import { assert } from '../assert.ts';

/** Units on hand that a kind of movement brought to a location (signed): before the period, and within it. */
export interface PeriodRow { locationId: number; name: string; kind: string; before: number; within: number }
export interface PeriodLocation { locationId: number; name: string; opening: number; movements: { kind: string; units: number }[]; closing: number }
export interface PeriodFigures { locations: PeriodLocation[]; opening: number; closing: number }

export function periodFigures(rows: readonly PeriodRow[]): PeriodFigures {
  const places = new Map<number, PeriodLocation>();
  for (const row of rows) {
    const place = places.get(row.locationId) ?? { locationId: row.locationId, name: row.name, opening: 0, movements: [], closing: 0 };
    places.set(row.locationId, place);
    place.opening += row.before;
    place.closing += row.before + row.within;
    if (row.within !== 0) place.movements.push({ kind: row.kind, units: row.within });
  }
  const locations = [...places.values()].sort((a, b) => a.locationId - b.locationId);
  for (const place of locations) {
    place.movements.sort((a, b) => (a.kind < b.kind ? -1 : 1));
    assert(place.opening + place.movements.reduce((sum, m) => sum + m.units, 0) === place.closing, `opening and movements of ${place.name} do not make its closing`);
  }
  return { locations, opening: locations.reduce((sum, place) => sum + place.opening, 0), closing: locations.reduce((sum, place) => sum + place.closing, 0) };
}

/** What differs between the figures as they were signed and as they are now: what was heard of the period since. */
export function heardSince(signed: PeriodFigures, now: PeriodFigures): { name: string; what: string; units: number }[] {
  const lines = (figures: PeriodFigures): Map<string, { name: string; what: string; units: number }> => new Map(figures.locations.flatMap((place) => [{ name: place.name, what: 'opening', units: place.opening }, ...place.movements.map((m) => ({ name: place.name, what: m.kind, units: m.units }))].map((line): [string, typeof line] => [`${place.locationId}:${line.what}`, line])));
  const before = lines(signed), after = lines(now);
  return [...new Set([...before.keys(), ...after.keys()])].sort().map((key) => ({ ...(after.get(key) ?? before.get(key)!), units: (after.get(key)?.units ?? 0) - (before.get(key)?.units ?? 0) })).filter((line) => line.units !== 0);
}
