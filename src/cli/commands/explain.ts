/** `instep explain SKU`: the same sentence and movements as the item page. */
import type { Party, StockState } from '../../domain/stock/fact.ts';
import { balanceSentence, movementSentence } from '../../domain/stock/sentence.ts';
import { accountByKind, explainAccount } from '../../store/ledger.ts';
import { orderNames } from '../../store/order-names.ts';
import { chosenStore, withHouse } from '../house.ts';
import { UsageError, print, table } from '../terminal.ts';

export async function explainCommand(sku: string, options: { store?: string; json?: boolean; location?: string; state: string; at?: string; limit: string }): Promise<void> {
  if (!/^\d{1,4}$/.test(options.limit)) throw new UsageError(`--limit ${options.limit}: expected a number of movements up to 9999`);
  if (options.at !== undefined && Number.isNaN(Date.parse(options.at))) throw new UsageError(`--at ${options.at}: expected an instant like 2026-11-24T09:00:00Z`);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    const items = await house.db.query<{ item_id: number; sku: string | null; title: string }>(
      `select i.item_id, i.sku, i.title from item i join inventory_item x using (item_id) where x.store_id = $1 and (lower(i.sku) = lower($2) or i.barcode = $2 or i.item_id::text = $2) order by i.item_id`, [store.store_id, sku]);
    if (items.rows.length === 0) throw new UsageError(`No item of ${store.shop_domain} has SKU, barcode or id ${sku}.`);
    const places = await house.db.query<{ location_id: number; name: string }>(
      'select location_id, name from location where store_id = $1 and ($2::text is null or lower(name) = lower($2) or location_id::text = $2) order by name', [store.store_id, options.location ?? null]);
    if (places.rows.length === 0) throw new UsageError(`--location ${options.location}: no such location`);
    const answers: { sku: string | null; title: string; location: string; sentence: string; balance: number; itemId: number; state: string; movements: { at: string; change: number; balance: number; sentence: string; fact: string; source: string }[] }[] = [];
    for (const item of items.rows) {
      for (const place of places.rows) {
        const account = { locationId: place.location_id, state: options.state as StockState | Party };
        const byKind = await accountByKind(house.db, store.store_id, item.item_id, account, options.at);
        if (byKind.length === 0) continue;
        const movements = await explainAccount(house.db, store.store_id, item.item_id, account, { limit: Number(options.limit), ...(options.at ? { at: options.at } : {}) });
        const orders = await orderNames(house.db, store.store_id, movements.map((m) => m.fact));
        const balance = byKind.reduce((sum, kind) => sum + kind.quantity, 0);
        answers.push({
          itemId: item.item_id, sku: item.sku, title: item.title, location: place.name, state: options.state, balance, sentence: balanceSentence(options.state, balance, byKind),
          movements: movements.map((m) => ({ at: m.occurred_at, change: m.change, balance: Number(m.balance), sentence: movementSentence({ kind: m.kind, quantity: m.quantity, fact: m.fact, change: m.change, order: orders.get(m.fact), locationName: place.name }), fact: m.fact, source: m.source })),
        });
      }
    }
    print(options.json ?? false, answers, () => answers.map((a) =>
      `${a.sku || '(no SKU)'} ${a.title} · ${a.location}\n${a.sentence}\n\n${table(['When', 'Change', 'Balance', 'Why', 'Fact'], a.movements.map((m) => [m.at.slice(0, 19).replace('T', ' '), m.change, m.balance, m.sentence, m.fact]))}`).join('\n\n') || 'Nothing has moved in this state yet.');
  });
}
