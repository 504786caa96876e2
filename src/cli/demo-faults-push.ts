/** Demonstrations of levels that do not come to agree: held, refused, fought over, too late; and one that nothing explains. */
import { at, outside } from '../domain/stock/fact.ts';
import { changePolicy, releaseLevels } from '../store/authority.ts';
import { driftOf } from '../store/drift.ts';
import { holdItems, letGo } from '../store/held-back.ts';
import { postFacts } from '../store/ledger.ts';
import type { DemoFault, DemoLevel, DemoWorld } from './demo-world.ts';

/** Units by which shelf and shop differ while another app raises the level by one before each set: so many sets until it stands right by chance. */
const RIVALRY = 40;

/** The warehouse finds units (or takes them back), and its shelf is pushed. */
async function found(w: DemoWorld, level: DemoLevel, units: number): Promise<void> {
  await w.warehouse('adjust', { sku: level.sku, onHandChange: units, reason: 'demonstration' });
  await w.run('warehouse-feed');
  await w.settle();
  await w.run('stock-push');
}
const release = (w: DemoWorld, level: DemoLevel): Promise<unknown> => releaseLevels(w.house.db, w.storeId, [level], w.now());
const NOBODYS = 3;
/** Committed units nobody ordered: the one thing no cause explains. None takes them back. */
const promise = (w: DemoWorld, level: DemoLevel, fact: string, units: number): Promise<unknown> => w.house.db.transaction((tx) => postFacts(tx, w.storeId, [{ fact, kind: 'drift accepted', itemId: level.itemId, from: outside('unknown'), to: at(level.locationId, 'committed'), quantity: units, occurredAt: w.now(), source: 'demonstration' }], w.now()));

export const PUSH_FAULTS: readonly DemoFault[] = [
  {
    kind: 'STOCK_DRIFT', story: 'units are promised in the ledger that nobody ordered: every difference the shop can make has a cause that is found', look: '/stock?view=drift',
    async raise(w) {
      const level = await w.level('storefront', 24), fact = `demonstration:drift/${w.now()}`;
      await w.remember({ ...level, fact });
      await w.run('sales-history');
      await promise(w, level, fact, NOBODYS);
      await w.run('drift-check');
      await w.wait(3);
    },
    async clear(w) {
      const { fact, ...level } = await w.recall<DemoLevel & { fact: string }>();
      await w.run('drift-check');
      const found = await driftOf(w.house.db, w.storeId, level.itemId, level.locationId);
      if (found?.states.find((each) => each.state === 'committed')?.difference !== -NOBODYS) return 'both sides agree on what is promised';
      await promise(w, level, fact, 0);
      await w.run('drift-check');
      await w.wait(6); // closed by two checks that are five minutes apart
      await w.run('drift-check');
    },
  },
  {
    kind: 'PUSH_HELD', story: 'the first push of a level would change more units than a first push may', look: '/push?view=held',
    async raise(w) {
      const { first_push_cap: cap, location_id: locationId } = (await w.one<{ first_push_cap: number; location_id: number }>(`select first_push_cap, location_id from push_policy where store_id = $1 and mode = 'live' order by location_id limit 1`))!;
      await changePolicy(w.house.db, w.storeId, locationId, { firstPushCap: 5 }, 'demonstration', w.now());
      for (let n = 8; ; n++) {
        const level = await w.level('warehouse', n);
        if (await w.one('select from push_level where store_id = $1 and item_id = $2 and location_id = $3 and pushed is not null', level.itemId, level.locationId)) continue;
        await w.remember({ ...level, cap });
        await found(w, level, 9);
        break;
      }
      await w.one(`update push_level set dirty_at = dirty_at - interval '2 hours' where store_id = $1 and state = 'held'`);
      await w.run('stock-push');
    },
    async clear(w) {
      const level = await w.recall<DemoLevel & { cap: number }>();
      await changePolicy(w.house.db, w.storeId, level.locationId, { firstPushCap: level.cap }, 'demonstration', w.now());
      await release(w, level);
      await w.run('stock-push');
      await found(w, level, -9);
    },
  },
  {
    kind: 'HELD_BACK_TOO_LONG', story: 'somebody held an item back from sale the day before yesterday, and forgot it', look: '/peak',
    async raise(w) {
      const level = await w.level('warehouse', 13);
      await w.remember(level);
      await w.house.db.transaction((tx) => holdItems(tx, w.storeId, [level.itemId], { until: null, reason: 'a demonstration: a parcel of them came broken' }, 'demonstration', w.now()));
      await w.one(`update held_back set since = since - interval '30 hours' where store_id = $1 and item_id = $2 and ended_at is null`, level.itemId);
      await w.run('stock-push');
    },
    async clear(w) {
      const level = await w.recall<DemoLevel>();
      await w.house.db.transaction((tx) => letGo(tx, w.storeId, [level.itemId], 'demonstration', w.now()));
      await w.run('stock-push');
    },
  },
  {
    kind: 'PUSH_CONFLICT', story: 'another app changes a level just before each of our sets', look: '/push?view=failed',
    async raise(w) {
      const level = await w.level('warehouse', 10);
      await w.remember(level);
      await w.shop('faults', { rival: { app: 'Another stock app', inventoryItemId: level.inventoryItemId, count: 1000 } });
      await found(w, level, RIVALRY);
      for (let n = 0; n < 3; n++) { await w.settle(); await w.run('drift-check', 'stock-push'); }
      await w.run('other-writers', 'stock-push');
    },
    async clear(w) {
      const level = await w.recall<DemoLevel>();
      await w.shop('faults', { rival: null });
      await release(w, level);
      for (let n = 0; n < 2; n++) { await w.settle(); await w.run('stock-push'); }
      await found(w, level, -RIVALRY);
    },
  },
  {
    kind: 'PUSH_FAILED', story: 'a product was made a bundle behind our back, and Shopify refuses to set its stock', look: '/push?view=failed',
    async raise(w) {
      const level = await w.level('warehouse', 11), part = await w.level('warehouse', 12);
      await w.remember(level);
      await w.shop('faults', { webhooks: { drop: 1, topics: ['products/update'] } });
      await w.shop(`variants/${level.variantId}`, { components: [{ variantId: part.variantId, quantity: 1 }] });
      await found(w, level, 4);
      await w.shop('faults', { webhooks: null });
    },
    async clear(w) {
      const level = await w.recall<DemoLevel>();
      await w.shop(`variants/${level.variantId}`, { components: [] });
      await release(w, level);
      await w.settle();
      await w.run('stock-push');
      await found(w, level, -4);
    },
  },
  {
    kind: 'OVERSELL_RISK', story: 'every message of the last hour was twenty minutes on its way', look: '/peak',
    async raise(w) {
      const level = await w.level('storefront', 26);
      await w.remember({});
      for (const available of [level.available + 1, level.available]) { await w.shop('levels', { variantId: level.variantId, locationId: level.shopifyLocationId, available }); await w.settle(); }
      await w.one(`update inbox set triggered_at = coalesce(triggered_at, received_at) - interval '20 minutes' where store_id = $1 and settled_at is not null and received_at > $2::timestamptz - interval '1 hour'`, w.now());
      await w.run('stock-push');
    },
    async clear(w) { await w.one(`update inbox set triggered_at = triggered_at + interval '20 minutes' where store_id = $1 and triggered_at < received_at - interval '19 minutes' and received_at > $2::timestamptz - interval '2 hours'`, w.now()); await w.wait(10); await w.run('stock-push'); },
  },
];
