/** One question, one query: its key, where it is asked, the type of its answer. The first word of a key says which change makes it stale. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type * as Contract from '../../http/contract.ts';
import type * as Replenishment from '../../http/contract-replenishment.ts';
import type { Of } from '../../http/contract.ts';
import { read, write, type Parameters } from './client.ts';

export type Session = Of<typeof Contract.Session>;
export type Store = Of<typeof Contract.Store>;
export type Today = Of<typeof Contract.Today>;
export type Tile = Of<typeof Contract.Tile>;
export type Digest = Of<typeof Contract.Digest>;
export type Feed = Of<typeof Contract.Feed>;
export type FlowRun = Of<typeof Contract.FlowRun>;
export type Flow = Of<typeof Contract.Flow>;
export type StockRow = Of<typeof Contract.StockRow>;
export type StockPage = Of<typeof Contract.StockPage>;
export type StockQuery = Of<typeof Contract.StockQuery>;
export type Item = Of<typeof Contract.Item>;
export type Movement = Of<typeof Contract.Movement>;
export type Explanation = Of<typeof Contract.Explanation>;
export type DemandView = Of<typeof Contract.DemandView>;
export type Recommendation = Of<typeof Replenishment.Recommendation>;
export type RecommendationDetail = Of<typeof Replenishment.RecommendationDetail>;
export type ReplenishmentPage = Of<typeof Replenishment.ReplenishmentPage>;
export type WhatIf = Of<typeof Replenishment.WhatIf>;
export type WhatIfBody = Of<typeof Replenishment.WhatIfBody>;
export type DecisionBody = Of<typeof Replenishment.DecisionBody>;
export type DecisionResult = Of<typeof Replenishment.DecisionResult>;
export type PolicyBody = Of<typeof Replenishment.PolicyBody>;
export type ExceptionCase = Of<typeof Contract.Exception>;
export type ExceptionPage = Of<typeof Contract.ExceptionPage>;
export type ExceptionQuery = Of<typeof Contract.ExceptionQuery>;
export type ExceptionAction = Of<typeof Contract.ExceptionAction>;
export type ExceptionDetail = Of<typeof Contract.ExceptionDetail>;
export type Carer = Of<typeof Contract.Carer>;
export type Connection = Of<typeof Contract.Connection>;
export type TestResult = Of<typeof Contract.TestResult>;
export type SearchHit = Of<typeof Contract.SearchHit>;

export const one = <T>(key: readonly unknown[], path: string, parameters: Parameters = {}) =>
  queryOptions({ queryKey: key, queryFn: ({ signal }) => read<T>(path, parameters, signal) });

/** A list read page by page; the cursor of each page asks for the next. */
export const pages = <T extends { nextCursor: string | null }>(key: readonly unknown[], path: string, parameters: Parameters) => infiniteQueryOptions({
  queryKey: key, initialPageParam: '', getNextPageParam: (last: T) => last.nextCursor ?? undefined,
  queryFn: ({ signal, pageParam }) => read<T>(path, { ...parameters, cursor: pageParam as string }, signal),
});

export const sessionQuery = () => one<Session>(['session'], '/session');
export const todayQuery = (store: number, role?: string, since?: string) => one<Today>(['today', store, role ?? null, since ?? null], '/today', { store, role, since });
export const freshnessQuery = (store: number) => ({ ...one<{ at: string; feeds: Feed[] }>(['freshness', store], '/freshness', { store }), refetchInterval: 30_000 });
export const flowsQuery = (store: number) => ({
  ...one<{ flows: Flow[] }>(['flows', store], '/flows', { store }),
  // A run under way is watched closely; otherwise the server tells.
  refetchInterval: (query: { state: { data?: { flows: Flow[] } | undefined } }) => (query.state.data?.flows.some((flow) => flow.lastRun?.state === 'running') ? 2_000 : 60_000),
});
export const runsQuery = (store: number, flow: string) => one<{ runs: FlowRun[] }>(['flows', store, flow], `/flows/${flow}/runs`, { store, limit: 50 });
export const stockQuery = (filter: Parameters) => pages<StockPage>(['stock', filter], '/stock', filter);
export const vendorsQuery = (store: number) => one<{ vendors: string[]; categories: string[] }>(['vendors', store], '/vendors', { store });
export const itemQuery = (store: number, itemId: number) => one<Item>(['item', store, itemId], `/items/${itemId}`, { store });
export const explainQuery = (store: number, itemId: number, location: number, state: string, at?: string) =>
  pages<Explanation>(['explain', store, itemId, location, state, at ?? ''], `/items/${itemId}/explain`, { store, location, state, at, limit: 100 });
/** Location 0: all of them together. */
export const demandQuery = (store: number, itemId: number, location: number) => one<DemandView>(['demand', store, itemId, location], `/items/${itemId}/demand`, { store, location: location > 0 ? location : undefined });
export const adviceQuery = (store: number, itemId: number, location: number) =>
  ({ ...one<RecommendationDetail>(['advice', store, itemId, location], `/items/${itemId}/replenishment`, { store, location }), retry: false });
export const policyQuery = (store: number, scope: string) => one<PolicyBody>(['policy', store, scope], `/policies/${encodeURIComponent(scope)}`, { store });
export const replenishmentQuery = (filter: Parameters) => pages<ReplenishmentPage>(['replenishment', filter], '/replenishment', filter);
/** The plan with other values; the answer of the values before stays while the next is computed. */
export const whatIfQuery = (store: number, body: WhatIfBody) => queryOptions({ queryKey: ['replenishment', 'what-if', store, body], queryFn: () => write<WhatIf>('POST', '/replenishment/what-if', { store }, body), staleTime: 60_000 });
export const exceptionsQuery = (filter: Parameters) => pages<ExceptionPage>(['exceptions', filter], '/exceptions', filter);
export const exceptionQuery = (store: number, id: string) => one<ExceptionDetail>(['exceptions', 'one', store, id], `/exceptions/${id}`, { store });
export const carersQuery = (store: number) => ({ ...one<{ people: Carer[] }>(['exceptions', 'people', store], '/exceptions/people', { store }), staleTime: 30_000 });
export const runbookQuery = (kind: string) => ({ ...one<{ kind: string; markdown: string }>(['runbook', kind], `/runbooks/${kind}`), staleTime: Infinity });
export const connectionsQuery = () => one<{ connections: Connection[] }>(['connections'], '/connections');
export const searchQuery = (store: number, q: string) => one<{ hits: SearchHit[] }>(['search', store, q], '/search', { store, q });
