/** Every gap of a report as a line of a table, for CSV. Money is in minor units with its currency beside it. */
import type { AuditReport } from './audit.ts';

export const GAP_COLUMNS: string[] = ['Check', 'Urgency', 'Owner', 'What', 'Evidence', 'Units', 'At risk (minor units)', 'Currency', 'Fix', 'Variant id', 'Location id', 'Page in the admin'];

export function gapLines(report: AuditReport): (string | number | null)[][] {
  return report.checks.flatMap((check) => check.gaps.map((gap) => [check.title, gap.severity ?? check.severity, check.owner, gap.subject, gap.sentence, gap.units, gap.money, report.shop.currency, check.fix, gap.variantId ?? null, gap.locationId ?? null, gap.admin ?? null]));
}
