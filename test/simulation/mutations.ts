/** Deliberate bugs: each is one change of one line of the source, made while it is loaded. A simulation that lets one live proves nothing. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

export interface Mutation { name: string; file: string; find: string; replace: string; why: string }

export const MUTATIONS: readonly Mutation[] = [
  { name: 'blind-set', file: 'src/flows/stock-push.ts', find: 'changeFrom: r.from_quantity', replace: 'changeFrom: null', why: 'a set without comparison erases a sale on its way' },
  { name: 'new-key-on-retry', file: 'src/connectors/shopify/admin-client.ts', find: 'body: JSON.stringify({ query: document, variables, operationName: operation }),', replace: "body: JSON.stringify({ query: document, variables: 'key' in variables ? { ...variables, key: crypto.randomUUID() } : variables, operationName: operation }),", why: 'a retry under another key is another set' },
  { name: 'forget-the-attempt', file: 'src/store/push-attempts.ts', find: `update push_attempt set leased_until = $3, sends = sends + 1 where`, replace: `update push_attempt set state = 'abandoned', leased_until = $3, sends = sends + 1 where`, why: 'an unknown outcome taken for a no' },
  { name: 'written-without-movement', file: 'src/flows/stock-push.ts', find: 'await postFacts(tx, storeId, facts, now);', replace: 'void facts;', why: 'the ledger does not follow what was written' },
  { name: 'clear-what-was-not-seen', file: 'src/store/push-levels.ts', find: 'seen_version = greatest(p.seen_version, t.version)', replace: 'seen_version = p.dirty_version + 1', why: 'a change during a look is lost' },
  { name: 'dispatched-not-counted', file: 'src/store/push-terms.ts', find: 'sum(least(greatest(coalesce(t.dispatched, 0) - n.fulfilled, 0), n.open))::int as dispatched', replace: '0 as dispatched', why: 'a parcel on its way is subtracted twice' },
  { name: 'count-and-changes-both', file: 'src/store/shelf.ts', find: 'c.occurred_at > s.counted_at\n       where s.warehouse_id = $1 and s.sku = any($2)', replace: 'true\n       where s.warehouse_id = $1 and s.sku = any($2)', why: 'changes before a count are added to it' },
  { name: 'fulfil-without-looking', file: 'src/flows/fulfilments.ts', find: 'lines: row.lines, perUnit, numbers, work, made,', replace: 'lines: row.lines, perUnit, numbers, work, made: [],', why: 'a lost answer makes a second fulfilment' },
  { name: 'fulfilled-before-sent', file: 'src/flows/fulfilments.ts', find: 'const carrier = carrierName(', replace: "await settleShipment(db, storeId, row.shipment_id, { state: 'written', reason: null, notBefore: null }, context.now()); const carrier = carrierName(", why: 'marked done before the call: a lost call is never made again' },
  { name: 'order-told-by-version', file: 'src/flows/orders-out.ts', find: 'reference: row.reference, orderName', replace: 'reference: `${row.reference}-${row.version}`, orderName', why: 'a changed order becomes a second one' },
  { name: 'cancel-forgotten', file: 'src/store/orders-out.ts', find: "when o.state in ('cancelled', 'done') then o.state else 'cancelling' end", replace: "else 'cancelled' end", why: 'the warehouse ships what was cancelled' },
  { name: 'bundle-exploded-twice', file: 'src/domain/orders/order-demand.ts', find: 'open: place.open * perUnit,', replace: 'open: place.open * perUnit * perUnit,', why: 'parts of parts' },
  { name: 'scrap-goes-back', file: 'src/flows/warehouse-feed.ts', find: "onHand: line.disposition === 'scrap' ? 0 : line.quantity", replace: 'onHand: line.quantity', why: 'what was thrown away is sold again' },
  { name: 'dedupe-on-its-own', file: 'src/flows/warehouse-feed.ts', find: '      const outcome = await apply(tx, row.warehouse_id, row.body, context.now());', replace: "      await tx.query('commit'); await db.query('update warehouse_document set state = 1 where document_id = $1', [row.document_id]); await tx.query('begin');\n      const outcome = await apply(tx, row.warehouse_id, row.body, context.now());", why: 'settled in a transaction of its own: a death between the two loses the document' },
  { name: 'edits-not-heard', file: 'src/store/push-levels.ts', find: 'and ((h.available is distinct from h.pushed and h.available <> h.ledger', replace: 'and ((false and h.available is distinct from h.pushed and h.available <> h.ledger', why: 'a change by staff is never looked at' },
  { name: 'stale-taken-for-written', file: 'src/flows/stock-push.ts', find: "if (result.outcome === 'written') return written(context, attempt);", replace: "if (result.outcome === 'written' || (result.outcome === 'refused' && result.faults.some(isStale))) return written(context, attempt);", why: 'a refused set is believed' },
  { name: 'difference-anyway', file: 'src/domain/push/decide.ts', find: 'if (stale >= SETS_BEFORE_DIFFERENCE && ', replace: 'if (', why: 'a level is changed by difference where a comparison would have done' },
  { name: 'difference-miscounted', file: 'src/flows/stock-push.ts', find: 'delta: r.to_quantity - r.from_quantity!,', replace: 'delta: r.to_quantity - r.from_quantity! + 1,', why: 'Shopify is changed by another number than the ledger' },
  { name: 'ghosts-kept', file: 'src/domain/push/decide.ts', find: 'if (wanted === assumed) return', replace: 'if (wanted <= assumed && wanted >= assumed - 2) return', why: 'small restocks by staff stay' },
  { name: 'another-store', file: 'src/store/push-levels.ts', find: 'from push_level where item_id in (select item_id from touched)', replace: 'from push_level where cardinality($1::int[]) > 0', why: "one store's change touches the rows of every other" },
  { name: 'cursor-by-our-clock', file: 'src/connectors/shopify/admin-client.ts', find: 'const known = shopClock.now(clock.now().getTime());', replace: 'const known: string | null = clock.now().toISOString();', why: 'a host whose clock is ahead never reads what was changed meanwhile' },
  { name: 'held-part-in-a-bundle', file: 'src/domain/push/decide.ts', find: 'const can = part.heldBack ? 0 : Math.floor(', replace: 'const can = Math.floor(', why: 'what is held back from sale is sold as a part' },
  { name: 'hold-ends-unseen', file: 'src/store/held-back.ts', find: "  await markDirty(tx, items, now);\n  await audit(tx, { at: now, actor: 'stock-push'", replace: "  await audit(tx, { at: now, actor: 'stock-push'", why: 'an item whose time held back is over goes on showing nothing' },
];

/** The file a mutation changes, as it stands. */
export const sourceOf = (mutation: Mutation): string => readFileSync(new URL(`../../${mutation.file}`, import.meta.url), 'utf8');

/** Puts one mutation into the source as it is loaded. Throws when its line is not there any more: a mutation that changes nothing kills nothing. */
export function mutate(name: string): void {
  const mutation = MUTATIONS.find((m) => m.name === name);
  if (!mutation) throw new Error(`--mutation ${name}: expected one of ${MUTATIONS.map((m) => m.name).join(', ')}`);
  const target = new URL(`../../${mutation.file}`, import.meta.url).href;
  const source = sourceOf(mutation);
  if (source.split(mutation.find).length !== 2) throw new Error(`mutation ${name}: ${mutation.file} holds its line ${source.split(mutation.find).length - 1} times`);
  registerHooks({
    load(url, context, next) {
      if (url !== target) return next(url, context);
      return { format: 'module-typescript', source: source.replace(mutation.find, () => mutation.replace), shortCircuit: true };
    },
  });
}
