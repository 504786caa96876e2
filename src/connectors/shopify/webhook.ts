/** Webhooks: the signature over raw bytes, the topics we subscribe to, and bodies in our words. */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { UnreadableWebhook, type StorefrontEvent, type WebhookReader } from '../../ports/storefront.ts';
import { orderFromWebhook, parcelFromWebhook, refundFromWebhook, type RestOrder } from './order-wire.ts';
import { idOf, instant, minorUnits, parseExact } from './wire.ts';

/**
 * Topic → the fields of the body we ask Shopify to send (include_fields). Buyers' names, addresses, phones and e-mails are never among them, so
 * they never reach this machine.
 */
const ORDER_FIELDS = ['id', 'admin_graphql_api_id', 'name', 'created_at', 'processed_at', 'updated_at', 'cancelled_at', 'cancel_reason', 'test', 'source_name',
  'line_items.id', 'line_items.variant_id', 'line_items.sku', 'line_items.title', 'line_items.variant_title', 'line_items.quantity', 'line_items.current_quantity',
  'line_items.fulfillable_quantity', 'line_items.price', 'line_items.gift_card', 'line_items.requires_shipping', 'line_items.sales_line_item_group_id',
  'refunds.id', 'refunds.created_at', 'refunds.refund_line_items.id', 'refunds.refund_line_items.line_item_id', 'refunds.refund_line_items.quantity',
  'refunds.refund_line_items.restock_type', 'refunds.refund_line_items.location_id',
  'fulfillments.id', 'fulfillments.status', 'fulfillments.location_id', 'fulfillments.created_at', 'fulfillments.updated_at', 'fulfillments.line_items.id', 'fulfillments.line_items.quantity'];
/** Money, notes and the buyer stay at Shopify; what came back is read from the return itself. */
const RETURN_FIELDS = ['id', 'admin_graphql_api_id', 'status', 'name', 'order.id'];
const PARCEL_FIELDS = ['id', 'order_id', 'status', 'location_id', 'created_at', 'updated_at', 'line_items.id', 'line_items.quantity'];

export const TOPICS: Record<string, string[]> = {
  'orders/create': ORDER_FIELDS, 'orders/updated': ORDER_FIELDS, 'orders/cancelled': ORDER_FIELDS, 'orders/edited': [],
  'refunds/create': ['id', 'order_id', 'created_at', 'refund_line_items.id', 'refund_line_items.line_item_id', 'refund_line_items.quantity', 'refund_line_items.restock_type', 'refund_line_items.location_id'],
  'fulfillments/create': PARCEL_FIELDS, 'fulfillments/update': PARCEL_FIELDS,
  'fulfillment_orders/order_routing_complete': [], 'fulfillment_orders/moved': [], 'fulfillment_orders/split': [], 'fulfillment_orders/merged': [],
  'fulfillment_orders/placed_on_hold': [], 'fulfillment_orders/hold_released': [], 'fulfillment_orders/cancelled': [],
  'returns/request': RETURN_FIELDS, 'returns/approve': RETURN_FIELDS, 'returns/decline': RETURN_FIELDS, 'returns/process': RETURN_FIELDS, 'returns/update': RETURN_FIELDS,
  'returns/close': RETURN_FIELDS, 'returns/cancel': RETURN_FIELDS, 'returns/reopen': RETURN_FIELDS, 'reverse_fulfillment_orders/dispose': [],
  'inventory_levels/connect': [], 'inventory_levels/update': [], 'inventory_levels/disconnect': [],
  'products/create': [], 'products/update': [], 'products/delete': [], 'locations/create': [], 'locations/update': [], 'locations/deactivate': [], 'locations/activate': [],
  'bulk_operations/finish': [], 'app/uninstalled': [],
};

/** True when one of the secrets signed exactly these bytes. Two may be valid for a while during rotation. Comparison is constant-time. */
export function signedBy(rawBody: Uint8Array, signature: string | undefined, secrets: readonly string[]): boolean {
  if (!signature) return false;
  const given = Buffer.from(signature, 'base64');
  if (given.length !== 32) return false;
  let valid = false;
  for (const secret of secrets) {
    if (timingSafeEqual(createHmac('sha256', keyOf(secret)).update(rawBody).digest(), given)) valid = true;
  }
  return valid;
}

/** Key objects are made once a secret: making one costs as much as signing a small body. A handful of secrets are ever in use. */
const keys = new Map<string, KeyObject>();
function keyOf(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) {
    if (keys.size > 100) keys.clear();
    key = createSecretKey(secret, 'utf8');
    keys.set(secret, key);
  }
  return key;
}

/** `currency` is the shop's: amounts in bodies are in it. */
export function webhookReader(currency: string): WebhookReader {
  return {
    read(topic, raw) {
      let body: unknown;
      try {
        body = parseExact(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8'));
      } catch (error) {
        throw new UnreadableWebhook(`${topic}: the body is not JSON (${(error as Error).message.slice(0, 120)})`);
      }
      if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new UnreadableWebhook(`${topic}: the body is not an object`);
      try {
        return readBody(topic, body as Record<string, never>, currency);
      } catch (error) {
        throw new UnreadableWebhook(`${topic}: ${(error as Error).message.slice(0, 200)}`);
      }
    },
  };
}

function readBody(topic: string, body: Record<string, never>, currency: string): StorefrontEvent {
  const text = (field: string): string => {
    const value: unknown = body[field];
    if (value === undefined || value === null) throw new Error(`field ${field} is missing`);
    return String(value);
  };
  // The number and the global id name one thing. Where they differ, somebody on the way has rounded or changed one of them.
  const gid: unknown = body['admin_graphql_api_id'];
  if (body['id'] != null && typeof gid === 'string' && idOf(gid) !== String(body['id']).split('/').at(-1)) throw new Error(`id ${String(body['id'])} and ${gid} are not the same`);
  switch (topic) {
    case 'orders/create': case 'orders/updated': case 'orders/cancelled': case 'orders/paid': case 'orders/fulfilled': case 'orders/partially_fulfilled':
      text('id'); text('updated_at');
      if (!Array.isArray(body['line_items'])) throw new Error('field line_items is missing');
      return { type: 'order', order: orderFromWebhook(body as unknown as RestOrder, currency) };
    case 'refunds/create': text('id'); text('order_id'); return { type: 'order', order: refundFromWebhook(body as never) };
    case 'fulfillments/create': case 'fulfillments/update': text('id'); text('order_id'); return { type: 'order', order: parcelFromWebhook(body as never) };
    case 'orders/edited': return { type: 'none', reason: 'orders/updated carries the edit' };
    case 'fulfillment_orders/order_routing_complete': return { type: 'routing', moved: false };
    case 'fulfillment_orders/moved': case 'fulfillment_orders/split': case 'fulfillment_orders/merged': case 'fulfillment_orders/placed_on_hold':
    case 'fulfillment_orders/hold_released': case 'fulfillment_orders/cancelled': return { type: 'routing', moved: true };
    case 'returns/request': case 'returns/approve': case 'returns/decline': case 'returns/process': case 'returns/update': case 'returns/close': case 'returns/cancel':
    case 'returns/reopen': {
      const order = (body['order'] as { id?: unknown } | undefined)?.id ?? body['order_id'];
      return { type: 'return', returnId: text('id').split('/').at(-1)!, orderId: order == null ? null : String(order).split('/').at(-1)! };
    }
    case 'reverse_fulfillment_orders/dispose': return { type: 'return', returnId: null, orderId: null };
    case 'inventory_levels/connect': case 'inventory_levels/update': {
      const available = body['available'] as number | null | undefined;
      return { type: 'level', inventoryItemId: text('inventory_item_id'), locationId: text('location_id'), available: available ?? null, at: instant(text('updated_at')) };
    }
    case 'inventory_levels/disconnect': return { type: 'level disconnected', inventoryItemId: text('inventory_item_id'), locationId: text('location_id'), at: '' };
    case 'products/create': case 'products/update': {
      const variants = (body['variants'] ?? []) as { id: number | string; inventory_item_id?: number | string | null; sku?: string | null; barcode?: string | null; title?: string; price?: string }[];
      return {
        type: 'product', productId: text('id'), updatedAt: instant(text('updated_at')), tags: tagsOf(body['tags']),
        variants: variants.map((v) => ({
          variantId: String(v.id), inventoryItemId: v.inventory_item_id == null ? null : String(v.inventory_item_id), sku: v.sku ?? null, barcode: v.barcode ?? null,
          title: v.title ?? null, price: v.price === undefined ? null : minorUnits(v.price, currency),
        })),
      };
    }
    case 'products/delete': return { type: 'product deleted', productId: text('id') };
    case 'locations/create': case 'locations/update': case 'locations/activate': case 'locations/deactivate':
      return { type: 'location', location: { id: text('id'), name: text('name'), isActive: body['active'] !== false as never } };
    case 'bulk_operations/finish': return { type: 'bulk finished', operationId: text('admin_graphql_api_id') };
    case 'app/uninstalled': return { type: 'uninstalled' };
    default: return { type: 'none', reason: `topic ${topic} is not one Instep uses` };
  }
}

/** As one text with commas, in which no tag has one; null where the body has none. */
function tagsOf(said: unknown): string[] | null {
  return typeof said === 'string' ? said.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '') : null;
}
