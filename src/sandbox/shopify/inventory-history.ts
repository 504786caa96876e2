/** What the admin shows of an item's stock, newest first: what changed at which location, and which app, person or order did it. Read by people; apps ask the same of reports (shopifyql/adjustment-history.ts). */
import { HttpRefusal, type StoreReply } from './http-message.ts';
import type { AdjustmentRecord, Shop } from './state.ts';

/** Rows shown. */
const MOST = 200;

export function inventoryHistoryPage(shop: Shop, inventoryItemId: string): StoreReply {
  const item = shop.tables.inventoryItems.get(inventoryItemId), variant = item && shop.tables.variants.get(item.variantId), product = variant && shop.tables.products.get(variant.productId);
  if (!product) throw new HttpRefusal(404, `inventory-history/${inventoryItemId}: unknown item`);
  const rows = [...shop.tables.adjustments.values()].filter((row) => row.inventoryItemId === inventoryItemId).reverse().slice(0, MOST);
  const place = (row: AdjustmentRecord): string => shop.tables.locations.get(row.locationId)?.name ?? row.locationId, signed = (units: number): string => (units > 0 ? `+${units}` : String(units));
  const name = `${product.title}${variant!.title === 'Default Title' ? '' : ` · ${variant!.title}`}`;
  const body = Buffer.from(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Inventory history of ${text(name)}</title>
<style>:root{color-scheme:light dark}body{font:14px/1.45 system-ui,sans-serif;margin:24px auto;max-width:960px;padding:0 16px}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid #8884}.n{text-align:right;font-variant-numeric:tabular-nums}</style>
<h1>Inventory history</h1><p>${text(name)}${variant!.sku ? ` (${text(variant!.sku)})` : ''}, in the pretended shop. The last ${MOST} changes at most.</p>
<table><thead><tr><th>When</th><th>Location</th><th>What</th><th class="n">Change</th><th class="n">After</th><th>By</th><th>Reason</th></tr></thead><tbody>
${rows.map((row) => `<tr><td>${row.at.slice(0, 19).replace('T', ' ')}</td><td>${text(place(row))}</td><td>${row.name.replace('_', ' ')}</td><td class="n">${signed(row.delta)}</td><td class="n">${row.after}</td><td>${text(who(row))}</td><td>${text(row.reason)}</td></tr>`).join('\n')}
</tbody></table></html>`);
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': String(body.length), 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" }, body };
}

const who = (row: AdjustmentRecord): string => (row.by === undefined ? row.cause : 'app' in row.by ? row.by.app : row.by.staff);
const text = (raw: string): string => raw.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
