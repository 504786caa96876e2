/** The questions about suggestions for codes, their effect, their history, and the rules. */
import type * as Contract from '../../http/contract-mapping.ts';
import type { Of } from '../../http/contract.ts';
import { write } from './client.ts';
import { one } from './queries.ts';

export type StockEffect = Of<typeof Contract.StockEffect>;
export type Preview = Of<typeof Contract.Preview>;
export type Approved = Of<typeof Contract.Approved>;
export type CodeHistory = Of<typeof Contract.CodeHistory>;
export type MappingRules = Of<typeof Contract.MappingRules>;
export type MatchImportResult = Of<typeof Contract.MatchImportResult>;
export type Matched = Of<typeof Contract.Matched>;
export type MatchRequests = Of<typeof Contract.MatchRequests>;
export type MatchRequest = MatchRequests['requests'][number];

export const previewQuery = (store: number, change: { warehouseId: number; sku: string; itemId: number | null }) => ({ queryKey: ['mapping', 'preview', store, change], queryFn: () => write<Preview>('POST', '/mapping/preview', { store }, { changes: [change] }) });
export const approvalQuery = (store: number, above: number) => ({ queryKey: ['mapping', 'approval', store, above], queryFn: () => write<Approved>('POST', '/mapping/approve', { store }, { above, dryRun: true }) });
export const historyQuery = (store: number, warehouse: number, sku: string) => one<CodeHistory>(['mapping', 'history', store, warehouse, sku], '/mapping/history', { store, warehouse, sku });
export const rulesQuery = (store: number) => one<MappingRules>(['mapping', 'rules', store], '/mapping/rules', { store });
export const requestsQuery = (store: number) => one<MatchRequests>(['mapping', 'requests', store], '/mapping/requests', { store });
