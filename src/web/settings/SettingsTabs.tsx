/** The pages of the settings, side by side. */
import { Link, useRouterState } from '@tanstack/react-router';
import { SettingsBanner } from '../peak/SettingsInPeak.tsx';

const TABS = [{ to: '/settings/connections', label: 'Connections' }, { to: '/settings/warehouses', label: 'Warehouses' }, { to: '/settings/locations', label: 'Locations' }, { to: '/settings/planner', label: 'Inventory Planner' }, { to: '/settings/alerts', label: 'Alerts' }, { to: '/settings/limits', label: 'Limits' }, { to: '/settings/exchange-rates', label: 'Exchange rates' }, { to: '/settings/backups', label: 'Back-ups' }, { to: '/settings/people', label: 'People' }, { to: '/settings/audit-trail', label: 'Audit trail' }] as const;

export function SettingsTabs() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return <><nav className="tabs-bar settings-tabs" aria-label="Settings">{TABS.map(({ to, label }) => <Link key={to} to={to} aria-current={path === to ? 'page' : undefined}>{label}</Link>)}</nav><SettingsBanner /></>;
}
