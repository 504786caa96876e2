/**
 * The control API under /sandbox/: what a tester does to the simulated world by hand.
 *   GET  state | tally
 *   POST clock/advance {ms|hours} · faults {…} · trading {ordersPerMinute} · levels {sku|inventoryItemId, locationId|location, available}
 *   POST orders {lines:[{sku|variantId, quantity, price?}], …} · orders/<id>/cancel|refund|edit|fulfil · variants/<id> {sku, price, barcode}
 */
import type { BulkOperations } from './bulk/operations.ts';
import { editVariants, type VariantChange } from './catalogue-edits.ts';
import {
  choiceField, flagField, listField, numberField, objectField, onlyFields, optionalText, textField, type Fields,
} from './control-fields.ts';
import { cancelFulfillment, createFulfillment } from './engine/fulfilments.ts';
import { adminEdit } from './engine/inventory.ts';
import { onHand } from './engine/levels.ts';
import { cancelOrder, editOrder, placeOrder, refundOrder, setRoutingDelay } from './engine/orders.ts';
import type { IdempotencyStore } from './graphql/idempotency.ts';
import { HttpRefusal } from './http-message.ts';
import type { OpenShop } from './shop.ts';
import type { OrderRecord, VariantRecord } from './state.ts';
import type { Deliveries } from './webhooks/deliveries.ts';
import type { CallFault, Faults } from './webhooks/faults.ts';

const REASONS = ['CUSTOMER', 'DECLINED', 'FRAUD', 'INVENTORY', 'OTHER', 'STAFF'] as const;
const RESTOCK_TYPES = ['RETURN', 'CANCEL', 'NO_RESTOCK'] as const;
const COUNT = { min: 1, max: 1_000_000_000, whole: true };
const CHANCE = { min: 0, max: 1 };
const MAX_ADVANCE_MS = 400 * 86_400_000;

export interface ControlServices {
  shop: OpenShop; faults: Faults; deliveries: Deliveries; idempotency: IdempotencyStore; setTrading: ((ordersPerMinute: number) => void) | undefined; bulk: BulkOperations;
  /** Does what is due after the clock was moved. */
  pump(): Promise<unknown>;
}

export class Control {
  private readonly services: ControlServices;

  constructor(services: ControlServices) {
    this.services = services;
  }

  /** Answers one control request. Throws HttpRefusal naming the field at fault. */
  async handle(method: string, path: string, body: Fields): Promise<unknown> {
    const [noun = '', id, verb] = path.split('/');
    const route = `${method} ${noun}${id === undefined ? '' : noun === 'clock' ? `/${id}` : '/id'}${verb === undefined ? '' : `/${verb}`}`;
    switch (route) {
      case 'GET state': return this.state();
      case 'GET tally': return this.tally();
      case 'POST clock/advance': return this.advance(body);
      case 'POST faults': return this.setFaults(body);
      case 'POST trading': return this.trade(body);
      case 'POST levels': return this.editLevel(body);
      case 'POST variants/id': return this.editVariant(id ?? '', body);
      case 'POST orders': return this.placeOrder(body);
      case 'POST orders/id/cancel': return this.onOrder(id, (order) => cancelOrder(this.services.shop, {
        orderId: order.id, reason: choiceField(body, 'reason', REASONS, 'CUSTOMER'), restock: flagField(body, 'restock', true),
      }));
      case 'POST orders/id/refund': return this.onOrder(id, (order) => this.refund(order, body));
      case 'POST orders/id/edit': return this.onOrder(id, (order) => this.edit(order, body));
      case 'POST orders/id/fulfil': return this.onOrder(id, (order) => this.fulfil(order, body));
      case 'POST fulfillments/id/cancel': return this.accepted(cancelFulfillment(this.services.shop, id ?? ''));
      default: throw new HttpRefusal(404, `${method} /sandbox/${path} is no control`);
    }
  }

  private state(): unknown {
    const { shop, faults, deliveries } = this.services;
    const counts = Object.fromEntries(Object.entries(shop.tables).map(([name, table]) => [name, table.size]));
    return { now: shop.now(), shop: shop.tables.shop.values().next().value ?? null, counts, faults: faults.describe(), deliveries: deliveries.describe() };
  }

  /** Units per state over all levels, and orders by what became of them: two runs with one seed must agree on it. */
  private tally(): unknown {
    const { tables } = this.services.shop;
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

  private async advance(body: Fields): Promise<unknown> {
    onlyFields(body, ['ms', 'hours']);
    const ms = body['hours'] === undefined ? numberField(body, 'ms', { min: 0, max: MAX_ADVANCE_MS })
      : numberField(body, 'hours', { min: 0, max: MAX_ADVANCE_MS / 3_600_000 }) * 3_600_000;
    this.services.shop.advance(Math.round(ms));
    return { now: this.services.shop.now(), pumped: await this.services.pump() };
  }

  /** Each part given replaces that part; parts left out stay. */
  private setFaults(body: Fields): unknown {
    const { faults, shop, idempotency } = this.services;
    onlyFields(body, ['webhooks', 'throttle', 'failAfterCommit', 'failBefore', 'routingDelayMs', 'concurrentKeys']);
    if (body['webhooks'] === null) faults.webhooks = null;
    else if (body['webhooks'] !== undefined) {
      const given = objectField(body, 'webhooks');
      onlyFields(given, ['drop', 'duplicate', 'reorder', 'delayMs', 'topics', 'count']);
      if (given['topics'] != null && (!Array.isArray(given['topics']) || given['topics'].some((topic) => typeof topic !== 'string'))) {
        throw new HttpRefusal(400, 'webhooks.topics: expected a list of topics such as "orders/create"');
      }
      faults.webhooks = {
        drop: numberField(given, 'drop', CHANCE, 0), duplicate: numberField(given, 'duplicate', CHANCE, 0), reorder: numberField(given, 'reorder', CHANCE, 0),
        delayMs: numberField(given, 'delayMs', { min: 0, max: 86_400_000 }, 0), topics: (given['topics'] ?? null) as string[] | null,
        count: given['count'] == null ? null : numberField(given, 'count', COUNT),
      };
    }
    if (body['throttle'] !== undefined) faults.throttle = numberField(body, 'throttle', { min: 0, max: 1_000_000, whole: true });
    if (body['concurrentKeys'] !== undefined) idempotency.concurrentAnswers = numberField(body, 'concurrentKeys', { min: 0, max: 1_000_000, whole: true });
    const call = (name: string): CallFault[] => {
      if (body[name] === null) return [];
      const given = objectField(body, name);
      onlyFields(given, ['mutation', 'count']);
      return [{ mutation: textField(given, 'mutation'), count: numberField(given, 'count', COUNT, 1) }];
    };
    if (body['failAfterCommit'] !== undefined) faults.failAfterCommit = call('failAfterCommit');
    if (body['failBefore'] !== undefined) faults.failBefore = call('failBefore');
    if (body['routingDelayMs'] !== undefined) setRoutingDelay(shop, numberField(body, 'routingDelayMs', { min: 0, max: 86_400_000, whole: true }));
    return faults.describe();
  }

  private trade(body: Fields): unknown {
    const ordersPerMinute = numberField(body, 'ordersPerMinute', { min: 0, max: 60_000 });
    if (this.services.setTrading === undefined) throw new HttpRefusal(409, 'this store was started without shoppers');
    this.services.setTrading(ordersPerMinute);
    return { ordersPerMinute };
  }

  /** A variant by `variantId`, `inventoryItemId` or `sku`; a SKU several variants share is refused, since nobody could tell which. */
  private variant(fields: Fields): VariantRecord {
    const { tables } = this.services.shop;
    const variantId = optionalText(fields, 'variantId');
    const itemId = optionalText(fields, 'inventoryItemId');
    if (variantId !== undefined || itemId !== undefined) {
      const found = variantId !== undefined ? tables.variants.get(variantId) : this.services.shop.variantOfItem(itemId ?? '');
      if (found === undefined) throw new HttpRefusal(404, `${variantId !== undefined ? 'variantId' : 'inventoryItemId'}: unknown`);
      return found;
    }
    const sku = textField(fields, 'sku');
    const found = [...tables.variants.values()].filter((variant) => variant.sku === sku && variant.deletedAt === null);
    if (found[0] === undefined || found.length > 1) throw new HttpRefusal(found.length > 1 ? 409 : 404, `sku: ${found.length} variants are called ${sku}`);
    return found[0];
  }

  private locationId(fields: Fields): string {
    const { locations } = this.services.shop.tables;
    const id = optionalText(fields, 'locationId');
    const name = optionalText(fields, 'location');
    const found = id !== undefined ? locations.get(id) : [...locations.values()].find((location) => location.name === name);
    if (found === undefined) throw new HttpRefusal(404, `${id !== undefined ? 'locationId' : 'location'}: unknown; known: ${[...locations.values()].map((l) => l.name).join(', ')}`);
    return found.id;
  }

  private editLevel(body: Fields): unknown {
    onlyFields(body, ['sku', 'variantId', 'inventoryItemId', 'locationId', 'location', 'available']);
    const { inventoryItemId } = this.variant(body);
    const locationId = this.locationId(body);
    const available = numberField(body, 'available', { min: -1_000_000_000, max: 1_000_000_000, whole: true });
    this.accepted(adminEdit(this.services.shop, { inventoryItemId, locationId, available }));
    return this.services.shop.tables.levels.get(`${inventoryItemId}:${locationId}`);
  }

  private editVariant(id: string, body: Fields): unknown {
    onlyFields(body, ['sku', 'barcode', 'price']);
    const { shop } = this.services;
    const variant = shop.tables.variants.get(id);
    if (variant === undefined) throw new HttpRefusal(404, 'variants/<id>: unknown variant');
    const change: VariantChange = {
      ...(body['sku'] === undefined ? {} : { sku: body['sku'] === null ? null : body['sku'] === '' ? '' : textField(body, 'sku') }),
      ...(body['barcode'] === undefined ? {} : { barcode: optionalText(body, 'barcode') ?? null }),
      ...(body['price'] === undefined ? {} : { price: numberField(body, 'price', { min: 0, max: 1_000_000_000, whole: true }) }),
    };
    editVariants(shop, variant.productId, [{ variant, change }]);
    return shop.tables.variants.get(id);
  }

  private placeOrder(body: Fields): unknown {
    onlyFields(body, ['lines', 'sourceName', 'test', 'processedAt', 'location', 'locationId', 'tags']);
    const lines = listField(body, 'lines', (line) => ({
      variantId: this.variant(line).id, quantity: numberField(line, 'quantity', COUNT),
      ...(line['price'] === undefined ? {} : { price: numberField(line, 'price', { min: 0, max: 1_000_000_000, whole: true }) }),
    }));
    const placed = placeOrder(this.services.shop, {
      lines, test: flagField(body, 'test', false),
      ...(body['sourceName'] === undefined ? {} : { sourceName: textField(body, 'sourceName') }),
      ...(body['processedAt'] === undefined ? {} : { processedAt: textField(body, 'processedAt') }),
      ...(body['location'] === undefined && body['locationId'] === undefined ? {} : { locationId: this.locationId(body) }),
    });
    return this.accepted(placed).order;
  }

  private onOrder(id: string | undefined, act: (order: OrderRecord) => { userErrors: { field: string[] | null; message: string }[] }): unknown {
    const { orders } = this.services.shop.tables;
    const order = orders.get(id ?? '') ?? [...orders.values()].find((candidate) => candidate.name === id);
    if (order === undefined) throw new HttpRefusal(404, 'orders/<id>: unknown order');
    this.accepted(act(order));
    return orders.get(order.id);
  }

  private refund(order: OrderRecord, body: Fields) {
    onlyFields(body, ['lines', 'note']);
    return refundOrder(this.services.shop, {
      orderId: order.id, note: optionalText(body, 'note') ?? null,
      lines: listField(body, 'lines', (line) => ({
        lineItemId: this.lineId(order, line), quantity: numberField(line, 'quantity', COUNT), restockType: choiceField(line, 'restockType', RESTOCK_TYPES, 'NO_RESTOCK'),
        locationId: line['location'] === undefined && line['locationId'] === undefined ? null : this.locationId(line),
      })),
    });
  }

  private edit(order: OrderRecord, body: Fields) {
    onlyFields(body, ['set', 'add']);
    return editOrder(this.services.shop, {
      orderId: order.id,
      set: body['set'] === undefined ? [] : listField(body, 'set', (line) => ({
        lineItemId: this.lineId(order, line), quantity: numberField(line, 'quantity', { ...COUNT, min: 0 }), restock: flagField(line, 'restock', true),
      })),
      add: body['add'] === undefined ? [] : listField(body, 'add', (line) => ({ variantId: this.variant(line).id, quantity: numberField(line, 'quantity', COUNT) })),
    });
  }

  /** A line by `lineItemId`, or by `sku` when only one line of the order carries it. */
  private lineId(order: OrderRecord, fields: Fields): string {
    const id = optionalText(fields, 'lineItemId');
    if (id !== undefined) return id;
    const sku = textField(fields, 'sku');
    const found = order.lines.filter((line) => line.sku === sku);
    if (found[0] === undefined || found.length > 1) throw new HttpRefusal(404, `sku: ${found.length} lines of ${order.name} carry ${sku}`);
    return found[0].id;
  }

  /** Ships everything still open of the order's first open fulfilment order, or the quantities given by line. */
  private fulfil(order: OrderRecord, body: Fields) {
    onlyFields(body, ['lines', 'company', 'number', 'locationId', 'location']);
    const { shop } = this.services;
    const wanted = body['locationId'] === undefined && body['location'] === undefined ? null : this.locationId(body);
    const work = shop.fulfillmentOrdersOf(order.id).find((candidate) => ['OPEN', 'IN_PROGRESS'].includes(candidate.status) && (wanted === null || candidate.assignedLocationId === wanted));
    if (work === undefined) throw new HttpRefusal(409, `orders/<id>: ${order.name} has no open fulfilment order${wanted === null ? '' : ' at that location'}`);
    const lineItems = body['lines'] === undefined ? undefined : listField(body, 'lines', (line) => {
      const lineId = this.lineId(order, line);
      const part = work.lines.find((candidate) => candidate.lineItemId === lineId);
      if (part === undefined) throw new HttpRefusal(409, 'lineItemId: not part of the open fulfilment order');
      return { id: part.id, quantity: numberField(line, 'quantity', COUNT) };
    });
    return createFulfillment(shop, {
      lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id, ...(lineItems === undefined ? {} : { lineItems }) }],
      ...(body['number'] === undefined ? {} : { trackingInfo: { number: textField(body, 'number'), company: optionalText(body, 'company') } }),
    });
  }

  private accepted<R extends { userErrors: { field: string[] | null; message: string }[] }>(result: R): R {
    const error = result.userErrors[0];
    if (error !== undefined) throw new HttpRefusal(422, `${error.field?.join('.') ?? 'request'}: ${error.message}`);
    return result;
  }
}
