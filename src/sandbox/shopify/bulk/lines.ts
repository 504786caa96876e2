/**
 * The lines of a bulk result, one at a time. A generator, so the caller decides how long it may hold the event loop:
 * `null` is a place to pause without a line.
 */
import { comparePlaces, seats, type Listing, type Seat } from '../connections.ts';
import type { Context } from '../resolvers/fields.ts';
import { projection, type BulkPlan, type ChildList, type Shape } from './plan.ts';

export interface BulkLine { text: string; isRoot: boolean }

/** Roots written before their children follow, so that adjacency is not guaranteed, as with Shopify's ungrouped results. */
const ROOTS_PER_BATCH = 100;
const SORT_SLICE = 1_000;

/** The rows of a listing in order: sorted in small runs that are merged, pausing between. */
function* ordered<N>(listing: Listing<N>, reverse: boolean): Generator<null, Seat<N>[]> {
  const snapshot = { ...listing, rows: [...listing.rows] };
  const sign = reverse ? -1 : 1;
  const order = (a: Seat<N>, b: Seat<N>) => sign * comparePlaces(a, b);
  let runs: Seat<N>[][] = [];
  let run: Seat<N>[] = [];
  let seen = 0;
  for (const seat of seats({ ...snapshot, where: (node) => { seen++; return listing.where === undefined || listing.where(node); } })) {
    run.push(seat);
    if (run.length === SORT_SLICE) { runs.push(run.sort(order)); run = []; }
    if (seen >= SORT_SLICE) { seen = 0; yield null; }
  }
  runs.push(run.sort(order));
  while (runs.length > 1) {
    const merged: Seat<N>[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* mergeRuns(runs[i] ?? [], runs[i + 1] ?? [], order));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeRuns<N>(left: Seat<N>[], right: Seat<N>[], order: (a: Seat<N>, b: Seat<N>) => number): Generator<null, Seat<N>[]> {
  const out: Seat<N>[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = left[l];
    const b = right[r];
    if (b === undefined || (a !== undefined && order(a, b) <= 0)) { out.push(a as Seat<N>); l++; } else { out.push(b); r++; }
    if (out.length % SORT_SLICE === 0) yield null;
  }
  return out;
}

interface Parent { source: unknown; id: string; shape: Shape }

function* childrenOf(list: ChildList, parent: Parent, plan: BulkPlan, context: Context, into: Parent[] | null): Generator<BulkLine | null> {
  const listing = list.listing(parent.source, context);
  if (listing === null) return;
  const rows = yield* ordered(listing, list.reverse);
  for (const { node } of rows) {
    yield { text: JSON.stringify({ ...projection(list.shape.values, node, context), __parentId: parent.id }), isRoot: false };
    if (list.shape.lists.length === 0) continue;
    const self: Parent = { source: node, id: plan.idOf(list.shape, node, context), shape: list.shape };
    if (into !== null) into.push(self);
    else for (const below of list.shape.lists) yield* childrenOf(below, self, plan, context, null);
  }
}

/** Every line of the result. `groupObjects`: children right behind their parent; otherwise after a batch of parents. */
export function* bulkLines(plan: BulkPlan, context: Context, groupObjects: boolean): Generator<BulkLine | null> {
  const { shape } = plan.root;
  const listing = plan.root.listing(undefined, context);
  if (listing === null) return;
  let batch: Parent[] = [];
  const flush = function* (): Generator<BulkLine | null> {
    for (let level = batch; level.length > 0;) {
      const next: Parent[] = [];
      for (const parent of level) for (const list of parent.shape.lists) yield* childrenOf(list, parent, plan, context, next);
      level = next;
    }
    batch = [];
  };
  for (const { node } of yield* ordered(listing, plan.root.reverse)) {
    yield { text: JSON.stringify(projection(shape.values, node, context)), isRoot: true };
    if (shape.lists.length === 0) continue;
    const self: Parent = { source: node, id: plan.idOf(shape, node, context), shape };
    if (groupObjects) { for (const list of shape.lists) yield* childrenOf(list, self, plan, context, null); continue; }
    batch.push(self);
    if (batch.length === ROOTS_PER_BATCH) yield* flush();
  }
  yield* flush();
}
