/** The first import of a store: the flows of the whole journey in order, one after the other, resumable because each is idempotent. */
import { runFlow, type House, type Watch } from './run-flow.ts';
import type { Flow } from './flow.ts';

/** Runs the flows and marks the store imported. A flow that fails stops the import; the next start begins it again where it matters. */
export async function firstImport(house: House, flows: readonly Flow[], storeId: number, watch?: Watch): Promise<void> {
  for (const flow of flows) {
    // A worker may be in the middle of the same flow (a finished forecast asks for replenishment): then its run is waited for and ours follows.
    while ((await runFlow(house, flow, storeId, 'first import', watch)) === null) await house.clock.sleep(100);
  }
  await house.db.query('update store set imported_at = coalesce(imported_at, $2) where store_id = $1', [storeId, house.clock.now().toISOString()]);
  house.changed(storeId, ['stock', 'forecast', 'replenishment', 'exceptions', 'flows', 'digest']);
}
