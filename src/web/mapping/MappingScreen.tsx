/** Mapping: whose a warehouse's code is, how variants name themselves, which location follows whom, and what bundles are made of. */
import { getRouteApi } from '@tanstack/react-router';
import { SettingsBanner } from '../peak/SettingsInPeak.tsx';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { BundlesTab } from './BundlesTab.tsx';
import { LocationsTab } from './LocationsTab.tsx';
import { RulesTab } from './RulesTab.tsx';
import { SkusTab } from './SkusTab.tsx';
import { VariantsTab } from './VariantsTab.tsx';
import './mapping.css';

const route = getRouteApi('/app/mapping');
const TABS = [{ id: 'skus', label: 'Codes of warehouses' }, { id: 'variants', label: 'Variants' }, { id: 'locations', label: 'Locations' }, { id: 'bundles', label: 'Bundles' }, { id: 'rules', label: 'Rules' }] as const;

export function MappingScreen() {
  const { tab = 'skus' } = route.useSearch();
  return (
    <Page title="Mapping" fill>
      <ViewTabs label="Mapping of" views={TABS} current={tab} change={(id, old) => ({ ...(old['store'] === undefined ? {} : { store: old['store'] }), tab: id === 'skus' ? undefined : id })} />
      <SettingsBanner />
      {tab === 'skus' ? <SkusTab /> : tab === 'variants' ? <VariantsTab /> : tab === 'locations' ? <LocationsTab /> : tab === 'bundles' ? <BundlesTab /> : <RulesTab />}
    </Page>
  );
}
