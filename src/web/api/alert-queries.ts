/** The questions about alerts. */
import type * as Contract from '../../http/contract-alerts.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type AlertChannel = Of<typeof Contract.AlertChannelView>;
export type AlertChannels = Of<typeof Contract.AlertChannels>;
export type AlertChannelMade = Of<typeof Contract.AlertChannelMade>;
export type AlertDelivery = Of<typeof Contract.AlertDelivery>;
export type AlertDeliveryPage = Of<typeof Contract.AlertDeliveryPage>;

export const alertChannelsQuery = (store: number) => one<AlertChannels>(['alerts', 'channels', store], '/alerts/channels', { store });
export const alertDeliveriesQuery = (filter: Parameters) => pages<AlertDeliveryPage>(['alerts', 'deliveries', filter], '/alerts/deliveries', filter);
