/** An inspection before it is saved: units by line and disposition, never more than are there. */
import type { ReturnCase } from '../api/stock-queries.ts';

export const DISPOSITIONS = ['sellable', 'damaged', 'quarantine', 'scrap'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];
type Line = ReturnCase['lines'][number];
export type Draft = Readonly<Record<string, Readonly<Partial<Record<Disposition, number>>>>>;

/** Units received and not inspected yet. */
export const uninspected = (line: Line): number => Math.max(0, line.received - line.sellable - line.damaged - line.quarantine - line.scrap);
/** Units announced and not received yet. */
export const missing = (line: Line): number => Math.max(0, line.announced - line.received);

export const drafted = (draft: Draft, lineKey: string): number => DISPOSITIONS.reduce((sum, each) => sum + (draft[lineKey]?.[each] ?? 0), 0);

/** The draft with a disposition of a line set to `to`, at least 0 and at most what the line's other dispositions leave. */
export function withUnits(draft: Draft, line: Line, disposition: Disposition, to: number): Draft {
  const others = drafted(draft, line.lineKey) - (draft[line.lineKey]?.[disposition] ?? 0);
  const units = Math.max(0, Math.min(Math.trunc(to) || 0, uninspected(line) - others));
  return { ...draft, [line.lineKey]: { ...draft[line.lineKey], [disposition]: units } };
}

/** What is sent: only what is above zero. */
export function inspected(draft: Draft): { lineKey: string; disposition: Disposition; quantity: number }[] {
  return Object.entries(draft).flatMap(([lineKey, by]) => DISPOSITIONS.flatMap((disposition) => ((by[disposition] ?? 0) > 0 ? [{ lineKey, disposition, quantity: by[disposition]! }] : [])));
}

/** The return as it will be once the draft is saved. */
export function after(row: ReturnCase, draft: Draft): ReturnCase {
  const lines = row.lines.map((line) => ({ ...line, ...Object.fromEntries(DISPOSITIONS.map((each) => [each, line[each] + (draft[line.lineKey]?.[each] ?? 0)])) }));
  return { ...row, lines, state: lines.every((line) => uninspected(line) === 0) ? 'inspected' : 'received' };
}

/** Made before the first try. A phone that reached us without https has no randomUUID. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
