/** Goods come back to a place that never stocked them, twice within a second of Shopify's clock, and the first count of the place is read between the two. */
import { expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();

it('a count read in the middle of the second it names leaves out nothing of that second', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [20, null] }], served: [] });
  await town.settle();
  const { id: order, lines: [line] } = await town.sell({ ANT: 4 }, 0);
  await clock.advance(5_000);
  await town.settle();
  await town.control(`/orders/${order}/fulfil`, {});
  await clock.advance(5_000);
  await town.settle();
  const comesBack = (units: number): Promise<unknown> => town.control(`/orders/${order}/refund`, { lines: [{ lineItemId: line!.id, quantity: units, restockType: 'RETURN', locationId: town.places[1] }] });
  // To the beginning of a second.
  await clock.advance(1_000 - (clock.time() % 1_000));
  await comesBack(1);
  let between = false;
  town.after = async (call) => {
    if (between || call.operation !== 'LevelsChanged' || !String(call.variables['location']).endsWith(`/${town.places[1]}`)) return;
    between = true;
    await clock.advance(300);
    await comesBack(2);
  };
  await clock.flow('stock-levels', town.storeId);
  expect(between).toBe(true);
  await town.settle();
  await clock.advance(90_000);
  await town.settle();
  await clock.flow('drift-check', town.storeId);
  expect(town.shown('ANT', 1).available).toBe(3);
  expect((await town.movements('ANT')).map((m) => m.kind)).not.toContain('storefront edit');
  expect(await town.faults()).toEqual([]);
});
