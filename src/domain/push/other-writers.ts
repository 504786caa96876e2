/** Who else writes a level: named from the storefront's record of its changes. */

/** What of a change tells who made it. */
export interface WrittenChange { at: string; state: string; reason: string; app: string | null; staff: string | null; document: string | null; documentType: string | null }
/** `by`: a person, an app, or a person in an app; `times` of the changes looked at. */
export interface OtherWriter { by: string; times: number; lastAt: string }

/** Ours name what they were made for (stock-push, corrections, returns). */
const OURS = 'gid://instep/';

/** The name of who made a change; null of the storefront's own. */
export function madeBy({ app, staff }: Pick<WrittenChange, 'app' | 'staff'>): string | null {
  return staff === null ? app : app === null ? staff : `${staff} (${app})`;
}
export const isOurs = ({ document }: Pick<WrittenChange, 'document'>): boolean => document?.startsWith(OURS) ?? false;
/** A sale: the app is the channel that sold, and nobody's correction. */
const isSale = ({ reason, documentType }: Pick<WrittenChange, 'reason' | 'documentType'>): boolean => documentType === 'Order' && reason !== 'correction';

/** Writers of `available` that are neither Instep nor a sale, the busiest first, then the latest. */
export function writersOf(changes: readonly WrittenChange[]): OtherWriter[] {
  const writers = new Map<string, OtherWriter>();
  for (const change of changes) {
    const by = madeBy(change);
    if (by === null || change.state !== 'available' || isOurs(change) || isSale(change)) continue;
    const writer = writers.get(by) ?? { by, times: 0, lastAt: change.at };
    writers.set(by, { by, times: writer.times + 1, lastAt: change.at > writer.lastAt ? change.at : writer.lastAt });
  }
  return [...writers.values()].sort((a, b) => b.times - a.times || (a.lastAt < b.lastAt ? 1 : a.lastAt > b.lastAt ? -1 : a.by < b.by ? -1 : 1));
}

/** "Another stock app", "Ann and Till", "Ann, Till and 2 others". */
export function writersWords(writers: readonly Pick<OtherWriter, 'by'>[]): string {
  const names = writers.map((writer) => writer.by);
  return names.length <= 2 ? names.join(' and ') : names.length === 3 ? `${names[0]}, ${names[1]} and ${names[2]}` : `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}
