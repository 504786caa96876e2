/** The questions about audits and signed periods. */
import type * as Contract from '../../http/contract-audit.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type AuditView = Of<typeof Contract.AuditView>;
export type AuditReport = NonNullable<AuditView['report']>;
export type AuditCheck = Of<typeof Contract.AuditCheck>;
export type AuditGap = Of<typeof Contract.AuditGap>;
export type GapPage = Of<typeof Contract.GapPage>;
export type PeriodView = Of<typeof Contract.PeriodView>;
export type PeriodList = Of<typeof Contract.PeriodList>;

export const auditQuery = (store: number, report: number | undefined) => one<AuditView>(['audit', store, report ?? 0], '/audit', { store, report });
export const gapsQuery = (filter: Parameters) => pages<GapPage>(['audit', 'gaps', filter], '/audit/gaps', filter);
export const periodQuery = (store: number, from: string, to: string) => one<PeriodView>(['audit', 'period', store, from, to], '/periods/report', { store, from, to });
export type PeriodItems = Of<typeof Contract.PeriodItems>;
export const periodItemsQuery = (store: number, of: { from: string; to: string; location: number; kind: string }) => one<PeriodItems>(['audit', 'period-items', store, of], '/periods/items', { store, ...of });
export const periodsQuery = (store: number) => one<PeriodList>(['audit', 'periods', store], '/periods', { store });
export type PeriodActs = Of<typeof Contract.PeriodActs>;
export const periodActsQuery = (store: number, from: string, to: string) => one<PeriodActs>(['audit', 'period-acts', store, from, to], '/periods/acts', { store, from, to });
export type SavedVerdict = Of<typeof Contract.SavedVerdict>;
export type SharedPeriod = Of<typeof Contract.SharedPeriod>;
export type ShareMade = Of<typeof Contract.SharedPeriodMade>;
export const sharesQuery = (store: number, from: string, to: string) => one<Of<typeof Contract.SharedPeriods>>(['audit', 'shares', store, from, to], '/periods/shares', { store, from, to });
