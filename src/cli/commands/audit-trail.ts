/** `instep audit-trail`: the chain of the audit trail, worked out again, and its last entries; exit 3 when it does not hold. */
import { trailPage, verifyTrail } from '../../store/audit-trail.ts';
import { withHouse } from '../house.ts';
import { EXIT, print, rowLimit, table } from '../terminal.ts';

export async function auditTrailCommand(options: { json?: boolean; actor?: string; action?: string; search?: string; limit: string }): Promise<void> {
  const limit = rowLimit(options.limit);
  await withHouse(async (house) => {
    const { links, head, broken } = await verifyTrail(house.db), rows = await trailPage(house.db, { actor: options.actor, action: options.action, q: options.search, limit });
    print(options.json ?? false, { links, head, broken, entries: rows }, () => [
      broken.length > 0 ? `The trail does not hold:\n${table(['Link', 'Entry', 'Fault'], broken.map((one) => [one.link ?? '–', one.auditId ?? '–', one.fault]))}` : links === 0 ? 'Nothing in it yet.' : `The trail holds: ${links} entries, head ${head}`,
      rows.length === 0 ? '' : table(['Link', 'When', 'Who', 'Did', 'On'], rows.map((row) => [row.link, row.at, row.actor, row.action, row.subject])),
    ].join('\n'));
    if (broken.length > 0) process.exitCode = EXIT.found;
  });
}
