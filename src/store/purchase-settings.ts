/** What purchasing of a store may do by itself, and the mails it owes its suppliers. */
import type { Approver } from '../domain/purchasing/approval.ts';
import type { BudgetPer } from '../domain/replenishment/supplier-limits.ts';
import type { Queryable } from './db.ts';

export interface PurchaseSettings { approvalLimits: Record<string, number>; /** None: whoever did not make the order. */ approvers: Approver[]; overdueToleranceDays: number; /** Over all suppliers, minor units of the store's currency; null: none. */ planBudget: number | null; planBudgetPer: BudgetPer;
  /** Per cent more than ordered that is received without a word; null: any amount. */ overTolerancePercent: number | null; version: number }

/** The store's settings; nothing needs approval until somebody sets a limit. */
export async function purchaseSettings(db: Queryable, storeId: number): Promise<PurchaseSettings> {
  const { rows: [row] } = await db.query<{ approval_limits: Record<string, number>; approvers: Approver[]; overdue_tolerance_days: number; plan_budget: string | null; plan_budget_per: BudgetPer; over_tolerance_percent: number | null; version: number }>('select approval_limits, approvers, overdue_tolerance_days, plan_budget, plan_budget_per, over_tolerance_percent, version from purchase_setting where store_id = $1', [storeId]);
  return { approvalLimits: row?.approval_limits ?? {}, approvers: row?.approvers ?? [], overdueToleranceDays: row?.overdue_tolerance_days ?? 2, planBudget: row?.plan_budget == null ? null : Number(row.plan_budget), planBudgetPer: row?.plan_budget_per ?? 'plan', overTolerancePercent: row?.over_tolerance_percent ?? null, version: row?.version ?? 0 };
}

/** Saves when the settings are still at `version` (0: never saved). False: somebody else was faster. */
export async function savePurchaseSettings(db: Queryable, storeId: number, settings: PurchaseSettings, by: string, now: string): Promise<boolean> {
  await db.query('insert into purchase_setting (store_id, version, updated_at, updated_by) values ($1, 0, $2, $3) on conflict do nothing', [storeId, now, by]);
  const { rowCount } = await db.query(
    'update purchase_setting set approval_limits = $3, overdue_tolerance_days = $4, plan_budget = $5, plan_budget_per = $6, over_tolerance_percent = $9, approvers = $10, version = version + 1, updated_at = $7, updated_by = $8 where store_id = $1 and version = $2',
    [storeId, settings.version, JSON.stringify(settings.approvalLimits), settings.overdueToleranceDays, settings.planBudget, settings.planBudgetPer, now, by, settings.overTolerancePercent, JSON.stringify(settings.approvers)]);
  return (rowCount ?? 0) > 0;
}

export interface MailRow { purchase_order_id: number; version: number; recipient: string; words: string; state: 'waiting' | 'sent' | 'failed'; attempts: number; message: string | null; made_at: string; sent_at: string | null }

/** Owes the supplier a mail of this version; once. Earlier ones still waiting are not sent any more: this one says what they would have. */
export async function oweMail(tx: Queryable, storeId: number, id: number, version: number, recipient: string, words: string, now: string): Promise<void> {
  await dropMail(tx, storeId, id);
  await tx.query('insert into purchase_mail (store_id, purchase_order_id, version, recipient, words, made_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing', [storeId, id, version, recipient, words, now]);
}
/** Mails of an order that are not out yet are dropped: what they say is not so any more. */
export async function dropMail(tx: Queryable, storeId: number, id: number): Promise<void> {
  await tx.query(`update purchase_mail set state = 'failed', message = 'not sent: the order was changed before' where store_id = $1 and purchase_order_id = $2 and state = 'waiting'`, [storeId, id]);
}
export async function mailsOf(db: Queryable, storeId: number, id: number): Promise<MailRow[]> {
  return (await db.query<MailRow>('select * from purchase_mail where store_id = $1 and purchase_order_id = $2 order by version desc limit 100', [storeId, id])).rows;
}
/** Mails to send now, oldest first. */
export async function mailsWaiting(db: Queryable, storeId: number, now: string, limit: number): Promise<MailRow[]> {
  return (await db.query<MailRow>(`select * from purchase_mail where store_id = $1 and state = 'waiting' and (not_before is null or not_before <= $2) order by made_at limit $3`, [storeId, now, limit])).rows;
}
export async function settleMail(tx: Queryable, storeId: number, mail: MailRow, outcome: { state: MailRow['state']; message: string | null; notBefore: string | null }, now: string): Promise<void> {
  await tx.query(
    `update purchase_mail set state = $4, message = $5, not_before = $6, attempts = attempts + 1, sent_at = case when $4 = 'sent' then $7::timestamptz end where store_id = $1 and purchase_order_id = $2 and version = $3 and state = 'waiting'`,
    [storeId, mail.purchase_order_id, mail.version, outcome.state, outcome.message?.slice(0, 500) ?? null, outcome.notBefore, now]);
}
/** Mails that failed several times or for good, of orders still on their way in that version. */
export async function mailsFailing(db: Queryable, storeId: number, attempts: number): Promise<(MailRow & { reference: string; supplier: string })[]> {
  const { rows } = await db.query<MailRow & { reference: string; supplier: string }>(
    `select m.*, p.reference, s.name as supplier from purchase_mail m join purchase_order p using (store_id, purchase_order_id) join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id
     where m.store_id = $1 and p.state in ('sent', 'confirmed') and (m.attempts >= $2 and m.state = 'waiting' or m.state = 'failed') and m.version = (select max(version) from purchase_mail o where o.store_id = m.store_id and o.purchase_order_id = m.purchase_order_id) limit 500`, [storeId, attempts]);
  return rows;
}
