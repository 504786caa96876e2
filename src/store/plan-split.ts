/** A line's units ordered at several places: decided for all of them, or for none. */
import type { Db } from './db.ts';
import { decide } from './plan-decisions.ts';
import { audit } from './users.ts';
import { worklistPage } from './worklist.ts';

/** `version` of the decision seen, 0 where there was none. */
export interface SplitPart { locationId: number; quantity: number; version: number }
/** Why a line cannot be split so, and where in the parts; `meanwhile`: it is other than it was seen. */
export class SplitRefused extends Error { readonly meanwhile: boolean; constructor(message: string, meanwhile: boolean) { super(message); this.meanwhile = meanwhile; } }

/** Decides each part with an entry in the audit trail; the sum stays. Throws SplitRefused, and then nothing is decided. */
export async function splitLine(db: Db, store: { store_id: number; shop_domain: string }, itemId: number, parts: readonly SplitPart[], reason: string, by: string, now: string, today: string): Promise<void> {
  const twice = parts.find((one, n) => parts.findIndex((other) => other.locationId === one.locationId) !== n);
  if (twice) throw new SplitRefused(`parts: location ${twice.locationId} is named twice`, false);
  await db.transaction(async (tx) => {
    const rows = new Map((await worklistPage(tx, store.store_id, { view: 'all', today, sort: 'urgency', dir: 'asc', after: null, limit: parts.length, itemId, locations: parts.map((one) => one.locationId) })).map((row) => [row.location_id, row]));
    const stranger = parts.findIndex((one) => !rows.has(one.locationId)), drafted = parts.find((one) => rows.get(one.locationId)?.draft != null);
    if (stranger !== -1) throw new SplitRefused(`parts.${stranger}.locationId: the item is not planned at location ${parts[stranger]!.locationId}`, true);
    if (drafted) throw new SplitRefused(`${rows.get(drafted.locationId)!.draft} already asks for it at ${rows.get(drafted.locationId)!.location}: change that order`, true);
    const before = [...rows.values()].reduce((sum, row) => sum + row.quantity, 0), after = parts.reduce((sum, one) => sum + one.quantity, 0);
    if (before !== after) throw new SplitRefused(`parts: ${after} units are given out, ${before} are ordered at these places: a split leaves the sum as it is`, false);
    for (const { locationId, quantity, version } of parts) {
      if (quantity === rows.get(locationId)!.quantity) continue;
      if ((await decide(tx, store.store_id, [{ itemId, locationId, version }], { decision: 'quantity', quantity, until: null, reason }, by, now, today)).size === 0) throw new SplitRefused(`Somebody decided the line at ${rows.get(locationId)!.location} meanwhile: look again, then split it`, true);
      await audit(tx, { at: now, actor: by, action: 'plan decision: quantity', subject: `${store.shop_domain} item:${itemId}@${locationId}`, before: { quantity: rows.get(locationId)!.quantity }, after: { quantity, split: true, reason } });
    }
  });
}
