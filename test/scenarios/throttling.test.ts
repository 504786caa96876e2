/** A story of patience: ten thousand levels through the smallest bucket Shopify gives, on a clock nobody waits for. */
import { describe, expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();

describe('throttled-ten-thousand-rows', () => {
  it('trap 37: no row is lost, no call is sent that the bucket cannot pay, and it takes hardly longer than the bucket allows', async () => {
    const places = ['Leeds', 'Lille', 'Lyon', 'Linz'], goods = Array.from({ length: 2_500 }, (_, n) => ({ sku: `R${n}`, stock: [5, 5, 5, 5] }));
    const town = await clock.town({ goods, places, plan: 'standard', served: [0, 1, 2, 3] });
    // Others have changed every level, so each is read before it is set; the warehouse has counted one more of each.
    await clock.house.db.query('update warehouse_stock set on_hand = on_hand + 1 where warehouse_id in (select warehouse_id from location where store_id = $1)', [town.storeId]);
    await clock.house.db.query('update push_level set reread = true, dirty_version = dirty_version + 1 where store_id = $1', [town.storeId]);
    await town.control('/faults', { webhooks: { drop: 1 } }); // ten thousand echoes are another story
    await clock.advance(60_000); // the bucket is full: 2,000 points, and 100 a second
    await town.control('/faults', { throttle: 2 });
    town.calls.length = 0;
    const began = clock.time();
    await town.flow('stock-push');
    const seconds = (clock.time() - began) / 1000, sent = town.calls.filter((call) => call.status === 200), paid = sent.filter((call) => !call.throttled);
    expect([...town.sandbox.shop.tables.levels.values()].filter((level) => level.quantities.available === 6)).toHaveLength(10_000);
    expect(paid.filter((call) => call.operation === 'SetQuantities').length).toBe(40);
    // The two drained buckets are answered once each; the bucket itself never had to say no.
    expect(sent.filter((call) => call.throttled).length).toBeLessThanOrEqual(2);
    const points = paid.reduce((sum, call) => sum + call.cost, 0), drained = 2 * 2_000;
    expect(points).toBeGreaterThan(3 * 2_000);
    expect(seconds).toBeLessThanOrEqual(1.2 * (points + drained - 2_000) / 100);
    const { rows } = await clock.house.db.query<{ state: string; n: number }>('select state, count(*)::int as n from push_level where store_id = $1 group by 1', [town.storeId]);
    expect(rows).toEqual([{ state: 'written', n: 10_000 }]);
  }, 90_000);
});
