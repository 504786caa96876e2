/** The screens, in the groups of the people who own them, with the key that goes there after `g`. */
import { IconAlertTriangle, IconArrowsExchange, IconBuildingWarehouse, IconPlugConnected, IconShoppingCart, IconSun, type Icon } from '@tabler/icons-react';

export interface Screen { label: string; short: string; to: '/' | '/exceptions' | '/stock' | '/replenishment' | '/flows' | '/settings/connections'; key: string; icon: Icon }

export const NAVIGATION: readonly { group: string; screens: readonly Screen[] }[] = [
  { group: 'Work', screens: [
    { label: 'Today', short: 'Today', to: '/', key: 't', icon: IconSun },
    { label: 'Exceptions', short: 'Exceptions', to: '/exceptions', key: 'e', icon: IconAlertTriangle },
  ] },
  { group: 'Stock', screens: [{ label: 'Stock & drift', short: 'Stock', to: '/stock', key: 's', icon: IconBuildingWarehouse }] },
  { group: 'Plan', screens: [{ label: 'Replenishment', short: 'Plan', to: '/replenishment', key: 'r', icon: IconShoppingCart }] },
  { group: 'Assure', screens: [{ label: 'Flows', short: 'Flows', to: '/flows', key: 'f', icon: IconArrowsExchange }] },
  { group: 'Settings', screens: [{ label: 'Connections', short: 'Settings', to: '/settings/connections', key: 'c', icon: IconPlugConnected }] },
];

export const SCREENS: readonly Screen[] = NAVIGATION.flatMap(({ screens }) => screens);
