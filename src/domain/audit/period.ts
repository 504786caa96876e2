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
/** How a period opens from the signed one before it, per location: its closing as signed + what was heard of its days since + what moved in the days between, which nobody signed = the opening. */
export interface BroughtForward { from: string; to: string; locations: { locationId: number; name: string; closing: number; heard: { what: string; units: number }[]; between: number; opening: number }[] }
export interface PeriodFigures { locations: PeriodLocation[]; opening: number; closing: number; /** Left out where no period was signed before, and by periods signed before it was kept. */ broughtForward?: BroughtForward }

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
export function heardSince(signed: PeriodFigures, now: PeriodFigures): { locationId: number; name: string; what: string; units: number }[] {
  const lines = (figures: PeriodFigures): Map<string, { locationId: number; name: string; what: string; units: number }> => new Map(figures.locations.flatMap(({ locationId, name, ...place }) => [{ locationId, name, what: 'opening', units: place.opening }, { locationId, name, what: 'opening count', units: countedUnits(place) }, ...place.movements.filter((m) => !OPENING_KINDS.has(m.kind)).map((m) => ({ locationId, name, what: m.kind, units: m.units }))].map((line): [string, typeof line] => [`${locationId}:${line.what}`, line])));
  const before = lines(signed), after = lines(now);
  return [...new Set([...before.keys(), ...after.keys()])].sort().map((key) => ({ ...(after.get(key) ?? before.get(key)!), units: (after.get(key)?.units ?? 0) - (before.get(key)?.units ?? 0) })).filter((line) => line.units !== 0);
}

/** Of a period signed before they were told apart, its opening counts stand among the movements. */
const countedUnits = (place: Pick<PeriodLocation, 'counted' | 'movements'>): number => (place.counted?.units ?? 0) + place.movements.filter((m) => OPENING_KINDS.has(m.kind)).reduce((sum, m) => sum + m.units, 0);

/** The signed period before, as it was signed and as the ledger has it now, and the figures of one that begins after it: all of one look at the ledger. */
export function broughtForward(before: { from: string; to: string; signed: PeriodFigures; now: PeriodFigures }, from: string, figures: PeriodFigures): BroughtForward {
  const heard = heardSince(before.signed, before.now), of = (those: PeriodFigures) => new Map(those.locations.map((place) => [place.locationId, place])), signed = of(before.signed), now = of(before.now), here = of(figures);
  const locations = [...new Set([...signed.keys(), ...here.keys()])].sort((a, b) => a - b).map((locationId) => {
    const opening = here.get(locationId)?.opening ?? 0, closing = signed.get(locationId)?.closing ?? 0, between = opening - (now.get(locationId)?.closing ?? 0), lines = heard.filter((line) => line.locationId === locationId).map(({ what, units }) => ({ what, units }));
    assert(closing + lines.reduce((sum, line) => sum + line.units, 0) + between === opening, `the signed closing and what was heard since do not make the opening of location ${locationId}`);
    return { locationId, name: (here.get(locationId) ?? signed.get(locationId)!).name, closing, heard: lines, between, opening };
  });
  assert(addDays(before.to, 1) !== from || locations.every((place) => place.between === 0), 'units moved between two days that follow each other');
  return { from: before.from, to: before.to, locations };
}

/** The same of two periods that were both signed before this was kept and follow each other: what was heard between the signatures, in one figure. */
export function broughtForwardAsSigned(before: { from: string; to: string; signed: PeriodFigures }, from: string, figures: PeriodFigures): BroughtForward | null {
  if (addDays(before.to, 1) !== from) return null;
  const closings = new Map(before.signed.locations.map((place) => [place.locationId, place.closing]));
  return { from: before.from, to: before.to, locations: figures.locations.map(({ locationId, name, opening }) => ({ locationId, name, closing: closings.get(locationId) ?? 0, heard: opening === (closings.get(locationId) ?? 0) ? [] : [{ what: 'all causes', units: opening - (closings.get(locationId) ?? 0) }], between: 0, opening })) };
}

/** The rows that lead from the signed closing to the opening, for whoever shows or prints them: one a cause of what was heard, those that are nothing left out. */
export function broughtForwardRows({ to, locations }: BroughtForward, from: string): { label: string; kind: 'level' | 'change'; units: Map<number, number> }[] {
  const row = (label: string, kind: 'level' | 'change', of: (place: BroughtForward['locations'][number]) => number) => ({ label, kind, units: new Map(locations.map((place) => [place.locationId, of(place)])) });
  const causes = [...new Set(locations.flatMap((place) => place.heard.map((line) => line.what)))].sort(), first = addDays(to, 1), last = addDays(from, -1);
  return [
    row(`Closing as signed, ${to}`, 'level', (place) => place.closing),
    ...causes.map((what) => row(`Heard since of days up to ${to}: ${what === 'opening' ? 'before that period' : what}`, 'change', (place) => place.heard.find((line) => line.what === what)?.units ?? 0)),
    ...(locations.some((place) => place.between !== 0) ? [row(`Days nobody signed, ${first === last ? first : `${first} to ${last}`}`, 'change', (place) => place.between)] : []),
  ];
}

/** Why a period cannot be signed, in a sentence; null when it can. The day the ledger began is known in part, so the first whole day is the one after. */
export function unsignable(from: string, to: string, today: string, ledgerBegan: string | null): string | null {
  if (to >= today) return `The period has not ended: its last day is ${to === today ? 'today' : 'to come'}.`;
  if (ledgerBegan === null) return 'The ledger has not begun: nothing was imported yet.';
  if (from <= ledgerBegan) return `The ledger began on ${ledgerBegan}, and what moved before is not in it. The first whole day is ${addDays(ledgerBegan, 1)}: sign from there on.`;
  return null;
}
