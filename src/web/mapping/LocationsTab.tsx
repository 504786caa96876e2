/** Which location follows whom; changed in the settings. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { locationsQuery } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';

export function LocationsTab() {
  const store = useStore(), query = useQuery(locationsQuery(store.storeId)), rows = query.data?.locations;
  if (query.isError && !rows) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!rows) return <Panel><Lines rows={6} /></Panel>;
  return (
    <>
      <Panel flush>
        <Wide label="Locations">
          <table className="plain">
            <thead><tr><th>Location in Shopify</th><th>Shopify id</th><th>State</th><th>Right about stock</th><th>Writing</th><th className="num">Levels</th></tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={row.locationId}>
                <td><b>{row.name}</b></td><td><code>{row.shopifyLocationId}</code></td><td>{row.isActive ? <Status tone="good">Active</Status> : <Status tone="warn">Inactive</Status>}</td>
                <td>{row.authority === 'warehouse' ? row.warehouse : 'Shopify'}</td><td>{row.authority === 'warehouse' ? <Link to="/push" search={{ location: row.locationId }}>{capital(row.policy?.mode ?? 'off')}{row.policy?.paused ? ', paused' : ''}</Link> : <span className="dim">reads only</span>}</td><td className="num">{row.authority === 'warehouse' ? units(row.levels) : '–'}</td>
              </tr>
            ))}</tbody>
          </table>
        </Wide>
      </Panel>
      <p className="dim">Who is right about a location, and how it is written, is changed in <Link to="/settings/locations">Settings → Locations</Link>.</p>
    </>
  );
}
