/**
 * A period per location: opening + opening counts + movements by cause = closing, in units on hand. Movements between states of one place cancel, so only what
 * came and went is left. An opening count is no movement: it is what stood there when a level was first looked at, however it came.
 */
import { assert } from '../assert.ts';
import { addDays } from '../calendar.ts';

/** Units on hand that a kind of movement brought to a location (signed): before the period, and within it. */
export interface PeriodRow { locationId: number; name: string; kind: string; before: number; within: number; /** Days of the shop's calendar of the first and last of those within. */ firstDay: string | null; lastDay: string | null }
/** Units counted when levels were first looked at, within the period, and on which days. */
export interface OpeningCount { units: number; from: string; to: string }
export interface PeriodLocation { locationId: number; name: string; opening: number; /** Left out by periods signed before it was told apart from movements. */ counted?: OpeningCount | null; movements: { kind: string; units: number }[]; closing: number }
export interface PeriodFigures { locations: PeriodLocation[]; opening: number; closing: number }

const OPENING_KINDS = new Set(['opening', 'opening corrected']);

export function periodFigures(rows: readonly PeriodRow[]): PeriodFigures {
  const places = new Map<number, PeriodLocation>();
  for (const row of rows) {
    const place = places.get(row.locationId) ?? { locationId: row.locationId, name: row.name, opening: 0, counted: null, movements: [], closing: 0 };
    places.set(row.locationId, place);
    place.opening += row.before;
    place.closing += row.before + row.within;
    if (OPENING_KINDS.has(row.kind)) {
      const { firstDay, lastDay } = row;
      if (firstDay !== null && lastDay !== null) place.counted = { units: (place.counted?.units ?? 0) + row.within, from: place.counted && place.counted.from < firstDay ? place.counted.from : firstDay, to: place.counted && place.counted.to > lastDay ? place.counted.to : lastDay };
    } else if (row.within !== 0) place.movements.push({ kind: row.kind, units: row.within });
  }
  const locations = [...places.values()].sort((a, b) => a.locationId - b.locationId);
  for (const place of locations) {
    place.movements.sort((a, b) => (a.kind < b.kind ? -1 : 1));
    assert(place.opening + (place.counted?.units ?? 0) + place.movements.reduce((sum, m) => sum + m.units, 0) === place.closing, `opening, opening counts and movements of ${place.name} do not make its closing`);
  }
  return { locations, opening: locations.reduce((sum, place) => sum + place.opening, 0), closing: locations.reduce((sum, place) => sum + place.closing, 0) };
}

/** What differs between the figures as they were signed and as they are now: what was heard of the period since. */
export function heardSince(signed: PeriodFigures, now: PeriodFigures): { name: string; what: string; units: number }[] {
  const lines = (figures: PeriodFigures): Map<string, { name: string; what: string; units: number }> => new Map(figures.locations.flatMap((place) => [{ name: place.name, what: 'opening', units: place.opening }, { name: place.name, what: 'opening count', units: countedUnits(place) }, ...place.movements.filter((m) => !OPENING_KINDS.has(m.kind)).map((m) => ({ name: place.name, what: m.kind, units: m.units }))].map((line): [string, typeof line] => [`${place.locationId}:${line.what}`, line])));
  const before = lines(signed), after = lines(now);
  return [...new Set([...before.keys(), ...after.keys()])].sort().map((key) => ({ ...(after.get(key) ?? before.get(key)!), units: (after.get(key)?.units ?? 0) - (before.get(key)?.units ?? 0) })).filter((line) => line.units !== 0);
}

/** Of a period signed before they were told apart, its opening counts stand among the movements. */
const countedUnits = (place: PeriodLocation): number => (place.counted?.units ?? 0) + place.movements.filter((m) => OPENING_KINDS.has(m.kind)).reduce((sum, m) => sum + m.units, 0);

/** Why a period cannot be signed, in a sentence; null when it can. The day the ledger began is known in part, so the first whole day is the one after. */
export function unsignable(from: string, to: string, today: string, ledgerBegan: string | null): string | null {
  if (to >= today) return `The period has not ended: its last day is ${to === today ? 'today' : 'to come'}.`;
  if (ledgerBegan === null) return 'The ledger has not begun: nothing was imported yet.';
  if (from <= ledgerBegan) return `The ledger began on ${ledgerBegan}, and what moved before is not in it. The first whole day is ${addDays(ledgerBegan, 1)}: sign from there on.`;
  return null;
}
