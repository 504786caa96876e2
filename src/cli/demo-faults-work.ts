/** Demonstrations of the warehouse's day going wrong: silence, words that fit nothing, too few on the shelf, parcels Shopify does not take, a transfer it refuses. */
import { askTransfer, findTransfer, makeTransfer } from '../store/transfers.ts';
import { settleRejected } from '../store/warehouse-documents.ts';
import type { DemoFault, DemoWorld } from './demo-world.ts';

const stamp = (w: DemoWorld): string => w.now().slice(11, 23).replace(/\D/g, '');
const listen = async (w: DemoWorld): Promise<void> => { await w.run('warehouse-feed'); await w.settle(); await w.run('warehouse-feed'); };

export const WORK_FAULTS: readonly DemoFault[] = [
  {
    kind: 'WAREHOUSE_REJECTED', story: 'the warehouse acknowledges an order it was never sent', look: '/settings/warehouses',
    async raise(w) { const reference = `DEMO-${stamp(w)}`; await w.remember({ reference }); await w.warehouse('say', { type: 'order.acknowledged', reference, warehouseReference: 'W-0' }); await listen(w); },
    async clear(w) {
      // As its button does: the row is kept, and nothing is expected of it any more.
      const { reference } = await w.recall<{ reference: string }>(), row = await w.one<{ document_id: string }>(`select document_id from warehouse_document where body ->> 'reference' = $2 and warehouse_id in (select warehouse_id from location where store_id = $1)`, reference);
      await settleRejected(w.house.db, w.storeId, 'document', row!.document_id, 'set aside by a demonstration', w.now());
      await w.run('warehouse-feed');
    },
  },
  {
    kind: 'WAREHOUSE_SILENT', story: 'the warehouse has gone home and its system does not answer since yesterday', look: '/settings/warehouses',
    async raise(w) {
      const { ordersPerMinute } = await w.warehouse<{ ordersPerMinute: number }>('state');
      await w.remember({ ordersPerMinute });
      await w.warehouse('pace', { ordersPerMinute: 0 });
      await w.warehouse('faults', { fail: 100_000 });
      await w.one(`update warehouse set heard_at = heard_at - interval '27 hours' where connector = 'warehouse-rest' and warehouse_id in (select warehouse_id from location where store_id = $1)`);
      await w.run('warehouse-feed');
    },
    async clear(w) { await w.warehouse('faults', { fail: 0 }); await w.warehouse('pace', await w.recall<{ ordersPerMinute: number }>()); await w.warehouse('count'); await listen(w); },
  },
  {
    kind: 'ORDER_SHORT', story: 'an order wants more than the shelf holds', look: '/fulfilments?tab=orders',
    async raise(w) { const level = await w.level('warehouse', 14); await w.remember(await w.orderOut(level, level.available + 5)); await w.run('orders-out'); },
    async clear(w) { await w.shop(`orders/${(await w.recall<{ id: string }>()).id}/cancel`, { reason: 'INVENTORY' }); await w.settle(); await w.run('orders-out'); },
  },
  {
    kind: 'FULFIL_NOT_SYNCED', story: 'a parcel left three quarters of an hour ago, and Shopify takes no fulfilments', look: '/fulfilments?view=late',
    async raise(w) {
      const { id, reference } = await w.orderOut(await w.level('warehouse', 15), 1);
      await w.shop('faults', { failBefore: { mutation: 'fulfillmentCreate', count: 100_000 } });
      await w.remember({ id });
      await w.warehouse('ship', { reference, parcels: [{ number: 'DEMO3', carrier: 'DPD' }] });
      await listen(w);
      await w.one(`update shipment set shipped_at = shipped_at - interval '45 minutes' where store_id = $1 and order_id = $2`, id);
      await w.run('fulfilments');
    },
    async clear(w) {
      await w.shop('faults', { failBefore: null });
      // Its next try is minutes away by now.
      await w.one(`update shipment set not_before = null where store_id = $1 and state <> 'written'`);
      await w.run('fulfilments');
    },
  },
  {
    kind: 'TRANSFER_REFUSED', story: 'somebody switches off the location a transfer goes to, and nothing tells of it', look: '/transfers?tab=transfers',
    async raise(w) {
      const level = await w.level('storefront', 28), { id } = await w.shop<{ id: string }>('locations', { name: `Demo annex ${stamp(w)}`, countryCode: 'GB' });
      await w.settle();
      await w.run('catalogue');
      await w.shop('faults', { webhooks: { drop: 1, topics: ['locations/update', 'locations/deactivate'] } });
      await w.shop(`locations/${id}/deactivate`, {});
      await w.shop('faults', { webhooks: null });
      const place = await w.one<{ location_id: number }>('select location_id from location where store_id = $1 and shopify_location_id = $2', id);
      const transferId = await makeTransfer(w.house.db, w.storeId, { key: `demo/${id}`, fromLocationId: level.locationId, toLocationId: place!.location_id, reason: 'a demonstration', lines: [{ itemId: level.itemId, quantity: 1 }] }, 'demonstration', w.now());
      await w.remember({ transferId });
      await w.run('transfers');
    },
    async clear(w) {
      const { transferId } = await w.recall<{ transferId: number }>(), { version } = (await findTransfer(w.house.db, w.storeId, transferId))!;
      await askTransfer(w.house.db, w.storeId, transferId, version, { step: 'cancel', part: null, by: 'demonstration' }, w.now());
      await w.run('transfers', 'catalogue');
    },
  },
];
