/**
 * Every kind of exception Instep can raise: who owns it, how urgent it is, how long it may stay. Each has a runbook of the same name in
 * docs/runbooks/ (tools/tidy.ts fails on a missing or orphaned one). A kind closes only when a check has seen the good state.
 */
export type Role = 'ecommerce' | 'planner' | 'warehouse' | 'finance' | 'integration owner' | 'admin';

export interface ExceptionKind {
  kind: string;
  /** 1 misstated now · 2 hurts today · 3 this week · 4 tidy-up */
  severity: 1 | 2 | 3 | 4;
  owner: Role;
  /** Hours until it is due: of any day for severity 1 (a quarter of one: stock or money is misstated now), working hours for the others (clock.ts). */
  dueHours: number;
  /** Who is told when the owner has let the time pass; the administrator for what nobody else could do. */
  backup?: Role;
  /** Minutes it must last before anybody is told; what passes by itself is then nobody's work. */
  graceMinutes?: number;
  /** Minutes since it was last seen bad before a check that sees it good closes it: what swings is not told of again and again. */
  goodMinutes?: number;
  /** Minutes between the two checks that must both see it good before it closes; one that sees it bad in between starts anew. */
  againMinutes?: number;
  /** How urgent it is while a peak is on, where that is more. */
  peakSeverity?: 1 | 2;
  /** Cases that are more or less urgent than the kind by itself, and when; decided by the flow that raises them. */
  also?: string;
  /** When it closes itself. */
  closes: string;
  /** Nobody may resolve or ignore it: it ends when its check has seen the good state, and in no other way. */
  onlyByCheck?: true;
}

const kinds = [
  { kind: 'VARIANT_UNMAPPED', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'the variant is known, or Shopify tracks no stock of it any more', graceMinutes: 15, also: '3 where nobody bought it within 28 days' },
  { kind: 'SKU_DUPLICATE', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'the SKU is unique again' },
  { kind: 'SKU_BLANK', severity: 3, owner: 'ecommerce', dueHours: 16, closes: 'a SKU is set' },
  { kind: 'SKU_RENAMED', severity: 3, owner: 'ecommerce', dueHours: 16, closes: 'the rename is accepted or taken back' },
  { kind: 'LOCATION_UNMAPPED', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'the location is known' },
  { kind: 'LOCATION_DEACTIVATED', severity: 1, owner: 'ecommerce', dueHours: 0.25, closes: 'no stock is left there or it is active again' },
  { kind: 'STOCK_DRIFT', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'two checks, five minutes apart or more, found both sides equal', backup: 'warehouse', graceMinutes: 2, againMinutes: 5, also: '1 where the item sells fast, or 1,000.00 or more are at stake' },
  { kind: 'STOCK_NEGATIVE', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'available is zero or more', also: '4 where the shop sells on by its own setting' },
  { kind: 'WEBHOOK_GAP', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'subscriptions are in place, webhooks come, and all that was missed has been read', peakSeverity: 1 },
  { kind: 'WEBHOOK_HMAC_FAILED', severity: 2, owner: 'admin', dueHours: 4, closes: 'an hour passed without a bad signature' },
  { kind: 'PAYLOAD_UNREADABLE', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'the dead letter was read again or set aside' },
  { kind: 'TOKEN_DEAD', severity: 1, owner: 'admin', dueHours: 0.25, closes: 'Shopify answers again, and all that was missed has been read' },
  { kind: 'API_VERSION_RETIRED', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'Shopify answers with the version Instep speaks' },
  { kind: 'API_VERSION_ENDING', severity: 3, owner: 'integration owner', dueHours: 16, closes: 'Instep speaks a version that is served for longer', backup: 'admin', also: '4 with more than 30 days left, 2 with a week or less' },
  { kind: 'RATE_STARVED', severity: 3, owner: 'integration owner', dueHours: 16, closes: 'half of the calls Shopify allows have been free for ten minutes', graceMinutes: 5, goodMinutes: 10, peakSeverity: 2 },
  { kind: 'IMPORT_INCOMPLETE', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'the counts agree' },
  { kind: 'FLOW_FAILED', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'the flow has run to its end again' },
  { kind: 'ALERT_UNDELIVERED', severity: 2, owner: 'admin', dueHours: 4, closes: 'a message got through to the channel, or it was changed or removed' },
  { kind: 'PUSH_FAILED', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'a later push of the level was written' },
  { kind: 'PUSH_CONFLICT', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'a push of the level was written' },
  { kind: 'PUSH_HELD', severity: 3, owner: 'ecommerce', dueHours: 16, closes: 'the push is released or no longer wanted' },
  { kind: 'HELD_BACK_TOO_LONG', severity: 3, owner: 'ecommerce', dueHours: 16, closes: 'it was let go, or given an end', also: '2 where the shop goes on selling it at zero' },
  { kind: 'OVERSELL_RISK', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'for ten minutes the level has lasted longer than the news of it takes, and the lag was covered by the buffer', goodMinutes: 10, peakSeverity: 1 },
  { kind: 'OVERSOLD', severity: 1, owner: 'ecommerce', dueHours: 0.25, closes: 'no more is promised than is there' },
  { kind: 'BUNDLE_COMPONENT_UNKNOWN', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'every part of the bundle is known' },
  { kind: 'BUNDLE_CYCLE', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'no bundle contains itself' },
  { kind: 'WAREHOUSE_SKU_UNMAPPED', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'the SKU is matched to an item, or ignored with a reason' },
  { kind: 'WAREHOUSE_REJECTED', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'the rejected row was set aside or sent again' },
  { kind: 'WAREHOUSE_SILENT', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'the warehouse was heard from again' },
  { kind: 'ORDER_OUT_FAILED', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'the warehouse has acknowledged the order' },
  { kind: 'ORDER_SHORT', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'the shelf holds what the order wants' },
  { kind: 'FULFIL_NOT_SYNCED', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'the fulfilment was read back from Shopify', also: '1 after four hours, or where more than 50 are late' },
  { kind: 'OVER_FULFILLED', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'no more is fulfilled than was ordered and not cancelled, or somebody accepted it' },
  { kind: 'RETURN_AWAITING_INSPECTION', severity: 3, owner: 'warehouse', dueHours: 16, closes: 'every received unit has a disposition' },
  { kind: 'REFUND_RESTOCK_MISMATCH', severity: 2, owner: 'warehouse', dueHours: 4, closes: 'the units restocked in Shopify were taken back' },
  { kind: 'PO_OVERDUE', severity: 3, owner: 'planner', dueHours: 24, closes: 'the goods came, the order was closed or a new day was agreed', also: '2 where something of it that sells is out of stock, or will be before it can be expected' },
  { kind: 'TRANSFER_REFUSED', severity: 3, owner: 'planner', dueHours: 8, closes: 'the step was taken, or the transfer cancelled', backup: 'warehouse' },
  { kind: 'PO_MAIL_FAILED', severity: 2, owner: 'planner', dueHours: 4, closes: 'the mail got through, or the order was sent another way' },
  { kind: 'LEADTIME_DRIFT', severity: 3, owner: 'planner', dueHours: 16, closes: 'the stated lead time fits what the orders took' },
  { kind: 'FORECAST_STALE', severity: 2, owner: 'planner', dueHours: 4, closes: 'a fresh run is there' },
  { kind: 'DEMAND_ANOMALY', severity: 3, owner: 'planner', dueHours: 16, closes: 'seven days inside P1 to P99, or one that comes as an event or override set since says' },
  { kind: 'PLANNER_SILENT', severity: 2, owner: 'integration owner', dueHours: 4, closes: 'an exchange with the planner came to its end' },
  { kind: 'PLANNER_REJECTED', severity: 2, owner: 'planner', dueHours: 4, closes: 'the next exchange finds both sides in step' },
  { kind: 'BACKUP_OR_DRILL_LATE', severity: 2, owner: 'admin', dueHours: 4, closes: 'a newer back-up was made, or a drill found one in order' },
  { kind: 'AUDIT_CHAIN_BROKEN', severity: 1, owner: 'admin', dueHours: 0.25, closes: 'never by itself: a person closes it as an incident, with what was found' },
  { kind: 'INVARIANT_BROKEN', severity: 1, owner: 'admin', dueHours: 0.25, closes: 'a check found the number to be what made it; nobody closes it by hand', onlyByCheck: true },
  { kind: 'AUDIT_SCORE_FELL', severity: 3, owner: 'integration owner', dueHours: 16, closes: 'an audit scores within five points of the one before' },
] as const satisfies readonly ExceptionKind[];

export const EXCEPTION_KINDS: readonly ExceptionKind[] = kinds;
export type ExceptionKindName = (typeof kinds)[number]['kind'];

export function kindOf(kind: ExceptionKindName): ExceptionKind {
  return EXCEPTION_KINDS.find((entry) => entry.kind === kind)!;
}

/** Who else is told of a kind, after its owner. */
export function backupOf(kind: ExceptionKind): Role {
  const fallback: Record<Role, Role> = { ecommerce: 'integration owner', planner: 'ecommerce', warehouse: 'ecommerce', finance: 'admin', 'integration owner': 'admin', admin: 'integration owner' };
  return kind.backup ?? fallback[kind.owner];
}

/** A business fault, as data. Occurrences with the same kind and subject key are one exception. */
export interface RaisedException {
  kind: ExceptionKindName;
  /** What makes it the same case again, e.g. `variant/123`. */
  key: string;
  subject: string;
  sentence: string;
  evidence?: Record<string, unknown>;
  itemId?: number;
  locationId?: number;
  /** How bad, in the kind's own measure (units, minutes, orders): what is snoozed until it is worse wakes by it. */
  size?: number;
  /** How urgent this one is where that is not what its kind is by itself. */
  severity?: ExceptionKind['severity'];
  /** Minutes this one must last before anybody is told, where that is not its kind's. */
  graceMinutes?: number;
  /** Money at stake, minor units of the store's currency. */
  risk?: number;
}
