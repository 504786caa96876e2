/** `instep split`: the units of a line of the plan given out over several places, as on the worklist. */
import { dayOf } from '../../domain/calendar.ts';
import { SplitBody } from '../../http/contract-replenishment.ts';
import { SplitRefused, splitLine } from '../../store/plan-split.ts';
import { worklistPage } from '../../store/worklist.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, print, table, UsageError } from '../terminal.ts';

export interface SplitOptions { store?: string; json?: boolean; part: string[]; reason: string; dryRun?: boolean }

export async function splitCommand(sku: string, options: SplitOptions): Promise<void> {
  const wanted = options.part.map((text) => { const [, place, units] = /^(.+)=(\d{1,8})$/.exec(text) ?? []; if (place === undefined) throw new UsageError(`--part ${text}: expected a location and whole units, like "Main warehouse=12"`); return { place: place.trim(), quantity: Number(units) }; });
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), now = house.clock.now().toISOString(), today = dayOf(now, store.time_zone);
    const { rows: items } = await house.db.query<{ item_id: number }>('select distinct i.item_id from item i join inventory_item x using (item_id) where x.store_id = $1 and (lower(i.sku) = lower($2) or i.barcode = $2 or i.item_id::text = $2) limit 2', [store.store_id, sku]);
    if (items.length !== 1) throw new UsageError(items.length === 0 ? `No item of ${store.shop_domain} has SKU, barcode or id ${sku}.` : `${sku} is several items: name one by its id`);
    const itemId = items[0]!.item_id, { rows: places } = await house.db.query<{ location_id: number; name: string }>('select location_id, name from location where store_id = $1 order by location_id', [store.store_id]);
    const rows = await worklistPage(house.db, store.store_id, { view: 'all', today, sort: 'urgency', dir: 'asc', after: null, limit: 1_000, itemId });
    const parts = wanted.map(({ place, quantity }) => {
      const found = places.filter((one) => one.name.toLowerCase() === place.toLowerCase() || String(one.location_id) === place);
      if (found.length !== 1) throw new UsageError(`--part ${place}: ${found.length === 0 ? `no such location; there are ${places.map((one) => one.name).join(', ')}` : 'several locations are called so: name one by its id'}`);
      return { locationId: found[0]!.location_id, quantity, version: rows.find((row) => row.location_id === found[0]!.location_id)?.decision_version ?? 0 };
    });
    const body = SplitBody.safeParse({ itemId, parts, reason: options.reason });
    if (!body.success) throw new UsageError(body.error.issues.map((issue) => `${issue.path[0] === 'reason' ? '--reason' : '--part'}: ${issue.message}`).join('; '));
    const before = (locationId: number): number | null => rows.find((row) => row.location_id === locationId)?.quantity ?? null, named = (locationId: number): string => places.find((one) => one.location_id === locationId)!.name;
    try {
      if (!options.dryRun) { await splitLine(house.db, store, itemId, parts, body.data.reason, 'command line', now, today); house.changed(store.store_id, ['replenishment']); }
    } catch (error) {
      if (!(error instanceof SplitRefused)) throw error;
      if (!error.meanwhile) throw new UsageError(error.message);
      console.error(`Failed: ${error.message}`);
      process.exitCode = EXIT.failed;
      return;
    }
    const told = parts.map(({ locationId, quantity }) => ({ locationId, location: named(locationId), before: before(locationId), after: quantity }));
    print(options.json ?? false, { itemId, dryRun: options.dryRun ?? false, parts: told }, () => `${table(['Location', 'Was', 'Is'], told.map((one) => [one.location, one.before, one.after]))}${options.dryRun ? '\nNothing was changed.' : ''}`);
  });
}
