/**
 * planner-exchange: Inventory Planner's figures, orders and receipts ⇄ ours.   Woken every hour and by hand.
 *  1 gather  its warehouses, variants with their figures, and orders; our approved orders and what was received of each
 *  2 decide  domain/planner: whose receipt is news to whom, what a status means, why our number is not theirs
 *  3 record  figures whole; orders of theirs as ours; a receipt once, under its order's lock; a row before every write
 *  4 send    orders by reference (looked for, made, looked for again), totals received line by line and read back, files that say what changed
 *  5 settle  what was refused or cannot be decided becomes a case; 26 hours without an exchange become one
 */
import { addDays } from '../domain/calendar.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { explainGap } from '../domain/planner/gap.ts';
import { velocity } from '../domain/planner/parity.ts';
import { seasonalPerDay } from '../domain/planner/seasonal.ts';
import { receiptStep } from '../domain/planner/receipts.ts';
import { statusName, statusType, type StatusType } from '../domain/planner/status.ts';
import { unstopped } from '../domain/wording.ts';
import { ADVANCED_FILES, ADVANCED_FOLDERS, PlannerRefused, type AdvancedFile, type OrderToPlan, type Planner, type PlannerOrderHead, type PlannerOrderLine } from '../ports/planner.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { changedFileRows, fileWritten, filesSettled, leftOutRows, type LeftOut } from '../store/planner-files.ts';
import { beginAttempt, followOrder, headDigest, itemsOfVariants, linkedOrders, ordersToTell, refusedOrders, saveAgreed, saveLink, settleAttempt, sharedOrder, takeOrder, takeReceipt, unlinkedByReference, type SharedOrder, type TakenLine } from '../store/planner-orders.ts';
import { forgetOldShadow, saveShadow, shadowInputs } from '../store/planner-shadow.ts';
import { findPlanner, plannerFailed, plannerHeard, plannerWarehouses, savePlannerFigures, savePlannerVariants, savePlannerWarehouses, type PlannerConnectionRow, type PlannerWarehouseRow } from '../store/planner.ts';

const SILENT_MS = 26 * 3_600_000;
/** How long writes are remembered. */
const ATTEMPT_DAYS = 400;
const ROWS_IN_FILE = 50_000;
/** Files of one kind in an exchange. */
const MOST_PARTS = 20;
/** States in which nothing more of an order is awaited. */
const ENDED = ['closed', 'cancelled'];
/** How long the files themselves are kept to be looked at. */
const FILE_DAYS = 30;
/** After so many writes in a row without an outcome it is the planner that is in trouble, not an order. */
const MOST_UNKNOWN = 3;

export const plannerExchange = defineFlow({
  name: 'planner-exchange', moves: 'Inventory Planner’s figures, orders and receipts ⇄ ours', owner: 'planner', schedule: { cron: '25 * * * *' }, raises: ['PLANNER_SILENT', 'PLANNER_REJECTED'],
  async run(context) {
    const { db, storeId } = context, connection = await findPlanner(db, storeId);
    if (!connection) {
      context.detail['waiting'] = 'no planner is connected';
      for (const kind of ['PLANNER_SILENT', 'PLANNER_REJECTED'] as const) await context.checked(kind, []);
      return;
    }
    const exchange = new Exchange(context, connection, await context.planner());
    try {
      await exchange.run();
      await plannerHeard(db, storeId, context.now());
      await db.query('update planner_connection set exchanged_at = $2 where store_id = $1', [storeId, context.now()]);
    } catch (error) {
      await plannerFailed(db, storeId, (error as Error).message, context.now());
      throw error;
    } finally {
      const { exchanged_at: last, created_at: made } = (await findPlanner(db, storeId))!, silent = context.clock.now().getTime() - Date.parse(last ?? made) > SILENT_MS;
      await context.checked('PLANNER_SILENT', silent ? [{ kind: 'PLANNER_SILENT', key: 'planner', subject: `Inventory Planner ${connection.account}`, sentence: `No exchange with Inventory Planner came to its end since ${last ?? made}.`, evidence: { exchangedAt: last } }] : []);
      context.changed('planner', 'exceptions');
    }
  },
});

class Exchange {
  readonly #context: FlowContext;
  readonly #connection: PlannerConnectionRow;
  readonly #planner: Planner;
  readonly #problems: RaisedException[] = [];
  readonly #unknownStatuses = new Set<string>();
  #places: PlannerWarehouseRow[] = [];
  #heads: PlannerOrderHead[] = [];

  constructor(context: FlowContext, connection: PlannerConnectionRow, planner: Planner) { this.#context = context; this.#connection = connection; this.#planner = planner; }

  async run(): Promise<void> {
    const { db, storeId } = this.#context;
    await this.#figures();
    const { orders, rejects } = await this.#planner.orders();
    this.#heads = orders.filter((head) => head.kind === 'purchase order');
    this.#count('transfer or assembly', orders.length - this.#heads.length);
    for (const reject of rejects) this.#problem(`row/${reject.where}`, reject.where, `${reject.where}: ${reject.field ?? 'it'} ${reject.message}. The other orders were read.`);
    await this.#takeNew();
    if (this.#connection.sends_orders) await this.#tell();
    await this.#meetAll();
    await this.#shadow();
    await this.#files();
    await db.query('delete from planner_attempt where store_id = $1 and created_at < $2', [storeId, new Date(this.#context.clock.now().getTime() - ATTEMPT_DAYS * 86_400_000).toISOString()]);
    await db.query('update planner_connection set unknown_statuses = $2 where store_id = $1', [storeId, [...this.#unknownStatuses].sort()]);
    for (const status of this.#unknownStatuses) this.#problem(`status/${status}`, `Status “${status}”`, `Inventory Planner has orders in the status “${status}”; whether it is active, draft, closed or cancelled nobody has said. Say it in Settings → Inventory Planner.`);
    for (const row of await refusedOrders(db, storeId)) this.#problem(`order/${row.purchase_order_id}`, row.reference, row.state === 'refused' ? `Inventory Planner refused ${row.reference}: ${row.message}` : `${row.reference}: ${row.message}`, { plannerId: row.planner_id });
    await this.#context.checked('PLANNER_REJECTED', this.#problems.slice(0, 2_000));
  }

  #problem(key: string, subject: string, sentence: string, evidence: Record<string, unknown> = {}): void { this.#problems.push({ kind: 'PLANNER_REJECTED', key, subject, sentence, evidence }); }
  #count(reason: string, rows: number): void {
    if (rows === 0) return;
    this.#context.tally.input += rows;
    this.#context.tally.skipped[reason] = (this.#context.tally.skipped[reason] ?? 0) + rows;
  }
  #doing() { return { now: this.#context.now(), keyOf: (cause: string) => idempotencyKey(`stock-adjustments/${this.#context.storeId}/${cause}`) }; }
  #ended(status: string | null): boolean { return status !== null && ENDED.includes(this.#type(status) ?? ''); }
  #type(status: string) { return statusType(status, this.#connection.status_types); }
  #name(type: StatusType): string { return statusName(type, this.#heads.map((head) => head.status), this.#connection.status_types); }

  async #figures(): Promise<void> {
    const { db, storeId, tally } = this.#context, { warehouses, rejects } = await this.#planner.warehouses();
    await savePlannerWarehouses(db, storeId, warehouses, this.#context.now());
    this.#places = await plannerWarehouses(db, storeId);
    this.#context.progress('figures of the planner', 0, null);
    const read = await this.#planner.variants(), able = warehouses.filter((one) => !one.isDisabled && one.kind !== 'combined');
    await savePlannerVariants(db, storeId, read.variants, this.#context.now());
    const figures = await db.transaction((tx) => savePlannerFigures(tx, storeId, read.variants, able.length === 1 ? able[0]!.id : null, this.#context.now()));
    // Replaced whole: the drift check joins them all, and must not plan by what was known of the last ones, or of none.
    await db.query('analyze planner_figure, planner_variant');
    tally.input += read.variants.length + read.rejects.length;
    tally.applied += read.variants.length;
    if (read.rejects.length > 0) tally.failed['could not be read'] = (tally.failed['could not be read'] ?? 0) + read.rejects.length;
    for (const reject of [...rejects, ...read.rejects].slice(0, 500)) this.#problem(`row/${reject.where}`, reject.where, `${reject.where}: ${reject.field ?? 'it'} ${reject.message}. The other rows were read.`);
    this.#context.detail['figures'] = figures;
  }

  /** Active orders of theirs that we do not have. One that bears the reference of an order of ours is ours, told before and not yet linked. */
  async #takeNew(): Promise<void> {
    const { db, storeId } = this.#context, linked = await linkedOrders(db, storeId);
    const known = new Set(linked.map((order) => order.planner_id)), ours = new Map(linked.filter((order) => order.direction === 'out').map((order) => [order.reference, order.planner_id]));
    for (const head of this.#heads) {
      const type = this.#type(head.status);
      if (type === null) this.#unknownStatuses.add(head.status);
      if (known.has(head.id)) continue;
      if (ours.has(head.reference) && type !== 'cancelled' && type !== 'closed') { this.#problem(`twice/${head.id}`, head.reference, `${head.reference} stands in Inventory Planner twice: ${ours.get(head.reference)} is the one Instep keeps in step. Cancel the other, or give it another reference.`, { plannerId: head.id }); continue; }
      if (type !== 'active' || !this.#connection.takes_orders) { this.#count(type === 'active' ? 'orders are not taken' : type === null ? 'status not explained' : type, 1); continue; }
      if (await unlinkedByReference(db, storeId, head.reference) !== null) continue;
      this.#context.tally.input++;
      const fault = await this.#take(head);
      if (fault === null) { this.#context.tally.applied++; continue; }
      this.#context.tally.failed['order not taken'] = (this.#context.tally.failed['order not taken'] ?? 0) + 1;
      this.#problem(`planner/${head.id}`, head.reference, `${head.reference} of Inventory Planner was not taken over: ${fault}`, { plannerId: head.id });
    }
  }
  /** What stands in the way, in a sentence; null when it is ours now. */
  async #take(head: PlannerOrderHead): Promise<string | null> {
    const place = this.#places.find((each) => each.planner_warehouse_id === head.warehouseId), currency = head.currency ?? this.#context.store.currency;
    if (!place?.location_id) return `its warehouse ${place?.name ?? head.warehouseId} is not given to a location. Do it in Settings → Inventory Planner.`;
    const lines = await this.#lines(head.id, currency);
    if (typeof lines === 'string') return lines;
    if (lines.length === 0) return 'it has no lines.';
    await this.#context.db.transaction((tx) => takeOrder(tx, this.#context.storeId, head, place.location_id!, currency, lines, this.#doing()));
    return null;
  }
  /** Their lines as ours, one an item; a sentence when one of them is nobody's. */
  async #lines(plannerId: string, currency: string): Promise<TakenLine[] | string> {
    let theirs: PlannerOrderLine[] | null;
    try {
      theirs = await this.#planner.lines(plannerId, currency);
    } catch (error) {
      if (error instanceof PlannerRefused) return `${unstopped(error.message)}.`;
      throw error;
    }
    if (theirs === null) return 'it was there a moment ago and is gone.';
    return this.#asOurs(theirs);
  }
  async #asOurs(theirs: readonly PlannerOrderLine[]): Promise<TakenLine[] | string> {
    const items = await itemsOfVariants(this.#context.db, this.#context.storeId, theirs.map((line) => line.variantId)), sums = new Map<number, TakenLine>();
    for (const line of theirs) {
      const item = items.get(line.variantId);
      if (!item) return `its line ${line.sku || line.variantId} is no item here. Give the variant its SKU, or take the line away.`;
      const known = sums.get(item.itemId);
      sums.set(item.itemId, { itemId: item.itemId, variantId: known?.variantId ?? line.variantId, ordered: (known?.ordered ?? 0) + line.ordered, received: (known?.received ?? 0) + line.received, unitCost: line.unitCost ?? known?.unitCost ?? item.unitCost });
    }
    return [...sums.values()];
  }

  async #tell(): Promise<void> {
    const { db, storeId } = this.#context;
    let unknown = 0;
    for (const order of await ordersToTell(db, storeId, this.#context.now())) {
      // Taken back to be changed, it is a draft there too: an open one would count as on its way.
      const type = order.state === 'closed' || order.state === 'cancelled' ? order.state : order.state === 'draft' || order.state === 'awaiting approval' ? 'draft' : 'active';
      const wanted: OrderToPlan = {
        reference: order.reference, status: this.#name(type), vendor: order.supplier, warehouseId: order.planner_warehouse_id!, currency: order.currency, expectedOn: order.expected_on, notes: order.notes,
        lines: order.lines.flatMap((line) => (line.variantId === null ? [] : [{ variantId: line.variantId, ordered: line.ordered, unitCost: line.unitCost }])),
      };
      const digest = JSON.stringify(wanted), nobody = order.lines.filter((line) => line.variantId === null);
      if (order.sent_digest === digest) continue;
      this.#context.tally.input++;
      const attempt = await beginAttempt(db, storeId, order.purchase_order_id, order.planner_id === null ? 'order' : 'change', wanted, this.#context.now());
      try {
        if (nobody.length > 0 || (wanted.lines.length === 0 && type !== 'draft')) throw new PlannerRefused(wanted.lines.length === 0 && nobody.length === 0 ? 'it has no lines' : `it does not know ${nobody.map((line) => line.sku || `item ${line.itemId}`).slice(0, 5).join(', ')}`);
        const { plannerId, outcome } = order.planner_id === null ? await this.#make(order, wanted) : await this.#change(order, order.planner_id, wanted);
        await saveAgreed(db, storeId, order.purchase_order_id, order.lines.map((line) => ({ itemId: line.itemId, variantId: line.variantId!, agreed: line.agreed })));
        await saveLink(db, storeId, order.purchase_order_id, 'out', { plannerId, state: 'linked', sentDigest: digest, message: null, attempts: 0 }, this.#context.now());
        await settleAttempt(db, storeId, attempt, outcome, null, this.#context.now());
        this.#context.tally.applied++;
        unknown = 0;
      } catch (error) {
        const message = (error as Error).message, isNo = error instanceof PlannerRefused, minutes = Math.min(360, 5 * 2 ** Math.min(order.attempts, 7));
        await settleAttempt(db, storeId, attempt, isNo ? 'refused' : 'unknown', message, this.#context.now());
        // A no stands until the order, or what we call its status, is another.
        await saveLink(db, storeId, order.purchase_order_id, 'out', { state: isNo ? 'refused' : order.planner_id === null ? 'waiting' : 'linked', message, attempts: order.attempts + 1, ...(isNo ? { sentDigest: digest } : { notBefore: new Date(this.#context.clock.now().getTime() + minutes * 60_000).toISOString() }) }, this.#context.now());
        this.#context.tally.failed[isNo ? 'refused' : 'no outcome'] = (this.#context.tally.failed[isNo ? 'refused' : 'no outcome'] ?? 0) + 1;
        if (!isNo && ++unknown >= MOST_UNKNOWN) throw error;
      }
    }
  }
  /** Looks for the reference, makes the order, and looks again: a repeated call may make another, and an answer may be lost. */
  async #make(order: SharedOrder, wanted: OrderToPlan): Promise<{ plannerId: string; outcome: 'done' | 'found' }> {
    const before = (await this.#planner.findOrders(order.reference)).filter((head) => this.#type(head.status) !== 'cancelled');
    if (before[0]) {
      if (!before[0].isReadonly) await this.#change(order, before[0].id, wanted);
      return { plannerId: before[0].id, outcome: 'found' };
    }
    const said = await this.#planner.makeOrder(wanted), after = (await this.#planner.findOrders(order.reference)).filter((head) => this.#type(head.status) !== 'cancelled');
    const kept = after.find((head) => head.id === said) ?? after[0];
    if (!kept) throw new Error(`${order.reference} was made and cannot be found`);
    // None was there before: the others came of this one call, and nothing was received of them yet.
    for (const other of after) if (other.id !== kept.id && (other.received ?? 0) === 0) await this.#planner.changeOrder(other.id, { status: this.#name('cancelled') });
    return { plannerId: kept.id, outcome: 'done' };
  }
  async #change(order: SharedOrder, plannerId: string, wanted: OrderToPlan): Promise<{ plannerId: string; outcome: 'done' }> {
    if (order.is_readonly) throw new PlannerRefused('it belongs to a connected system there, which must be changed instead');
    const there = this.#heads.find((head) => head.id === plannerId), standsFor = this.#places.find((place) => place.planner_warehouse_id === there?.warehouseId)?.location_id ?? null;
    if (standsFor !== null && standsFor !== order.location_id) throw new PlannerRefused('it is for another warehouse there, which cannot be changed. Cancel it there and order anew under another reference');
    // A line that left the order here is not to come any more: no more of it stands there than has come.
    const left = ((await this.#planner.lines(plannerId, wanted.currency)) ?? []).filter((line) => line.ordered > line.received && !wanted.lines.some((one) => one.variantId === line.variantId) && order.told.includes(line.variantId));
    await this.#planner.changeLines(plannerId, [...wanted.lines, ...left.map((line) => ({ variantId: line.variantId, ordered: line.received, unitCost: line.unitCost ?? 0 }))], wanted.currency);
    await this.#planner.changeOrder(plannerId, { status: wanted.status, expectedOn: wanted.expectedOn });
    return { plannerId, outcome: 'done' };
  }

  /** Orders both sides keep, where either has moved since the last look. */
  async #meetAll(): Promise<void> {
    const { db, storeId } = this.#context, heads = new Map(this.#heads.map((head) => [head.id, head]));
    for (const order of await linkedOrders(db, storeId)) {
      const head = heads.get(order.planner_id!) ?? (await this.#planner.findOrders(order.reference)).find((each) => each.id === order.planner_id);
      if (!head) {
        if (order.link_state !== 'gone' && !['closed', 'cancelled', 'received'].includes(order.state)) await saveLink(db, storeId, order.purchase_order_id, order.direction!, { state: 'gone', message: 'it is no longer there. Cancel it here, or ask who deleted it.' }, this.#context.now());
        continue;
      }
      if (order.seen_digest === headDigest(head) && order.link_state !== 'conflict' && order.lines.every((line) => line.received === line.agreed) && !(order.direction === 'in' && ENDED.includes(order.state) && this.#type(head.status) === 'active')) continue;
      const message = await this.#meet(order, head);
      await saveLink(db, storeId, order.purchase_order_id, order.direction!, {
        state: message === null || message.startsWith('Not told') ? (order.link_state === 'refused' ? 'refused' : 'linked') : 'conflict', status: head.status, isReadonly: head.isReadonly, message: message ?? (order.link_state === 'refused' ? await this.#refusal(order) : null), ...(message === null ? { seenDigest: headDigest(head) } : {}),
      }, this.#context.now());
    }
  }
  async #refusal(order: SharedOrder): Promise<string | null> {
    return (await this.#context.db.query<{ message: string | null }>('select message from planner_order where store_id = $1 and purchase_order_id = $2', [this.#context.storeId, order.purchase_order_id])).rows[0]!.message;
  }

  /** Brings one order into step; answers what stands in the way, or null. */
  async #meet(order: SharedOrder, head: PlannerOrderHead): Promise<string | null> {
    const { db, storeId } = this.#context, theirs = await this.#planner.lines(head.id, order.currency);
    if (theirs === null) return 'its lines cannot be read any more.';
    const asOurs = await this.#asOurs(theirs);
    if (typeof asOurs === 'string') return asOurs;
    const type = this.#type(head.status);
    if (order.direction === 'in' && order.seen_digest !== headDigest(head)) await db.transaction((tx) => followOrder(tx, storeId, order.purchase_order_id, head.expectedOn, type === 'closed' || type === 'cancelled' ? type : null, this.#ended(order.planner_status), asOurs, this.#doing()));
    const fresh = await sharedOrder(db, storeId, order.purchase_order_id), items = await itemsOfVariants(db, storeId, theirs.map((line) => line.variantId)), received = new Map<number, { total: number; variantId: string }>();
    for (const line of theirs) { const { itemId } = items.get(line.variantId)!, known = received.get(itemId); received.set(itemId, { total: (known?.total ?? 0) + line.received, variantId: known?.variantId ?? line.variantId }); }
    const due: { itemId: number; variantId: string; units: number; total: number }[] = [], asks: string[] = [];
    let held = 0;
    for (const line of fresh.lines) {
      const there = received.get(line.itemId);
      if (!there) { if (line.received !== line.agreed) asks.push(`${line.sku || `item ${line.itemId}`} was received here and is not on the order there.`); continue; }
      const step = receiptStep({ agreed: line.agreed, ours: line.received, theirs: there.total });
      if (step.step === 'ask') asks.push(`${line.sku || `item ${line.itemId}`}: ${step.sentence}`);
      if (step.step === 'agree') await saveAgreed(db, storeId, order.purchase_order_id, [{ itemId: line.itemId, variantId: there.variantId, agreed: step.total }]);
      if (step.step === 'take') due.push({ itemId: line.itemId, variantId: there.variantId, units: step.units, total: step.total });
      if (step.step === 'write') {
        // Where Shopify keeps its own stock, both might raise it for one delivery.
        if (this.#connection.pushes_stock && order.authority === 'storefront') { held += line.received - there.total; continue; }
        const fault = await this.#write(order, head, line.itemId, there.variantId, step.total);
        if (fault !== null) asks.push(`${line.sku || `item ${line.itemId}`}: ${fault}`);
      }
    }
    if (due.length > 0) {
      const taken = await db.transaction((tx) => takeReceipt(tx, storeId, order, due, this.#connection.pushes_stock && order.authority === 'storefront', this.#doing()));
      if (taken && 'refused' in taken) asks.push(`what was received there cannot be booked here: ${taken.refused}.`);
      else if (taken) this.#context.changed('stock', 'replenishment');
    }
    if (order.direction === 'in' && ENDED.includes(fresh.state) && type === 'active') asks.push(`It was ${fresh.state} here and is open there. Close it there, or open it here again.`);
    if (order.direction === 'out') for (const [itemId, { total, variantId }] of received) if (total > 0 && !fresh.lines.some((line) => line.itemId === itemId)) asks.push(`${total} units of ${theirs.find((line) => line.variantId === variantId)?.sku || variantId} were received there, which is not on the order here. Receive them here with the order, or take the line away there.`);
    if (held > 0) this.#context.detail['receiptsHeld'] = Number(this.#context.detail['receiptsHeld'] ?? 0) + held;
    return asks.length > 0 ? asks.slice(0, 5).join(' ') : held > 0 ? `Not told: ${held} units received here. Inventory Planner may raise Shopify’s stock for them a second time; say in its settings here that it does not.` : null;
  }
  /** The total of a line, once: written, read back and compared. Whoever finds another total than was written must not guess. */
  async #write(order: SharedOrder, head: PlannerOrderHead, itemId: number, variantId: string, total: number): Promise<string | null> {
    const { db, storeId } = this.#context, attempt = await beginAttempt(db, storeId, order.purchase_order_id, 'receipt', { plannerId: head.id, variantId, total }, this.#context.now());
    let lost: Error | null = null;
    try {
      await this.#planner.setReceived(head.id, variantId, total);
    } catch (error) {
      if (error instanceof PlannerRefused) { await settleAttempt(db, storeId, attempt, 'refused', error.message, this.#context.now()); return `the receipt of ${total} in all was refused: ${error.message}`; }
      lost = error as Error;
    }
    const shown = (await this.#planner.lines(head.id, order.currency))?.find((line) => line.variantId === variantId)?.received;
    await settleAttempt(db, storeId, attempt, shown === total ? (lost ? 'found' : 'done') : 'unknown', lost?.message ?? (shown === total ? null : `it shows ${shown}`), this.#context.now());
    if (shown === total) { await saveAgreed(db, storeId, order.purchase_order_id, [{ itemId, variantId, agreed: total }]); return null; }
    // Without an answer and unchanged: it was not done, and the next exchange says it again.
    if (lost) throw lost;
    return `${total} in all were written and ${shown} are shown. Make the total right there; it is not written again by itself.`;
  }

  async #shadow(): Promise<void> {
    const { db, storeId } = this.#context, now = this.#context.now(), today = this.#context.dayOf(now), rules = { floorsInLeadTime: this.#connection.floors_in_lead_time };
    let rows = 0, same = 0;
    for await (const page of shadowInputs(db, storeId, addDays(today, -this.#connection.forecast_days), today)) {
      await saveShadow(db, storeId, page.map((each) => ({ itemId: each.item_id, locationId: each.location_id, hasOurs: each.quantity !== null, syncedAt: each.synced_at, gap: explainGap(
        { replenishment: each.replenishment, inStock: each.their_in_stock, onOrder: each.their_on_order, leadTimeDays: each.their_lead, coverDays: each.their_cover, minimumStock: each.their_minimum, forecastPerDay: each.their_forecast },
        { forecastPerDay: (each.seasons && seasonalPerDay(each.seasons, today, each.lead + each.cover)) ?? velocity(each.sold, each.days_in_stock), leadTimeDays: each.lead, coverDays: each.cover, minimumStock: each.minimum, componentNeed: 0, inStock: each.in_stock, onOrder: each.on_order, inTransfer: each.in_transfer, soldSinceSync: each.sold_since, recommended: each.quantity === null ? null : { quantity: each.quantity, need: each.need!, position: each.planned_position ?? each.in_stock + each.on_order + each.in_transfer } }, rules) })).map((record) => { rows++; if (record.gap.parity === record.gap.theirs) same++; return record; }), now);
      this.#context.progress('shadow', rows, null);
    }
    await forgetOldShadow(db, storeId, now);
    this.#context.detail['parity'] = rows === 0 ? null : Math.round((same / rows) * 1_000) / 1_000;
  }

  /** Parents first, so that a line never comes before what it names. Said again after a crash between putting and noting: a row there is keyed by its id. Children wait for the next exchange when their parents do not all fit into this one. */
  async #files(): Promise<void> {
    if (!this.#connection.sftp) return;
    const { db, storeId, clock } = this.#context, { returns_on: returnsOn, file_folders: folders } = this.#connection, leftOut: Partial<Record<AdvancedFile, LeftOut[]>> = {};
    kinds: for (const file of ADVANCED_FILES) {
      const without = await leftOutRows(db, storeId, file, returnsOn, this.#context.now());
      if (without.length > 0) leftOut[file] = without;
      for (const { reason, rows } of without) this.#count(`${file} file: ${reason}`, rows);
      for (let part = 1; ; part++) {
        if (part > MOST_PARTS) { this.#context.detail[`file ${file}`] = 'more than fits into one exchange; the rest and later files come with the next'; break kinds; }
        const now = this.#context.now(), rows = await changedFileRows(db, storeId, file, returnsOn, ROWS_IN_FILE, now);
        if (rows.length === 0) break;
        const said = rows.map((each) => ({ ...each.row, isRemoved: each.isRemoved || each.row['isRemoved'] === true, ...(each.wasSaid ? { updatedAt: now } : {}) }));
        const written = await this.#planner.putRows(file, said, this.#context.store.currency, folders[file] ?? ADVANCED_FOLDERS[file], part);
        await db.transaction((tx) => fileWritten(tx, storeId, file, rows, written, now));
        this.#context.detail[`file ${file}`] = `${written.folder}/${written.name}, ${rows.length} rows`;
        if (rows.length < ROWS_IN_FILE) break;
      }
    }
    await filesSettled(db, storeId, leftOut, new Date(clock.now().getTime() - FILE_DAYS * 86_400_000).toISOString(), this.#context.now());
  }
}
