/** REST-shaped bodies of webhooks, as Shopify sends them: numeric ids beside global ids, money as text, times in the shop's own offset. */
import type {
  FulfillmentOrderRecord, FulfillmentRecord, LevelRecord, LineItemRecord, LocationRecord, OrderRecord, ProductRecord, RefundRecord, Shop, ShopRecord, VariantRecord,
} from '../state.ts';
import { gid, levelGid } from '../gid.ts';
import { moneyText } from '../wire-format.ts';
import { sellableUnits } from './availability.ts';
import { fulfilledUnits, fulfillmentProgress, lineSubtotal } from './order-figures.ts';
import { localTime } from './shop-time.ts';

export type Body = Record<string, unknown>;

/** The shop's own record. @throws Error when the shop was never set up */
export function shopRecord(shop: Shop): ShopRecord {
  for (const record of shop.tables.shop.values()) return record;
  throw new Error('the shop has no shop record yet');
}

/** An id as a JSON number while a double holds it exactly, else as its digits. */
export function numericId(id: string): number | string {
  const value = Number(id);
  return Number.isSafeInteger(value) ? value : id;
}

const time = (shop: Shop, iso: string) => localTime(iso, shopRecord(shop).ianaTimezone);
const timeOrNull = (shop: Shop, iso: string | null) => iso === null ? null : time(shop, iso);
const idOrNull = (id: string | null) => id === null ? null : numericId(id);

/** Body of inventory_levels/update and /connect. */
export function levelPayload(shop: Shop, level: LevelRecord): Body {
  return {
    inventory_item_id: numericId(level.inventoryItemId), location_id: numericId(level.locationId), available: level.quantities.available,
    updated_at: time(shop, level.updatedAt), admin_graphql_api_id: levelGid(level.inventoryItemId, level.locationId),
  };
}

/** Body of inventory_levels/disconnect. */
export function disconnectPayload(level: LevelRecord): Body {
  return { inventory_item_id: numericId(level.inventoryItemId), location_id: numericId(level.locationId) };
}

/** Body of locations/create, /update, /activate and /deactivate. */
export function locationPayload(shop: Shop, location: LocationRecord): Body {
  const { address } = location;
  return {
    id: numericId(location.id), admin_graphql_api_id: gid('Location', location.id), name: location.name, active: location.isActive, legacy: false,
    address1: address?.address1 ?? null, address2: address?.address2 ?? null, city: address?.city ?? null, zip: address?.zip ?? null, phone: address?.phone ?? null,
    province_code: address?.provinceCode ?? null, country: location.countryCode, country_code: location.countryCode,
    created_at: time(shop, location.createdAt), updated_at: time(shop, location.updatedAt),
  };
}

/** Body of products/create and products/update. */
export function productPayload(shop: Shop, product: ProductRecord, variants: VariantRecord[]): Body {
  return {
    id: numericId(product.id), admin_graphql_api_id: gid('Product', product.id), title: product.title, handle: product.handle, vendor: product.vendor,
    product_type: product.productType, status: product.status.toLowerCase(), tags: product.tags.join(', '), body_html: null, template_suffix: null,
    created_at: time(shop, product.createdAt), updated_at: time(shop, product.updatedAt), published_at: timeOrNull(shop, product.publishedAt),
    options: product.options.map((option, index) => ({ product_id: numericId(product.id), name: option.name, position: index + 1, values: option.values })),
    variants: variants.map((variant) => variantPayload(shop, variant)),
  };
}

function variantPayload(shop: Shop, variant: VariantRecord): Body {
  const { currency } = shopRecord(shop);
  const available = sellableUnits(shop, variant, false);
  return {
    id: numericId(variant.id), admin_graphql_api_id: gid('ProductVariant', variant.id), product_id: numericId(variant.productId), title: variant.title,
    sku: variant.sku, barcode: variant.barcode, position: variant.position, price: moneyText(variant.price, currency),
    compare_at_price: variant.compareAtPrice === null ? null : moneyText(variant.compareAtPrice, currency),
    option1: variant.selectedOptions[0]?.value ?? null, option2: variant.selectedOptions[1]?.value ?? null, option3: variant.selectedOptions[2]?.value ?? null,
    inventory_policy: variant.inventoryPolicy.toLowerCase(), taxable: variant.taxable, inventory_item_id: numericId(variant.inventoryItemId),
    inventory_quantity: available, old_inventory_quantity: available,
    created_at: time(shop, variant.createdAt), updated_at: time(shop, variant.updatedAt),
  };
}

/** Body of orders/create, /updated, /cancelled, /fulfilled and /partially_fulfilled. Buyer data is never simulated: `customer` is null. */
export function orderPayload(shop: Shop, order: OrderRecord): Body {
  const fulfillments = shop.fulfillmentsOf(order.id);
  const shipped = fulfilledUnits(fulfillments);
  const gross = order.lines.reduce((sum, line) => sum + lineSubtotal(line, line.quantity), 0);
  const kept = order.lines.reduce((sum, line) => sum + lineSubtotal(line, line.currentQuantity), 0);
  const extra = order.shippingTotal + order.taxTotal - order.discountTotal;
  const money = (minor: number) => moneyText(minor, order.currency);
  return {
    id: numericId(order.id), admin_graphql_api_id: gid('Order', order.id), name: order.name, number: order.number - 1000, order_number: order.number,
    created_at: time(shop, order.createdAt), processed_at: time(shop, order.processedAt), updated_at: time(shop, order.updatedAt),
    cancelled_at: timeOrNull(shop, order.cancelledAt), cancel_reason: order.cancelReason?.toLowerCase() ?? null, closed_at: timeOrNull(shop, order.closedAt),
    test: order.test, confirmed: order.confirmed, source_name: order.sourceName, currency: order.currency, presentment_currency: order.currency,
    financial_status: order.financialStatus.toLowerCase(), fulfillment_status: fulfillmentProgress(order, fulfillments), tags: order.tags.join(', '),
    total_line_items_price: money(gross), subtotal_price: money(gross - order.discountTotal), total_discounts: money(order.discountTotal),
    total_tax: money(order.taxTotal), total_price: money(gross + extra), current_subtotal_price: money(kept),
    // A point-of-sale order names its shop; for every other order the place is on its fulfilment orders.
    location_id: order.sourceName === 'pos' ? idOrNull(Object.values(order.committedAt)[0] ?? null) : null,
    customer: null, note: null,
    line_items: order.lines.map((line) => linePayload(line, shipped.get(line.id) ?? 0, order.currency)),
    line_item_groups: lineGroups(order),
    refunds: order.refunds.map((refund) => refundPayload(shop, order, refund)),
    fulfillments: fulfillments.map((fulfillment) => fulfillmentPayload(shop, order, fulfillment)),
  };
}

function linePayload(line: LineItemRecord, shipped: number, currency: string): Body {
  return {
    id: numericId(line.id), admin_graphql_api_id: gid('LineItem', line.id), variant_id: idOrNull(line.variantId), product_id: idOrNull(line.productId),
    sku: line.sku, title: line.title, variant_title: line.variantTitle, name: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title,
    quantity: line.quantity, current_quantity: line.currentQuantity, fulfillable_quantity: line.unfulfilledQuantity,
    fulfillment_status: shipped === 0 ? null : line.unfulfilledQuantity > 0 ? 'partial' : 'fulfilled',
    price: moneyText(line.price, currency), gift_card: line.isGiftCard, requires_shipping: line.requiresShipping,
    sales_line_item_group_id: idOrNull(line.group?.id ?? null),
  };
}

function lineGroups(order: OrderRecord): Body[] {
  const groups = new Map(order.lines.flatMap((line) => line.group ? [[line.group.id, line.group] as const] : []));
  return [...groups.values()].map((group) => ({
    id: numericId(group.id), title: group.title, quantity: group.quantity, product_id: numericId(group.productId), variant_id: numericId(group.variantId),
    variant_sku: group.variantSku,
  }));
}

/** Body of refunds/create. */
export function refundPayload(shop: Shop, order: OrderRecord, refund: RefundRecord): Body {
  return {
    id: numericId(refund.id), admin_graphql_api_id: gid('Refund', refund.id), order_id: numericId(order.id), note: refund.note,
    created_at: time(shop, refund.createdAt), processed_at: time(shop, refund.createdAt),
    refund_line_items: refund.lines.map((line) => ({
      id: numericId(line.id), line_item_id: numericId(line.lineItemId), quantity: line.quantity, restock_type: line.restockType.toLowerCase(),
      location_id: idOrNull(line.locationId), subtotal: moneyText(line.subtotal, order.currency),
    })),
  };
}

/** Body of fulfillments/create and /update. */
export function fulfillmentPayload(shop: Shop, order: OrderRecord, fulfillment: FulfillmentRecord): Body {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const first = fulfillment.tracking[0];
  return {
    id: numericId(fulfillment.id), admin_graphql_api_id: gid('Fulfillment', fulfillment.id), order_id: numericId(order.id), status: fulfillment.status.toLowerCase(),
    created_at: time(shop, fulfillment.createdAt), updated_at: time(shop, fulfillment.updatedAt), location_id: numericId(fulfillment.locationId),
    tracking_company: first?.company ?? null, tracking_number: first?.number ?? null, tracking_url: first?.url ?? null,
    tracking_numbers: fulfillment.tracking.flatMap((track) => track.number === null ? [] : [track.number]),
    tracking_urls: fulfillment.tracking.flatMap((track) => track.url === null ? [] : [track.url]),
    line_items: fulfillment.lines.flatMap((shipped) => {
      const line = lines.get(shipped.lineItemId);
      return line ? [{ ...linePayload(line, shipped.quantity, order.currency), quantity: shipped.quantity }] : [];
    }),
  };
}

/** Body of fulfillment_orders/order_routing_complete: the id and status only (reference §12, trap 10). */
export function routingPayload(order: FulfillmentOrderRecord): Body {
  return { fulfillment_order: { id: gid('FulfillmentOrder', order.id), status: order.status.toLowerCase() } };
}

/** Body of orders/edited. */
export function orderEditPayload(shop: Shop, orderId: string, at: string, changes: { lineItemId: string; delta: number }[]): Body {
  const part = (sign: 1 | -1) => changes.filter((change) => Math.sign(change.delta) === sign)
    .map((change) => ({ id: numericId(change.lineItemId), delta: Math.abs(change.delta) }));
  return {
    order_edit: {
      id: numericId(shop.nextId('OrderEdit')), order_id: numericId(orderId), created_at: time(shop, at), committed_at: time(shop, at), notify_customer: false,
      staff_note: null, line_items: { additions: part(1), removals: part(-1) }, discounts: { line_item: { additions: [], removals: [] } },
    },
  };
}
