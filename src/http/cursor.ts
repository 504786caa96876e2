/** Opaque cursors: the sort key of the last row, as the next page's beginning. */
import { Refusal } from './app.ts';

export type Part = string | number;
export const encodeParts = (...parts: Part[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** Null for no cursor; a 400 for one this API did not give out. */
export function decodeParts<T extends Part[]>(cursor: string | undefined, kinds: { [K in keyof T]: 'string' | 'number' }): T | null {
  if (!cursor) return null;
  let parts: unknown;
  try { parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')); } catch { parts = null; }
  if (!Array.isArray(parts) || parts.length !== kinds.length || !kinds.every((kind, n) => typeof (parts as unknown[])[n] === kind)) throw new Refusal(400, 'cursor: not one this API gave out');
  return parts as T;
}

/** A page of `limit` rows cut from `limit + 1`, with the cursor of the next one. */
export function cut<R>(rows: readonly R[], limit: number, keyOf: (row: R) => Part[]): { page: R[]; nextCursor: string | null } {
  const page = rows.slice(0, limit), last = page.at(-1);
  return { page, nextCursor: rows.length > limit && last !== undefined ? encodeParts(...keyOf(last)) : null };
}
