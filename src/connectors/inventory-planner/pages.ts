/** Whole lists of Inventory Planner: pages from 0, always with a limit, read again when the total moves while they are read. */
import { HttpError } from '../http.ts';
import type { Json, PlannerClient } from './client.ts';

/** The largest page its clients have used. */
const LIMIT = 1_000;
const MOST_PAGES = 1_000;
const READINGS = 4;

interface Meta { total: number | null; limit: number | null }

/** All rows of `path`; `name` is the list's name in the answer. Throws `HttpError` when the list is never still, or is not one. */
export async function wholeList(client: PlannerClient, path: string, name: string, query: Record<string, string>): Promise<unknown[]> {
  for (let reading = 0, limit = LIMIT; reading < READINGS; reading++) {
    const rows: unknown[] = [];
    let total: number | null = null, steady = true;
    for (let page = 0; page < MOST_PAGES; page++) {
      const body = await client.get(`${path}?${new URLSearchParams({ ...query, limit: String(limit), page: String(page) })}`), list = body?.[name];
      if (!Array.isArray(list)) throw new HttpError(`Inventory Planner's answer to ${path} has no list named ${name}`, 502);
      const meta = metaOf(body!);
      // A smaller page than asked for: from here on in its own steps, or rows between would be missed.
      if (page === 0 && meta.limit !== null && meta.limit > 0 && meta.limit < limit && list.length < (meta.total ?? 0)) { limit = meta.limit; }
      steady = steady && (page === 0 || meta.total === total);
      total = meta.total;
      rows.push(...list);
      if (!steady || list.length === 0 || (total === null ? list.length < limit : rows.length >= total)) break;
    }
    if (steady && (total === null || rows.length === total)) return rows;
  }
  throw new HttpError(`The list of ${name} kept changing while it was read ${READINGS} times; it is read again at the next exchange`, 503);
}

function metaOf(body: Json): Meta {
  const meta = (body['meta'] ?? {}) as Json, whole = (value: unknown): number | null => (Number.isInteger(Number(value)) && value !== null && value !== undefined && value !== '' ? Number(value) : null);
  return { total: whole(meta['total']), limit: whole(meta['limit']) };
}
