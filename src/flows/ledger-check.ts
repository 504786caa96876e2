/**
 * ledger-check: kept balances → beside the fold of what made them; a case where the two differ.   Woken every hour; everything once a night.
 *  1 gather  levels and shelf codes written since the last check, and those of open cases; at night every item and code, slice by slice, the rest an hour later
 *  2 decide  nothing: a balance is its movements' sum or it is not (invariant I1). Each slice is one statement, so both sides are of one instant
 *  3 record  how far the night has come   4 settle  a balance that is not raises INVARIANT_BROKEN; only this check, having seen it right again, closes it
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { faultsOf, faultsOfSlice, levelsTouched, openFaults, shelfFaultsOfSlice, type LevelFault, type ShelfFault } from '../store/ledger-check.ts';
import { readCursor, writeCursor } from '../store/runs.ts';

/** Levels looked at in one statement, items of a slice of the night, slices of a run; faults told of by one run. A fault is a fault of ours: a hundred say what a thousand would. */
const LEVELS = 5_000, ITEMS = 500, CODES = 10_000, MOST_SLICES = 400, MOST_FAULTS = 500;
/** What is written carries the instant its transaction began: a long one is seen by a later check. */
const OVERLAP_MS = 15 * 60_000;

export const ledgerCheck = defineFlow({
  name: 'ledger-check', moves: 'kept balances → beside the fold of what made them', owner: 'admin', schedule: { cron: '37 * * * *' }, raises: ['INVARIANT_BROKEN'],
  async run(context) {
    const found = new Map<string, RaisedException>(), { tally } = context;
    const add = (levels: readonly LevelFault[], shelves: readonly ShelfFault[]): void => { for (const one of [...levels.map(levelCase), ...shelves.map(shelfCase)]) if (found.size < MOST_FAULTS) found.set(one.key, one); };
    const open = await openFaults(context.db, context.storeId, MOST_FAULTS);
    add(await faultsOf(context.db, context.storeId, open.levels, MOST_FAULTS), []);
    for (const { warehouseId, sku } of open.shelves) add([], (await shelfFaultsOfSlice(context.db, context.storeId, { warehouseId, sku, itself: true }, 1, null))?.faults ?? []);
    await touched(context, add);
    await night(context, add);
    tally.applied = found.size;
    tally.unchanged = Math.max(0, tally.input - found.size);
    tally.input = tally.applied + tally.unchanged;
    await context.checked('INVARIANT_BROKEN', [...found.values()], found.size < MOST_FAULTS && open.all);
    context.changed('exceptions');
  },
});

type Add = (levels: readonly LevelFault[], shelves: readonly ShelfFault[]) => void;

/** Written since the last check. More than a run looks at is left to the next, from where this one ended. */
async function touched({ db, storeId, tally, now, detail }: FlowContext, add: Add): Promise<void> {
  const startedAt = now(), since = (await readCursor(db, storeId, 'ledger-check.touched')) ?? startedAt;
  const { levels, through } = await levelsTouched(db, storeId, since, LEVELS * 20);
  for (let start = 0; start < levels.length; start += LEVELS) add(await faultsOf(db, storeId, levels.slice(start, start + LEVELS), MOST_FAULTS), []);
  let codes = 0, last = { warehouseId: 0, sku: '' };
  for (let slice; codes < CODES * 20 && (slice = await shelfFaultsOfSlice(db, storeId, last, CODES, since)) !== null; last = slice.last) { codes += slice.codes; add([], slice.faults); }
  detail['written'] = { levels: levels.length, codes };
  tally.input += levels.length + codes;
  // More of one instant than a run looks at would be looked at for ever: they are the night's.
  await writeCursor(db, storeId, 'ledger-check.touched', through !== null && through > since ? through : new Date(Date.parse(startedAt) - OVERLAP_MS).toISOString(), now());
}

/** Once a day of the shop everything is looked at, written or not: what was changed past the ledger says so nowhere. */
async function night({ db, storeId, tally, now, dayOf, detail, progress }: FlowContext, add: Add): Promise<void> {
  const today = dayOf(now()), begun = await readCursor(db, storeId, 'ledger-check.night'), place = JSON.parse((await readCursor(db, storeId, 'ledger-check.place')) ?? 'null') as Place | null;
  let at: Place | null = place ?? (begun === today ? null : { item: 0, shelf: null });
  if (at === null) return;
  if (place === null) await writeCursor(db, storeId, 'ledger-check.night', today, now());
  let looked = 0;
  for (let n = 0; n < MOST_SLICES && at !== null; n++) {
    if (at.shelf === null) {
      const slice = await faultsOfSlice(db, storeId, at.item, ITEMS, MOST_FAULTS);
      add(slice?.faults ?? [], []);
      looked += slice?.levels ?? 0;
      at = slice === null ? { item: at.item, shelf: { warehouseId: 0, sku: '' } } : { item: slice.last, shelf: null };
    } else {
      const slice = await shelfFaultsOfSlice(db, storeId, at.shelf, CODES, null);
      add([], slice?.faults ?? []);
      looked += slice?.codes ?? 0;
      at = slice === null ? null : { item: at.item, shelf: slice.last };
    }
    progress('balances', looked, null);
  }
  detail['night'] = { looked, ended: at === null };
  tally.input += looked;
  await writeCursor(db, storeId, 'ledger-check.place', JSON.stringify(at), now());
}

/** How far a night has come: after this item, then after this code of a shelf. */
interface Place { item: number; shelf: { warehouseId: number; sku: string } | null }

function levelCase({ itemId, locationId, name, location, states }: LevelFault): RaisedException {
  return {
    kind: 'INVARIANT_BROKEN', key: `ledger/${itemId}@${locationId}`, subject: `${name} at ${location}`, itemId, locationId, size: states.reduce((sum, s) => sum + Math.abs(s.kept - s.folded), 0),
    sentence: `${name} at ${location}: ${states.map((s) => `${s.kept} ${s.state.replace('_', ' ')} are kept, its movements make ${s.folded}`).join('; ')}.`, evidence: { invariant: 'I1', states },
  };
}

function shelfCase({ warehouseId, sku, warehouse, what, kept, folded }: ShelfFault): RaisedException {
  return {
    kind: 'INVARIANT_BROKEN', key: `shelf/${warehouseId}/${what}/${sku}`, subject: `${sku} on the shelf of ${warehouse}`, size: Math.abs(kept - folded),
    sentence: `${sku} on the shelf of ${warehouse}: ${kept} ${what} are kept, its count and the changes since make ${folded}.`, evidence: { invariant: 'I1', shelf: { warehouseId, sku }, what, kept, folded },
  };
}
