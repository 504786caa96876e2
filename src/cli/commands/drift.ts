/** `instep drift`: runs the drift check now and says what differs and why. */
import { driftCheck } from '../../flows/drift-check.ts';
import { salesHistory } from '../../flows/sales-history.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, print, progressBars, table } from '../terminal.ts';

export async function driftCommand(options: { store?: string; json?: boolean }): Promise<void> {
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    const bars = progressBars(options.json ?? false);
    let result;
    try {
      // Orders first: what is not read yet would only look like drift.
      await runFlow(house, salesHistory, store.store_id, 'command line', bars.watch);
      result = await runFlow(house, driftCheck, store.store_id, 'command line', bars.watch);
    } finally { bars.stop(); }
    const { rows } = await house.db.query<{ sku: string | null; title: string; location: string; state: string; ledger: number; observed: number; difference: number; causes: { cause: string; units: number }[] }>(
      `select i.sku, i.title, l.name as location, d.state, d.ledger, d.observed, d.difference, d.causes from drift d join item i using (item_id)
       join location l on l.store_id = d.store_id and l.location_id = d.location_id where d.store_id = $1 and (d.difference <> 0 or d.state = 'available') order by abs(d.difference) desc, d.item_id, d.location_id, d.state limit 1000`, [store.store_id]);
    const { rows: planner } = await house.db.query<{ sku: string | null; title: string; location: string; measure: string; ours: number; theirs: number; causes: { cause: string; units: number }[] }>(
      `select i.sku, i.title, l.name as location, d.measure, d.ours, d.theirs, d.causes from planner_drift d join item i using (item_id)
       join location l on l.store_id = d.store_id and l.location_id = d.location_id where d.store_id = $1 order by abs(d.theirs - d.ours) desc limit 1000`, [store.store_id]);
    const levels = rows.filter((row) => row.state === 'available').length;
    const unexplained = Number(result?.detail['unexplainedUnits'] ?? 0);
    print(options.json ?? false, { ran: result !== null, levels: result?.tally.input ?? null, unexplainedUnits: unexplained, unitsByCause: result?.detail['unitsByCause'] ?? {}, levelsThatDiffer: rows, planner }, () =>
      `${result === null ? 'Another process is checking; these are its last findings.\n' : `${result.tally.input.toLocaleString('en-GB')} levels compared, ${levels} differ, ${unexplained} units unexplained.\n`}${
        rows.length === 0 ? '' : table(['SKU', 'Location', 'State', 'Ledger', 'Shopify', 'Drift', 'Causes'], rows.map((r) => [r.sku || r.title, r.location, r.state.replace('_', ' '), r.ledger, r.observed, r.difference, r.causes.map((c) => `${c.cause} ${c.units}`).join(', ')]))}${
        planner.length === 0 ? '' : `\nThe planner differs at ${planner.length}:\n${table(['SKU', 'Location', 'What', 'Here', 'Planner', 'Causes'], planner.map((r) => [r.sku || r.title, r.location, r.measure === 'stock' ? 'in stock' : 'on order', r.ours, r.theirs, r.causes.map((c) => `${c.cause} ${c.units}`).join(', ')]))}`}`);
    if (unexplained > 0) process.exitCode = EXIT.found;
  });
}
