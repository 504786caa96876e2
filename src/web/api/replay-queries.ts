/** The questions about replays and transfers. */
import type * as Replays from '../../http/contract-replay.ts';
import type * as Moves from '../../http/contract-moves.ts';
import type * as Transfers from '../../http/contract-transfers.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type Replay = Of<typeof Replays.Replay>;
export type ReplayResult = NonNullable<Replay['result']>;
export type ReplayTotals = Of<typeof Replays.ReplayTotals>;
export type ReplayList = Of<typeof Replays.ReplayList>;
export type ReplayLine = Of<typeof Replays.ReplayLine>;
export type ReplayLinesPage = Of<typeof Replays.ReplayLinesPage>;
export type TransferProposal = Of<typeof Transfers.TransferProposal>;
export type ProposalPage = Of<typeof Transfers.ProposalPage>;
export type TransferRow = Of<typeof Transfers.TransferRow>;
export type TransferPage = Of<typeof Transfers.TransferPage>;
export type TransferDetail = Of<typeof Transfers.TransferDetail>;
export type TransferSettings = Of<typeof Transfers.TransferSettings>;

const underWay = (replay: Replay): boolean => replay.state === 'waiting' || replay.state === 'running';

/** Read again while one is under way. */
export const replaysQuery = (store: number) => ({
  ...one<ReplayList>(['replays', store], '/replays', { store }),
  refetchInterval: (query: { state: { data?: ReplayList | undefined } }) => (query.state.data?.replays.some(underWay) ? 1_500 : false as const),
});
export const replayLinesQuery = (id: number, filter: Parameters) => pages<ReplayLinesPage>(['replays', 'lines', id, filter], `/replays/${id}/lines`, filter);
export const proposalsQuery = (filter: Parameters) => pages<ProposalPage>(['transfers', 'proposals', filter], '/transfers/proposals', filter);
export const transfersQuery = (filter: Parameters) => pages<TransferPage>(['transfers', 'list', filter], '/transfers', filter);
export const transferQuery = (store: number, id: number) => ({
  ...one<TransferDetail>(['transfers', 'one', store, id], `/transfers/${id}`, { store }),
  refetchInterval: (query: { state: { data?: TransferDetail | undefined } }) => (query.state.data?.asked ? 2_000 : false as const),
});
export type WarehouseMove = Of<typeof Moves.WarehouseMove>;
export const movesQuery = (filter: Parameters) => pages<Of<typeof Moves.WarehouseMovePage>>(['transfers', 'moves', filter], '/warehouse-moves', filter);
export const transferSettingsQuery = (store: number) => one<TransferSettings>(['transfers', 'settings', store], '/transfers/settings', { store });
