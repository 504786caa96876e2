/** The questions about the connection to Inventory Planner. */
import type * as Contract from '../../http/contract-planner.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type PlannerView = Of<typeof Contract.PlannerView>;
export type PlannerPlace = Of<typeof Contract.PlannerPlace>;
export type ShadowLine = Of<typeof Contract.ShadowLine>;
export type ShadowPage = Of<typeof Contract.ShadowPage>;
export type PlannerOrder = Of<typeof Contract.PlannerOrderView>;
export type PlannerOrdersPage = Of<typeof Contract.PlannerOrdersPage>;
export type PlannerFilesPage = Of<typeof Contract.PlannerFilesPage>;

export const plannerQuery = (store: number) => one<{ planner: PlannerView | null }>(['planner', store], '/planner', { store });
export const shadowQuery = (filter: Parameters) => pages<ShadowPage>(['planner', 'shadow', filter], '/planner/shadow', filter);
export const plannerOrdersQuery = (filter: Parameters) => pages<PlannerOrdersPage>(['planner', 'orders', filter], '/planner/orders', filter);
export const plannerFilesQuery = (filter: Parameters) => pages<PlannerFilesPage>(['planner', 'files', filter], '/planner/files', filter);
