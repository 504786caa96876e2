/** Tryton as a warehouse: a real ERP over JSON-RPC. What it lacks (idempotency, webhooks, parcels) is made up for in the files beside. */
import { trytonClient } from './client.ts';
import { counts } from './counts.ts';
import { documentsSince } from './documents.ts';
import { findPlaces, type Places } from './places.ts';
import { hasLeft, isUnfinished, ORDER, RETURN, sales, stateOf, type NewSale } from './sales.ts';
import type { TrytonSettings } from './settings.ts';
import type { Warehouse } from '../../ports/warehouse.ts';

export interface TrytonOptions extends TrytonSettings { clock: { now(): Date; sleep(ms: number): Promise<void> } }

/**
 * Throws `WarehouseRefused` for what Tryton's rules forbid, `NetworkError` and `HttpError` when the outcome is unknown, `TrytonLoginRefused` and plain
 * Errors when settings or master data need a person.
 */
export function trytonWarehouse(options: TrytonOptions): Warehouse {
  const client = trytonClient(options);
  let known: Promise<Places> | null = null;
  function places(): Promise<Places> {
    known ??= findPlaces(client, options).catch((error: unknown) => { known = null; throw error; });
    return known;
  }
  const desk = async () => sales(client, await places());

  return {
    async check() {
      known = null;
      const { name } = await places();
      return { detail: `Tryton at ${new URL(options.url).host} answers; warehouse ${name} (${options.warehouse})` };
    },
    async *facts(cursor) { yield* documentsSince(client, await places(), cursor); },
    // The marks in the cursor are all there is to keep; Tryton has no place for rejects, people see them here.
    async stored() {},
    async *stock() { yield* counts(client, await places(), () => options.clock.now()); },

    async findOrder(reference) {
      const sale = await (await desk()).find(ORDER, reference);
      // Unfinished is as good as unknown: placing it again finishes it and makes no second one.
      return sale === null || isUnfinished(sale) ? null : { warehouseReference: sale.number ?? String(sale.id), version: sale.version, state: stateOf(sale) };
    },

    async placeOrder(order) {
      const { find, create, finish, cancel, putAside } = await desk();
      const wanted: NewSale = { kind: ORDER, reference: order.reference, title: order.orderName, version: order.version, sign: 1, lines: order.lines };
      const found = await find(ORDER, order.reference);
      const answer = (sale: { number: string | null; id: number }, outcome: 'created' | 'changed' | 'known' | 'too late') => ({ warehouseReference: sale.number ?? String(sale.id), outcome });
      if (!found) {
        await create(wanted);
        return answer(await finish(ORDER, order.reference), order.version === 1 ? 'created' : 'changed');
      }
      if (found.version >= order.version) return answer(isUnfinished(found) ? await finish(ORDER, order.reference) : found, 'known');
      if (found.moveStates.some((move) => move.state === 'done')) return answer(found, 'too late');
      const cancelled = await cancel(found);
      if (cancelled.moveStates.some((move) => move.state === 'done')) return answer(cancelled, 'too late');
      await putAside(cancelled);
      await create(wanted);
      return answer(await finish(ORDER, order.reference), 'changed');
    },

    async cancelOrder(reference) {
      const { find, cancel } = await desk();
      const found = await find(ORDER, reference);
      if (!found || stateOf(found) === 'cancelled') return 'cancelled';
      return hasLeft(await cancel(found)) ? 'too late' : 'cancelled';
    },

    async announceReturn(announced) {
      const { find, create, finish } = await desk();
      const found = await find(RETURN, announced.reference);
      if (!found) await create({ kind: RETURN, reference: announced.reference, title: `of ${announced.orderReference}`, version: 1, sign: -1, lines: announced.lines });
      if (!found || isUnfinished(found)) await finish(RETURN, announced.reference);
    },
    async close() {},
  };
}
