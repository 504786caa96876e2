/**
 * Rows of a Tryton model changed since a mark, oldest first. Tryton has no webhooks, so we ask by `write_date` (`create_date` while a row was
 * never changed). Both are the start of their transaction: one that ran long appears behind our mark, so the last two minutes are asked for
 * again, and what was heard already is left out.
 */
import type { TrytonClient } from './client.ts';
import { earlier, stampOf, wireInstant, type Stamp, type WireInstant } from './wire.ts';

/** The newest stamp heard, and the rows heard within the overlap before it. */
export interface Mark { stamp: Stamp; heard: [id: number, stamp: Stamp][] }
export interface Changed { id: number; write_date: WireInstant | null; create_date: WireInstant }

const OVERLAP_SECONDS = 120;
const PAGE = 100, LARGEST_PAGE = 6_400;
const MOST_PAGES = 10_000;
const BEGINNING: Stamp = '1970-01-01T00:00:00.000000';

const stampOfRow = (row: Changed): Stamp => stampOf(row.write_date ?? row.create_date);

/** Pages of rows with the mark that stands after each. */
export async function* changesSince<T extends Changed>(client: TrytonClient, model: string, domain: unknown[], fields: string[], mark: Mark | null): AsyncIterable<{ rows: T[]; mark: Mark }> {
  let current = mark ?? { stamp: BEGINNING, heard: [] };
  let from = mark ? earlier(mark.stamp, OVERLAP_SECONDS) : BEGINNING;
  for (let pages = 0, limit = PAGE; pages < MOST_PAGES; pages++) {
    const since = wireInstant(from);
    const changed = ['OR', ['write_date', '>=', since], [['write_date', '=', null], ['create_date', '>=', since]]];
    const rows = await client.call<T[]>(model, 'search_read', [[...domain, changed], 0, limit, [['write_date', 'ASC'], ['id', 'ASC']], [...fields, 'write_date', 'create_date']]);
    const heard = new Set(current.heard.map(([id, stamp]) => `${id} ${stamp}`));
    const fresh = rows.filter((row) => !heard.has(`${row.id} ${stampOfRow(row)}`));
    if (fresh.length > 0) {
      current = markAfter(current, fresh);
      yield { rows: fresh, mark: current };
    }
    if (rows.length < limit) return;
    // A whole page of one transaction has one stamp: only a larger page gets past it.
    const next = stampOfRow(rows.at(-1)!);
    limit = next === from && fresh.length === 0 ? Math.min(limit * 2, LARGEST_PAGE) : PAGE;
    if (next === from && rows.length >= LARGEST_PAGE) throw new Error(`More than ${LARGEST_PAGE} rows of ${model} changed at ${from}`);
    from = next;
  }
}

function markAfter(mark: Mark, rows: readonly Changed[]): Mark {
  const all = [...mark.heard, ...rows.map((row): [number, Stamp] => [row.id, stampOfRow(row)])];
  const stamp = all.reduce((newest, [, each]) => (each > newest ? each : newest), mark.stamp);
  const oldest = earlier(stamp, OVERLAP_SECONDS);
  return { stamp, heard: all.filter(([, each]) => each >= oldest).slice(-LARGEST_PAGE) };
}
