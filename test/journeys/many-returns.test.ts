/** An order with more returns than a page holds, one of them with more exchanged goods than a page holds: all are read, and the returns of other orders with them. */
import { expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();

it('reads every return of an order and every exchanged line, however many', async () => {
  const goods = Array.from({ length: 12 }, (_, n) => ({ sku: `G${n}`, stock: [40] }));
  const town = await clock.town({ goods, served: [] });
  await town.settle();
  const sold = await town.sell({ G0: 13 }, 0), other = await town.sell({ G1: 1 }, 0);
  await clock.advance(5_000);
  await town.settle();
  for (const order of [sold, other]) await town.control(`/orders/${order.id}/fulfil`, {});
  await clock.advance(5_000);
  await town.settle();
  for (let n = 0; n < 12; n++) await town.control(`/orders/${sold.id}/return`, { lines: [{ sku: 'G0', quantity: 1 }] });
  await town.control(`/orders/${sold.id}/return`, { lines: [{ sku: 'G0', quantity: 1 }], exchange: goods.map((good) => ({ sku: good.sku, quantity: 1 })) });
  await town.control(`/orders/${other.id}/return`, { lines: [{ sku: 'G1', quantity: 1 }] });
  await town.settle();
  await town.flow('returns');
  const { rows } = await town.api<{ rows: { orderId: string }[] }>(`/api/v1/returns?store=${town.storeId}&view=all&limit=100`);
  expect(rows.length).toBe(14);
  expect((await clock.house.db.query('select count(*)::int as n from return_exchange where store_id = $1', [town.storeId])).rows).toEqual([{ n: 12 }]);
});
