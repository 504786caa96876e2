/** A bulk result of orders as Shopify writes it (JSONL, ungrouped: a hundred orders, then their children level by level), of any size, streamed to disk. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { PLACES } from './levels.ts';
import { seeded } from './random.ts';

const DAY = 86_400_000;
/** 100 orders before their children, two years of days. */
const ROOTS = 100, DAYS = 730;
const LAST = Date.parse('2026-11-20T00:00:00Z');

/** Writes orders of one to four lines until there are `lines` of them. Answers how many orders, and objects in all. */
export async function writeOrderFile(file: string, lines: number, items: number, seed = 11): Promise<{ orders: number; objects: number }> {
  const random = seeded(seed), out = createWriteStream(file, { highWaterMark: 1 << 20 });
  const pick = (count: number): number => Math.floor(random() * count);
  let orders = 0, written = 0, objects = 0;
  while (written < lines) {
    const roots: string[] = [], children: string[] = [], places: string[] = [], units: string[] = [];
    for (let n = 0; n < ROOTS && written < lines; n++) {
      const id = 5_000_000_000_000 + ++orders, gid = `gid://shopify/Order/${id}`;
      const at = new Date(LAST - DAYS * DAY + (orders / (lines / 2.5)) * DAYS * DAY + pick(DAY)).toISOString().slice(0, 19) + 'Z';
      const open = random() < 0.01, refunded = random() < 0.04, cancelled = random() < 0.01;
      roots.push(`{"__typename":"Order","id":"${gid}","name":"#${1000 + orders}","createdAt":"${at}","processedAt":"${at}","updatedAt":"${at}","cancelledAt":${cancelled ? `"${at}"` : 'null'},`
        + `"cancelReason":${cancelled ? '"CUSTOMER"' : 'null'},"test":false,"sourceName":"web","edited":false,"refunds":[${refunded ? `{"id":"gid://shopify/Refund/${9e11 + orders}"}` : ''}]}`);
      const fo = `gid://shopify/FulfillmentOrder/${6_000_000_000_000 + orders}`;
      places.push(`{"__typename":"FulfillmentOrder","id":"${fo}","status":"${open ? 'OPEN' : 'CLOSED'}","updatedAt":"${at}","assignedLocation":{"location":{"id":"gid://shopify/Location/${901 + pick(PLACES)}"}},"__parentId":"${gid}"}`);
      for (let count = 1 + pick(4); count > 0 && written < lines; count--) {
        const line = 13_000_000_000_000 + ++written, item = 1 + pick(items), quantity = 1 + pick(3);
        children.push(`{"__typename":"LineItem","id":"gid://shopify/LineItem/${line}","quantity":${quantity},"currentQuantity":${quantity},"unfulfilledQuantity":${open ? quantity : 0},"sku":"SKU-${item}","name":"Thing ${item} - Blue",`
          + `"isGiftCard":false,"requiresShipping":true,"originalUnitPriceSet":{"shopMoney":{"amount":"${5 + (item % 90)}.95"}},"variant":{"id":"gid://shopify/ProductVariant/${2_000_000 + item}"},"lineItemGroup":null,"__parentId":"${gid}"}`);
        units.push(`{"__typename":"FulfillmentOrderLineItem","id":"gid://shopify/FulfillmentOrderLineItem/${line}","totalQuantity":${quantity},"remainingQuantity":${open ? quantity : 0},"lineItem":{"id":"gid://shopify/LineItem/${line}"},"__parentId":"${fo}"}`);
      }
    }
    const text = [...roots, ...children, ...places, ...units].join('\n');
    objects += roots.length + children.length + places.length + units.length;
    if (!out.write(`${text}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return { orders, objects };
}
