/** The planner's public API as its clients see it: `api/v1/…`, two headers, an envelope around everything. What is not documented is done the way the safe reading has it. */
import { HttpRefusal, jsonReply, type StoreReply } from '../shopify/http-message.ts';
import { Account, Invalid, type Order } from './account.ts';
import type { Faults } from './faults.ts';
import { ask } from './query.ts';

export interface Caller { key: string; account: string }
type Body = Record<string, unknown>;

export class Api {
  readonly #account: Account;
  readonly #faults: Faults;
  constructor(account: Account, faults: Faults) { this.#account = account; this.#faults = faults; }

  /** Throws `Invalid` with the planner's words, `HttpRefusal` for what is not there. */
  answer(method: string, path: string, query: URLSearchParams, body: Body): StoreReply {
    const [collection, id, child, childId] = path.split('/').map(decodeURIComponent);
    if (collection === 'warehouses' && method === 'GET') return this.#list('warehouses', [...this.#account.warehouses.values()].map((w) => this.#warehouse(w)), query);
    if (collection === 'variants') return this.#variants(method, id, child, childId, query);
    if (collection === 'purchase-orders') return this.#orders(method, id, child, childId, query, body);
    throw new HttpRefusal(404, `There is no ${collection}`);
  }

  #variants(method: string, id: string | undefined, child: string | undefined, childId: string | undefined, query: URLSearchParams): StoreReply {
    if (method !== 'GET') throw new HttpRefusal(403, 'Variants cannot be changed through the API');
    if (id === undefined) {
      const all = [...this.#account.variants.values()].filter((v) => !v.removed || query.get('removed') === 'true').map((v) => this.#variant(v.id));
      return this.#list('variants', all, query);
    }
    const variant = this.#account.variants.get(id);
    if (!variant) throw new HttpRefusal(404, `There is no variant ${id}`);
    if (child === undefined) return this.#one('variant', this.#variant(id));
    const terms = this.#account.termsOf(id, [...this.#account.warehouses.keys()][0]!);
    const vendor = { id: variant.vendor.toLowerCase(), cost_price: variant.cost / 100, landing_cost_price: variant.cost / 100, vendor_reference: '', vendor_name: variant.title, vendor_packaging: terms.moq, uom_ordering: terms.uom };
    if (child !== 'vendors') throw new HttpRefusal(404, `There is no ${child}`);
    if (childId === undefined) return this.#list('vendors', [vendor], query);
    if (childId !== vendor.id) throw new HttpRefusal(404, `There is no vendor ${childId}`);
    return this.#one('vendor', vendor);
  }

  #orders(method: string, id: string | undefined, child: string | undefined, childId: string | undefined, query: URLSearchParams, body: Body): StoreReply {
    const account = this.#account;
    if (id === undefined) {
      if (method === 'GET') return this.#list('purchase-orders', [...account.orders.values()].map((o) => this.#order(o)), this.#ofStatus(query));
      if (method !== 'POST') throw new HttpRefusal(405, `${method} is not possible here`);
      const given = wrapped(body, 'purchase-order'), order = account.makeOrder(given);
      // The second time is the planner's own: the caller hears of the first.
      if (this.#faults.take('duplicatePost')) account.makeOrder(given);
      return this.#one('purchase-order', { ...this.#order(order), ...(order.notices.length > 0 ? { notices: order.notices } : {}) });
    }
    const order = account.orders.get(id);
    if (!order) throw new HttpRefusal(404, `There is no purchase order ${id}`);
    if (child === undefined) {
      if (method === 'PUT' || method === 'PATCH') account.changeOrder(order, wrapped(body, 'purchase-order'));
      return this.#one('purchase-order', this.#order(order));
    }
    if (child === 'connections') return this.#list('connections', order.connections.map((each) => ({ ...each })), query);
    if (child !== 'items') throw new HttpRefusal(404, `There is no ${child}`);
    if (childId === undefined) {
      if (method === 'PATCH') {
        const items = body['items'];
        if (!Array.isArray(items)) throw new Invalid('items is required');
        for (const item of items as Body[]) account.changeLine(order, String(item['id']), item);
      }
      return this.#list('items', this.#items(order), query);
    }
    if (method === 'PATCH' || method === 'PUT') account.changeLine(order, childId, wrapped(body, 'item'));
    const item = this.#items(order).find((each) => each['id'] === childId);
    if (!item) throw new HttpRefusal(404, `There is no item ${childId}`);
    return this.#one('item', item);
  }

  /** `status=open` means the type, whatever its records are called. */
  #ofStatus(query: URLSearchParams): URLSearchParams {
    const status = query.get('status');
    if (status === null) return query;
    const next = new URLSearchParams(query);
    next.delete('status');
    const wanted = status.toLowerCase() === 'open' ? 'Active' : this.#account.typeOf(status);
    next.set('status_in', [...this.#account.statuses].filter(([, type]) => type === wanted).map(([name]) => name).join(',') || status);
    return next;
  }

  #list(name: string, records: Body[], query: URLSearchParams): StoreReply {
    const { rows, start, limit, total } = ask(records, query);
    const reply = jsonReply(200, { result: { status: 'success' }, meta: { name, start, count: rows.length, limit, total }, [name]: rows });
    return this.#faults.take('truncate') ? { ...reply, headers: { 'Content-Type': reply.headers['Content-Type']! }, body: reply.body.subarray(0, Math.floor(reply.body.length * 0.6)) } : reply;
  }
  #one(name: string, record: Body): StoreReply { return jsonReply(200, { result: { status: 'success' }, [name]: plain(record) }); }

  #date(ms: number): string | number {
    if (this.#faults.dates === 'unix') return Math.floor(ms / 1000);
    return this.#faults.dates === 'iso' ? new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00') : new Date(ms).toUTCString().replace('GMT', '+0000');
  }
  #warehouse(w: { name: string; display_name: string; type: string; disabled: boolean; connection: string; currency: string; createdAt: number; updatedAt: number }): Body {
    return { name: w.name, display_name: w.display_name, type: w.type, disabled: w.disabled, connection: w.connection, currency: w.currency, created_at: this.#date(w.createdAt), updated_at: this.#date(w.updatedAt) };
  }
  /** Figures at the top and within `warehouse`, or in one of the two. The top shows the first warehouse alone, or the sum of what can be summed. */
  #variant(id: string): Body {
    const account = this.#account, variant = account.variants.get(id)!, places = [...account.warehouses.values()].filter((w) => !w.disabled && w.type !== 'combined');
    const nested = places.map((w) => ({ warehouse: w.name, ...account.figures(id, w.name) }) as Body);
    const flat = nested.length === 1 ? nested[0]! : Object.fromEntries(Object.entries(nested[0] ?? {}).map(([field, value]) => [field, typeof value === 'number' && !/lead_time|review_period/.test(field) ? nested.reduce((sum, each) => sum + Number(each[field] ?? 0), 0) : value]));
    const { warehouse: _name, ...top } = flat as Body;
    return {
      id, sku: variant.sku, title: variant.title, barcode: variant.barcode, vendor: variant.vendor, price: variant.price / 100, cost_price: variant.cost / 100, removed: variant.removed, updated_at: this.#date(variant.updatedAt),
      ...(this.#faults.metrics === 'nested' ? {} : top), ...(this.#faults.metrics === 'flat' ? {} : { warehouse: nested }),
    };
  }
  #order(order: Order): Body {
    const lines = [...order.lines.values()], ordered = lines.reduce((sum, line) => sum + line.replenishment, 0), received = lines.reduce((sum, line) => sum + line.received, 0);
    return {
      id: order.id, reference: order.reference, status: order.status, type: order.type, vendor: order.vendor, warehouse: order.warehouse, currency: order.currency, notes: order.notes, readonly: order.readonly, created_date: order.createdDate, expected_date: order.expectedDate,
      total_ordered: ordered, total_received: received, created_at: this.#date(order.createdAt), last_modified: this.#date(order.lastModified), 'last_modified#': order.lastModified, source_type: 'vendor',
    };
  }
  #items(order: Order): Body[] {
    return [...order.lines.values()].map((line) => { const variant = this.#account.variants.get(line.id); return { id: line.id, sku: variant?.sku ?? '', title: variant?.title ?? '', barcode: variant?.barcode ?? null, vendor: order.vendor, replenishment: line.replenishment, received: line.received, received_history: line.history, cost_price: line.cost_price }; });
  }
}

const plain = (record: Body): Body => Object.fromEntries(Object.entries(record).filter(([key]) => !key.endsWith('#')));

function wrapped(body: Body, name: string): Body {
  const inner = body[name];
  if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) throw new Invalid(`${name} is required`);
  return inner as Body;
}
