/**
 * Relay connections over records: a page is chosen by sort key and id, so a cursor stays good while rows come and go.
 * Limits are Shopify's: at most 250 a page, at most 25,000 objects walked by one chain of cursors.
 */
import { GraphQLError } from 'graphql';
import { compareIds } from './gid.ts';

export type SortKey = string | number;

/** A list that can be paged: where its rows come from, which of them count, and what they are ordered by. */
export interface Listing<N> {
  rows: Iterable<N>;
  where?: (node: N) => boolean;
  /** First sort key; ties are settled by id. Absent: the rows' own order. */
  sortKey?: (node: N) => SortKey;
  id: (node: N) => string;
}
export interface PageArguments { first?: number | null; last?: number | null; after?: string | null; before?: string | null; reverse?: boolean | null }
export interface PageInfo { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
export interface Page<N> { nodes: N[]; edges: { node: N; cursor: string }[]; pageInfo: PageInfo }

export const MAX_PAGE = 250;
export const MAX_WALK = 25_000;

export interface Place { key: SortKey; id: string }
export interface Seat<N> extends Place { node: N }
/** A cursor also carries how many objects its chain has walked, for the ceiling. */
interface Cursor extends Place { walked: number }

function pageError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

function encodeCursor(place: Place, walked: number): string {
  return Buffer.from(JSON.stringify([place.key, place.id, walked])).toString('base64url');
}

function decodeCursor(text: string): Cursor {
  try {
    const [key, id, walked] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [SortKey, string, number];
    if ((typeof key === 'string' || typeof key === 'number') && typeof id === 'string' && Number.isInteger(walked)) return { key, id, walked };
  } catch { /* falls through to the one error below */ }
  throw pageError(`Invalid cursor for current pagination sort: ${text}`);
}

/** Order of two rows: sort key, then id. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return compareIds(a.id, b.id);
}

/** Page size asked for. Throws BAD_REQUEST on none, both, negative or above `max`. */
function pageSize(args: PageArguments, max: number): number {
  const { first, last } = args;
  if (first != null && last != null) throw pageError('providing both first and last is not supported');
  const size = first ?? last;
  if (size == null) throw pageError('you must provide one of first or last');
  if (size < 0 || size > max) throw pageError(`first and last must be between 0 and ${max}, got ${size}`);
  return size;
}

/** Rows that count, each with its place. A listing without sort key keeps its rows' own order by position. */
export function* seats<N>(listing: Listing<N>): Generator<Seat<N>> {
  const { where, sortKey } = listing;
  let position = 0;
  for (const node of listing.rows) {
    const at = position++;
    if (where === undefined || where(node)) yield { node, key: sortKey === undefined ? at : sortKey(node), id: listing.id(node) };
  }
}

/**
 * One page of a listing. One pass over the rows keeps only the best `size + 1`, so a page of 40,000 orders needs no sorted copy.
 * Throws BAD_REQUEST on bad arguments, a foreign cursor, or a walk beyond 25,000 objects.
 */
export function pageOf<N>(listing: Listing<N>, args: PageArguments, max: number = MAX_PAGE): Page<N> {
  const size = pageSize(args, max);
  const backwards = args.first == null;
  const after = args.after == null ? null : decodeCursor(args.after);
  const before = args.before == null ? null : decodeCursor(args.before);
  const walked = (backwards ? before : after)?.walked ?? 0;
  if (walked + size > MAX_WALK) {
    throw new GraphQLError(`pagination is limited to ${MAX_WALK} objects; narrow the query`, { extensions: { code: 'PAGINATION_LIMIT_EXCEEDED' } });
  }
  const sign = args.reverse === true ? -1 : 1;
  // Walking backwards keeps the last rows, so the order is turned round while choosing and back again at the end.
  const chosen = backwards ? -sign : sign;
  const choose = (a: Place, b: Place) => chosen * comparePlaces(a, b);
  const wanted = size + 1;
  const kept: Seat<N>[] = [];
  let worst: Seat<N> | undefined;
  let earlier = false;
  let later = false;
  // The hot loop over every row of a table: no generator and no object for rows that cannot be on the page.
  const { where, sortKey, id: idOf } = listing;
  const probe: Place = { key: 0, id: '' };
  let position = 0;
  for (const node of listing.rows) {
    const at = position++;
    if (where !== undefined && !where(node)) continue;
    probe.key = sortKey === undefined ? at : sortKey(node);
    probe.id = idOf(node);
    if (after !== null && sign * comparePlaces(probe, after) <= 0) { earlier = true; continue; }
    if (before !== null && sign * comparePlaces(probe, before) >= 0) { later = true; continue; }
    if (worst !== undefined && choose(probe, worst) > 0) continue;
    kept.push({ node, key: probe.key, id: probe.id });
    if (kept.length >= wanted * 4) {
      kept.sort(choose);
      kept.length = wanted;
      worst = kept[wanted - 1];
    }
  }
  kept.sort(choose);
  const more = kept.length > size;
  kept.length = Math.min(kept.length, size);
  // A cursor counts the objects walked from where its chain began: forwards from the first row, backwards from the last.
  const edges = kept.map((seat, index) => ({ node: seat.node, cursor: encodeCursor(seat, walked + index + 1) }));
  if (backwards) edges.reverse();
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: backwards ? later : more || later,
      hasPreviousPage: backwards ? more || earlier : earlier,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** `Count` of the rows that count, saturating at `limit` (null: no limit) as Shopify's count fields do. */
export function countOf<N>(listing: Listing<N>, limit: number | null): { count: number; precision: 'EXACT' | 'AT_LEAST' } {
  let count = 0;
  for (const node of listing.rows) {
    if (listing.where !== undefined && !listing.where(node)) continue;
    if (limit !== null && count === limit) return { count, precision: 'AT_LEAST' };
    count++;
  }
  return { count, precision: 'EXACT' };
}
