/**
 * ledger-check: kept balances and books → beside the fold of what made them; a case where the two differ.   Woken every hour; everything once a night.
 *  1 gather  levels and shelf codes written since the last check, and what open cases are of; at night every item with its levels and its demand, every code, slice by slice, the rest
 *            an hour later; then orders that changed since the night before beside their movements; parcels, returns and receipts, a statement each
 *  2 decide  nothing: a number is the sum of what made it or it is not (I1, I2, I10, I11, I13). Each slice is one statement, so both sides are of one instant
 *  3 record  how far the night has come   4 settle  a balance that is not raises INVARIANT_BROKEN; only this check, having seen it right again, closes it
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { bookFaults, demandFaults, orderFaults, ordersOfSlice, overFulfilledUntold, type BookFault } from '../store/book-check.ts';
import { faultsOf, faultsOfSlice, levelsTouched, openFaults, shelfFaultsOfSlice, type LevelFault, type ShelfFault } from '../store/ledger-check.ts';
import { readCursor, writeCursor } from '../store/runs.ts';

/** Levels looked at in one statement, items of a slice of the night, slices of a run; faults told of by one run. A fault is a fault of ours: a hundred say what a thousand would. */
const LEVELS = 5_000, ITEMS = 500, CODES = 10_000, ORDERS = 500, MOST_SLICES = 400, MOST_FAULTS = 500;
/** What is written carries the instant its transaction began: a long one is seen by a later check. */
const OVERLAP_MS = 15 * 60_000;
/** Orders that changed within the hour are the next night's. A night looks back to a day before the last one's end, for what was heard late, and no further than three days. */
const SETTLED_MS = 3_600_000, HEARD_LATE_MS = 86_400_000, LOOKS_BACK_MS = 3 * HEARD_LATE_MS;

export const ledgerCheck = defineFlow({
  name: 'ledger-check', moves: 'kept balances and books → beside the fold of what made them', owner: 'admin', schedule: { cron: '37 * * * *' }, raises: ['INVARIANT_BROKEN', 'OVER_FULFILLED'],
  async run(context) {
    const found = new Map<string, RaisedException>(), { tally, db, storeId } = context;
    const take = (cases: readonly RaisedException[]): void => { for (const one of cases) if (found.size < MOST_FAULTS) found.set(one.key, one); };
    const add: Add = (levels, shelves, books = []) => take([...levels.map(levelCase), ...shelves.map(shelfCase), ...books.map(bookCase)]);
    const open = await openFaults(db, storeId, MOST_FAULTS);
    add(await faultsOf(db, storeId, open.levels, MOST_FAULTS), []);
    for (const { warehouseId, sku } of open.shelves) add([], (await shelfFaultsOfSlice(db, storeId, { warehouseId, sku, itself: true }, 1, null))?.faults ?? []);
    for (const item of new Set(open.items)) add([], [], await demandFaults(db, storeId, item - 1, item, MOST_FAULTS));
    add([], [], await orderFaults(db, storeId, open.orders));
    await touched(context, add);
    const ended = await night(context, add);
    if (ended || open.books) add([], [], await bookFaults(db, storeId, MOST_FAULTS));
    tally.applied = found.size;
    tally.unchanged = Math.max(0, tally.input - found.size);
    tally.input = tally.applied + tally.unchanged;
    await context.checked('INVARIANT_BROKEN', [...found.values()], found.size < MOST_FAULTS && open.all);
    context.changed('exceptions');
  },
});

type Add = (levels: readonly LevelFault[], shelves: readonly ShelfFault[], books?: readonly BookFault[]) => void;

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

/** Once a day of the shop everything is looked at, written or not: what was changed past the ledger says so nowhere. Answers whether this run came to the night's end. */
async function night(context: FlowContext, add: Add): Promise<boolean> {
  const { db, storeId, tally, now, dayOf, detail, progress } = context, today = dayOf(now()), begun = await readCursor(db, storeId, 'ledger-check.night'), place = JSON.parse((await readCursor(db, storeId, 'ledger-check.place')) ?? 'null') as Place | null;
  let at: Place | null = place ?? (begun === today ? null : { item: 0, shelf: null });
  if (at === null) return false;
  if (place === null) await writeCursor(db, storeId, 'ledger-check.night', today, now());
  let looked = 0;
  for (let n = 0; n < MOST_SLICES && at !== null; n++) {
    if (at.orders != null) {
      const { last, orders, faults } = await ordersOfSlice(db, storeId, at.orders, at.orders.until, ORDERS);
      add([], [], faults);
      await context.raise(await overFulfilledUntold(db, storeId, orders));
      looked += orders.length;
      if (last === null) await writeCursor(db, storeId, 'ledger-check.orders', at.orders.until, now());
      at = last === null ? null : { ...at, orders: { ...last, until: at.orders.until } };
    } else if (at.shelf === null) {
      const slice = await faultsOfSlice(db, storeId, at.item, ITEMS, MOST_FAULTS);
      add(slice?.faults ?? [], [], slice === null ? [] : await demandFaults(db, storeId, at.item, slice.last, MOST_FAULTS));
      looked += slice?.levels ?? 0;
      at = slice === null ? { item: at.item, shelf: { warehouseId: 0, sku: '' } } : { item: slice.last, shelf: null };
    } else {
      const slice = await shelfFaultsOfSlice(db, storeId, at.shelf, CODES, null);
      add([], slice?.faults ?? []);
      looked += slice?.codes ?? 0;
      at = slice === null ? { ...at, orders: await ordersFrom(context) } : { item: at.item, shelf: slice.last };
    }
    progress('balances', looked, null);
  }
  detail['night'] = { looked, ended: at === null };
  tally.input += looked;
  await writeCursor(db, storeId, 'ledger-check.place', JSON.stringify(at), now());
  return at === null;
}

/** How far a night has come: after this item, then after this code of a shelf, then after this order of those that changed until an instant. */
interface Place { item: number; shelf: { warehouseId: number; sku: string } | null; orders?: { at: string; id: string; until: string } }

async function ordersFrom({ db, storeId, now }: FlowContext): Promise<NonNullable<Place['orders']>> {
  const time = Date.parse(now()), earliest = new Date(time - LOOKS_BACK_MS).toISOString(), last = await readCursor(db, storeId, 'ledger-check.orders');
  const since = last === null ? earliest : new Date(Date.parse(last) - HEARD_LATE_MS).toISOString();
  return { at: since < earliest ? earliest : since, id: '0', until: new Date(time - SETTLED_MS).toISOString() };
}

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

function bookCase({ invariant, key, subject, kept, made, said, itemId, locationId }: BookFault): RaisedException {
  return { kind: 'INVARIANT_BROKEN', key, subject, size: Math.max(1, Math.abs(kept - made)), ...(itemId === undefined ? {} : { itemId }), ...(locationId === undefined ? {} : { locationId }), sentence: `${subject}: ${said}.`, evidence: { invariant, kept, made } };
}
