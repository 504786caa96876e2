/** Controls of the world as a whole: what is in it, its clock, its shoppers. */
import { onHand } from '../engine/levels.ts';
import { HttpRefusal } from '../http-message.ts';
import type { Shop } from '../state.ts';
import { numberField, onlyFields, textField } from './fields.ts';
import type { Routes } from './routes.ts';

const MAX_ADVANCE_MS = 400 * 86_400_000;

/** Units per state over all levels, and orders by what became of them: two runs with one seed must agree on it. */
function tally({ tables }: Shop): unknown {
  const quantities: Record<string, number> = { on_hand: 0 };
  for (const level of tables.levels.values()) {
    quantities['on_hand'] = (quantities['on_hand'] ?? 0) + onHand(level.quantities);
    for (const [name, quantity] of Object.entries(level.quantities)) quantities[name] = (quantities[name] ?? 0) + quantity;
  }
  const orders = { total: tables.orders.size, cancelled: 0, test: 0, edited: 0, withRefund: 0, open: 0, unitsOrdered: 0, unitsKept: 0, unitsOpen: 0 };
  for (const order of tables.orders.values()) {
    if (order.cancelledAt !== null) orders.cancelled++;
    if (order.test) orders.test++;
    if (order.edited) orders.edited++;
    if (order.refunds.length > 0) orders.withRefund++;
    if (order.lines.some((line) => line.unfulfilledQuantity > 0)) orders.open++;
    for (const line of order.lines) {
      orders.unitsOrdered += line.quantity;
      orders.unitsKept += line.currentQuantity;
      orders.unitsOpen += line.unfulfilledQuantity;
    }
  }
  return { quantities, orders };
}

export const worldRoutes: Routes = {
  'GET state': ({ shop, faults, deliveries }) => ({
    now: shop.now(), shop: shop.tables.shop.values().next().value ?? null,
    counts: Object.fromEntries(Object.entries(shop.tables).map(([name, table]) => [name, table.size])), faults: faults.describe(), deliveries: deliveries.describe(),
    // Mails shoppers would have got about their parcels.
    notifications: shop.tables.fulfillments.values().reduce((sum, fulfillment) => sum + (fulfillment.notifications ?? 0), 0),
  }),
  'GET tally': ({ shop }) => tally(shop),
  'POST clock/advance': async ({ shop, pump }, body) => {
    onlyFields(body, ['ms', 'hours']);
    const ms = body['hours'] === undefined ? numberField(body, 'ms', { min: 0, max: MAX_ADVANCE_MS })
      : numberField(body, 'hours', { min: 0, max: MAX_ADVANCE_MS / 3_600_000 }) * 3_600_000;
    shop.advance(Math.round(ms));
    const pumped = await pump();
    return { now: shop.now(), pumped };
  },
  // Shopify keeps both secrets of an app until the old one is revoked, and signs with the oldest.
  'POST secret': ({ tokens }, body) => {
    onlyFields(body, ['clientSecret', 'revokeOld']);
    if (body['clientSecret'] !== undefined) tokens.addSecret(textField(body, 'clientSecret'));
    if (body['revokeOld'] === true) tokens.revokeOldSecrets();
    return { ok: true };
  },
  'POST trading': ({ setTrading }, body) => {
    const ordersPerMinute = numberField(body, 'ordersPerMinute', { min: 0, max: 60_000 });
    if (setTrading === undefined) throw new HttpRefusal(409, 'this store was started without shoppers');
    setTrading(ordersPerMinute);
    return { ordersPerMinute };
  },
};
