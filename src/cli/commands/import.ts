/** `instep import`: the first import of a store, or what changed since. */
import { FIRST_IMPORT, flowNamed } from '../../flows/contents.ts';
import { firstImport } from '../../runtime/first-import.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { latestRuns } from '../../store/runs.ts';
import { chosenStore, withHouse } from '../house.ts';
import { print, progressBars, table } from '../terminal.ts';

export async function importCommand(options: { store?: string; json?: boolean; all?: boolean }): Promise<void> {
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    const bars = progressBars(options.json ?? false);
    try {
      if (options.all) await house.db.query(`delete from cursor where store_id = $1 and name in ('sales-history', 'catalogue', 'catalogue.whole')`, [store.store_id]);
      if (store.imported_at === null || options.all) await firstImport(house, FIRST_IMPORT, store.store_id, bars.watch);
      else for (const name of ['catalogue', 'sales-history', 'stock-levels', 'drift-check']) await runFlow(house, flowNamed(name)!, store.store_id, 'command line', bars.watch);
    } finally { bars.stop(); }
    const runs = await latestRuns(house.db, store.store_id, new Date(0).toISOString());
    print(options.json ?? false, runs.map(({ flow, state, input, applied, unchanged, skipped, failed, detail }) => ({ flow, state, input, applied, unchanged, skipped, failed, detail })), () =>
      table(['Flow', 'State', 'Input', 'Applied', 'Unchanged', 'Skipped', 'Failed'],
        runs.map((r) => [r.flow, r.state, r.input, r.applied, r.unchanged, reasons(r.skipped), reasons(r.failed)])));
  });
}

function reasons(counts: Record<string, number>): string {
  return Object.entries(counts).map(([reason, n]) => `${n} ${reason}`).join(', ') || '0';
}
