/**
 * purchase-orders: purchase orders → suppliers; what is late, and what suppliers really take.   Woken when an order is sent and every five minutes.
 *  1 gather  mails owed to suppliers; sent orders past their day; arrivals of the latest orders by supplier
 *  2 decide  domain/purchasing: the paper and its words; what runs out before a late order can be expected; lead times learned, against what is stated
 *  3 send    PDF and CSV by mail, once a version, with one Message-ID for every try; a server that does not answer is asked again, ever more slowly
 *            what Shopify refused of an order's `incoming` is written anew after an hour
 *  4 settle  PO_MAIL_FAILED, PO_OVERDUE and LEADTIME_DRIFT opened and closed by what the check saw
 */
import { addDays } from '../domain/calendar.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { comesIn, runsOut } from '../domain/purchasing/late-order.ts';
import { paperCsv, paperMail } from '../domain/purchasing/paper.ts';
import { leadTimeDrift, learnLeadTime } from '../domain/purchasing/lead-time.ts';
import { MailRefused, type Notifier } from '../ports/notifier.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { plannedInputs } from '../store/bought-together.ts';
import { planWorld } from '../store/plan-inputs.ts';
import { findPurchase, incomingRefused, settleIncoming } from '../store/purchase-orders.ts';
import { overduePurchases, type OverdueRow } from '../store/purchase-page.ts';
import { purchasePaper } from '../store/purchase-paper.ts';
import { mailsFailing, mailsWaiting, purchaseSettings, settleMail, type MailRow } from '../store/purchase-settings.ts';
import { deliveredOrders, suppliersWithReceipts } from '../store/supplier-performance.ts';

const MOST_MAILS = 200, MOST_ATTEMPTS = 30, TELL_AFTER = 3, LONGEST_WAIT_MS = 3_600_000, SUPPLIERS_AT_ONCE = 200;

export const purchaseOrders = defineFlow({
  name: 'purchase-orders', moves: 'purchase orders → suppliers', owner: 'planner', schedule: { cron: '1-59/5 * * * *' }, raises: ['PO_MAIL_FAILED', 'PO_OVERDUE', 'LEADTIME_DRIFT'],
  async run(context) {
    await sendMails(context);
    await settleRefused(context);
    await watchOverdue(context);
    await watchLeadTimes(context);
    context.changed('replenishment', 'exceptions');
  },
});

async function sendMails(context: FlowContext): Promise<void> {
  const { db, storeId, tally, notifier } = context;
  const mails = await mailsWaiting(db, storeId, context.now(), MOST_MAILS);
  tally.input += mails.length;
  for (const mail of mails) {
    if (notifier === null) { tally.skipped['no mail server is set'] = (tally.skipped['no mail server is set'] ?? 0) + 1; continue; }
    try {
      await send(context, notifier, mail);
      await settleMail(db, storeId, mail, { state: 'sent', message: null, notBefore: null }, context.now());
      tally.applied++;
    } catch (error) {
      const final = error instanceof MailRefused || mail.attempts + 1 >= MOST_ATTEMPTS;
      const notBefore = new Date(context.clock.now().getTime() + Math.min(60_000 * 2 ** Math.min(mail.attempts, 10), LONGEST_WAIT_MS)).toISOString();
      await settleMail(db, storeId, mail, { state: final ? 'failed' : 'waiting', message: (error as Error).message, notBefore: final ? null : notBefore }, context.now());
      tally.failed['mail not taken'] = (tally.failed['mail not taken'] ?? 0) + 1;
    }
  }
  await context.checked('PO_MAIL_FAILED', (await mailsFailing(db, storeId, TELL_AFTER)).map((mail): RaisedException => ({
    kind: 'PO_MAIL_FAILED', key: `purchase/${mail.purchase_order_id}`, subject: `${mail.reference} to ${mail.supplier}`,
    sentence: `${mail.reference} is marked as sent, but the mail to ${mail.recipient} did not get through: ${mail.message ?? 'no answer'}. ${mail.supplier} may not know of the order.`, evidence: { purchaseOrderId: mail.purchase_order_id, recipient: mail.recipient, attempts: mail.attempts, message: mail.message },
  })));
}

async function send(context: FlowContext, notifier: Notifier, mail: MailRow): Promise<void> {
  const found = await findPurchase(context.db, context.storeId, { id: mail.purchase_order_id });
  if (!found) throw new MailRefused('the order is gone');
  const paper = { ...(await purchasePaper(context.db, context.store, found)), version: mail.version }, { subject, text } = paperMail(paper, mail.words);
  await notifier.sendMail({
    to: mail.recipient, subject, text, id: `purchase-order-${context.storeId}-${mail.purchase_order_id}-${mail.version}-${Date.parse(mail.made_at)}`, // when it was owed: another installation has the same numbers
    attachments: [{ name: `${paper.reference}.pdf`, type: 'application/pdf', content: await context.paper.purchaseOrder(paper) }, { name: `${paper.reference}.csv`, type: 'text/csv; charset=utf-8', content: paperCsv(paper) }],
  });
}

async function settleRefused(context: FlowContext): Promise<void> {
  const { db, storeId } = context, anHourAgo = new Date(context.clock.now().getTime() - 3_600_000).toISOString();
  for (const id of await incomingRefused(db, storeId, anHourAgo)) await db.transaction((tx) => settleIncoming(tx, storeId, id, { by: 'purchase-orders', now: context.now(), keyOf: (cause) => idempotencyKey(`stock-adjustments/${storeId}/${cause}`) }));
}

async function watchOverdue(context: FlowContext): Promise<void> {
  const { db, storeId } = context, today = context.dayOf(context.now()), { overdueToleranceDays } = await purchaseSettings(db, storeId), late = await overduePurchases(db, storeId, today, overdueToleranceDays);
  const emptied = await emptiedBy(context, late, today, overdueToleranceDays);
  await context.checked('PO_OVERDUE', late.map((row, n): RaisedException => {
    const { expected, runsOut: out } = emptied[n]!, soldOut = row.sold_out.length === 0 ? '' : ` Sold out where it is awaited: ${named(row.sold_out)}.`, runs = out.filter((one) => !row.sold_out.includes(one.name));
    const follows = runs.length === 0 ? '' : ` More likely than not gone before it can be expected on ${expected}: ${named(runs.map((one) => `${one.name} on ${one.on}`))}.`;
    return {
      kind: 'PO_OVERDUE', key: `purchase/${row.purchase_order_id}`, subject: `${row.reference} of ${row.supplier}`, locationId: row.location_id,
      size: row.open_units, ...(soldOut === '' && follows === '' ? {} : { severity: 2 as const }),
      sentence: `${row.by_lead_time ? `Nobody said when ${row.reference} of ${row.supplier} comes; by its lead time it was due on ${row.expected_on}` : `${row.supplier} promised ${row.reference} for ${row.expected_on}`}; ${row.open_units} units have not come, ${overdueToleranceDays} days of grace included.${soldOut}${follows}`,
      evidence: { purchaseOrderId: row.purchase_order_id, expectedOn: row.expected_on, openUnits: row.open_units, soldOut: row.sold_out, mayComeOn: expected, runsOut: out.slice(0, MOST_NAMED) },
    };
  }));
}

const named = (names: readonly string[]): string => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
/** Of late orders: lines looked at together, those of the latest first; and named in a case. */
const MOST_AWAITED = 2_000, MOST_NAMED = 50;

/** Of each late order: when it may be expected, and what of it runs out before, by the forecast the plan uses, planners' words and the places it buys for included. Items without a forecast are not judged. */
async function emptiedBy({ db, store }: FlowContext, late: readonly OverdueRow[], today: string, toleranceDays: number): Promise<{ expected: string; runsOut: { name: string; on: string }[] }[]> {
  const awaited = late.flatMap((row) => row.items.map(({ itemId }) => ({ item_id: itemId, location_id: row.location_id, by_rule: false }))), keyOf = (item: number, place: number): string => `${item}@${place}`;
  const rows = [...new Map(awaited.map((row) => [keyOf(row.item_id, row.location_id), row])).values()].slice(0, MOST_AWAITED);
  const world = rows.length === 0 ? null : await planWorld(db, store, today, () => null, [...new Set(rows.map((row) => row.item_id))]), lines = new Map((world === null ? [] : await plannedInputs(db, world, rows)).map((line) => [keyOf(line.itemId, line.locationId), line]));
  return late.map((row) => {
    const days = comesIn(row.expected_on, today, row.lead_time_days), runs = row.items.flatMap(({ itemId, name }) => {
      const line = lines.get(keyOf(itemId, row.location_id));
      const day = line === undefined || line.byRule ? null : runsOut({ today, forecast: line.wanted ?? line.forecast, stock: line.stock, elsewhere: line.elsewhere ?? 0, arrivals: line.arrivals ?? [], toleranceDays, comesIn: days });
      return day === null ? [] : [{ name, on: addDays(today, day) }];
    });
    return { expected: addDays(today, days), runsOut: runs.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0)) };
  });
}

async function watchLeadTimes(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  const suppliers = await suppliersWithReceipts(db, storeId), drifts: RaisedException[] = [];
  for (let start = 0; start < suppliers.length; start += SUPPLIERS_AT_ONCE) {
    const some = suppliers.slice(start, start + SUPPLIERS_AT_ONCE), delivered = await deliveredOrders(db, storeId, some.map((s) => s.supplier_id));
    for (const supplier of some) {
      const learned = learnLeadTime(delivered.get(supplier.supplier_id) ?? []), drift = leadTimeDrift(supplier.lead_time_days, learned);
      if (drift === null || learned === null) continue;
      drifts.push({
        kind: 'LEADTIME_DRIFT', key: `supplier/${supplier.supplier_id}`, subject: supplier.name,
        sentence: `${supplier.name} states ${supplier.lead_time_days} days; its last ${learned.n} orders took ${learned.p50} in the middle and ${learned.p90} at P90. Orders are placed ${Math.abs(drift.days)} days too ${drift.days > 0 ? 'late' : 'early'}.`,
        evidence: { supplierId: supplier.supplier_id, stated: supplier.lead_time_days, p50: learned.p50, p90: learned.p90, orders: learned.n },
      });
    }
  }
  await context.checked('LEADTIME_DRIFT', drifts);
}
