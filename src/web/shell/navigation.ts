/** The screens, in the groups of the people who own them, with the key that goes there after `g`. */
import { IconAlertTriangle, IconArrowBackUp, IconArrowsExchange, IconArrowsTransferDown, IconBuildingWarehouse, IconBuildingStore, IconChartLine, IconClipboardList, IconCloudUpload, IconFlame, IconHelp, IconHistory, IconLink, IconListCheck, IconSettings, IconShieldCheck, IconShoppingCart, IconSun, IconTruckDelivery, IconUsers, type Icon } from '@tabler/icons-react';

export interface Screen {
  label: string; short: string; key: string; icon: Icon;
  to: '/' | '/exceptions' | '/stock' | '/push' | '/mapping' | '/counts' | '/fulfilments' | '/returns' | '/forecast' | '/replenishment' | '/replay' | '/transfers' | '/purchase-orders' | '/suppliers' | '/peak' | '/help' | '/flows' | '/audit' | '/settings/connections';
  /** Addresses that belong to it, where they do not begin with `to`. */
  under?: string;
  /** In the bar of a phone; the others are behind "More". */
  phone?: boolean;
}

export const NAVIGATION: readonly { group: string; screens: readonly Screen[] }[] = [
  { group: 'Work', screens: [
    { label: 'Today', short: 'Today', to: '/', key: 't', icon: IconSun, phone: true },
    { label: 'Exceptions', short: 'Exceptions', to: '/exceptions', key: 'e', icon: IconAlertTriangle, phone: true },
  ] },
  { group: 'Stock', screens: [
    { label: 'Stock & drift', short: 'Stock', to: '/stock', key: 's', icon: IconBuildingWarehouse, phone: true },
    { label: 'Push queue', short: 'Push', to: '/push', key: 'p', icon: IconCloudUpload },
    { label: 'Mapping', short: 'Mapping', to: '/mapping', key: 'm', icon: IconLink },
    { label: 'Stock counts', short: 'Counts', to: '/counts', key: 'n', icon: IconListCheck },
  ] },
  { group: 'Operate', screens: [
    { label: 'Fulfilments', short: 'Fulfilments', to: '/fulfilments', key: 'o', icon: IconTruckDelivery },
    { label: 'Returns', short: 'Returns', to: '/returns', key: 'b', icon: IconArrowBackUp, phone: true },
  ] },
  { group: 'Plan', screens: [
    { label: 'Forecast', short: 'Forecast', to: '/forecast', key: 'd', icon: IconChartLine },
    { label: 'Replenishment', short: 'Plan', to: '/replenishment', key: 'r', icon: IconShoppingCart },
    { label: 'Transfers', short: 'Transfers', to: '/transfers', key: 'x', icon: IconArrowsTransferDown },
    { label: 'Replay', short: 'Replay', to: '/replay', key: 'y', icon: IconHistory },
    { label: 'Purchase orders', short: 'Orders', to: '/purchase-orders', key: 'u', icon: IconClipboardList },
    { label: 'Suppliers', short: 'Suppliers', to: '/suppliers', key: 'v', icon: IconBuildingStore },
  ] },
  { group: 'Assure', screens: [{ label: 'Peak monitor', short: 'Peak', to: '/peak', key: 'k', icon: IconFlame }, { label: 'Flows', short: 'Flows', to: '/flows', key: 'f', icon: IconArrowsExchange }, { label: 'Audit report', short: 'Audit', to: '/audit', key: 'a', icon: IconShieldCheck }] },
  { group: 'Settings', screens: [{ label: 'Settings', short: 'Settings', to: '/settings/connections', under: '/settings/', key: 'c', icon: IconSettings }, { label: 'Help', short: 'Help', to: '/help', key: 'h', icon: IconHelp }] },
];

export const SCREENS: readonly Screen[] = NAVIGATION.flatMap(({ screens }) => screens);

/** Screens within screens: found by search, not in the bar. */
export const PLACES_WITHIN: readonly { label: string; to: string; icon: Icon }[] = [
  { label: 'Bundles', to: '/mapping?tab=bundles', icon: IconLink }, { label: 'Orders out', to: '/fulfilments?tab=orders', icon: IconTruckDelivery }, { label: 'Ghost stock', to: '/returns?tab=ghosts', icon: IconArrowBackUp },
  { label: 'Period sign-off', to: '/audit?tab=period', icon: IconShieldCheck },
  { label: 'Forecast accuracy', to: '/forecast?tab=accuracy', icon: IconChartLine }, { label: 'Event calendar', to: '/forecast?tab=events', icon: IconChartLine },
  { label: 'Connections', to: '/settings/connections', icon: IconSettings }, { label: 'Warehouses', to: '/settings/warehouses', icon: IconSettings }, { label: 'Locations', to: '/settings/locations', icon: IconSettings }, { label: 'Inventory Planner', to: '/settings/planner', icon: IconSettings },
  { label: 'Limits', to: '/settings/limits', icon: IconSettings }, { label: 'Back-ups', to: '/settings/backups', icon: IconSettings }, { label: 'People', to: '/settings/people', icon: IconUsers }, { label: 'Audit trail', to: '/settings/audit-trail', icon: IconHistory },
];

/** Whether the address is of the screen. */
export function isAt(screen: Screen, path: string): boolean {
  if (screen.to === '/') return path === '/';
  return path === screen.to || path.startsWith(screen.under ?? `${screen.to}/`);
}
