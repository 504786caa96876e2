/** Ghost stock: restocked in Shopify at a warehouse's location, accepted by nobody. The next push takes it back. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ghostsQuery } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

export function GhostTab() {
  const store = useStore(), query = useQuery(ghostsQuery(store.storeId)), rows = query.data?.rows;
  if (query.isError && !rows) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!rows) return <Panel><Lines rows={6} /></Panel>;
  if (rows.length === 0) return <Panel><EmptyState good title="No ghost stock">Nothing was restocked in Shopify at a warehouse’s location without its inspection.</EmptyState></Panel>;
  return (
    <>
      <p className="dim">Units restocked in Shopify, by a refund or a return there, that the warehouse has not inspected. They are taken back with the next push; only an inspection makes stock of a return.</p>
      <Panel flush>
        <Wide label="Ghost stock">
          <table className="plain">
            <thead><tr><th>Item</th><th>Location</th><th className="num">Restocked</th><th className="num">Taken back</th><th className="num">Still there</th><th>Last</th><th>State</th></tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={`${row.itemId}@${row.locationId}`}>
                <td><Link to="/items/$itemId" params={{ itemId: String(row.itemId) }} search={{ tab: 'movements', location: row.locationId }}>{row.sku || row.title}</Link><br /><span className="dim small">{row.title}</span></td><td>{row.locationName}</td>
                <td className="num" title={row.facts.join('\n')}>{units(row.restocked)}</td><td className="num">{units(row.reversed)}</td><td className="num">{units(row.open)}</td><td className="dim"><Ago at={row.lastAt} /></td><td>{row.open === 0 ? <Status tone="good">Taken back</Status> : <Status tone="warn">To be taken back</Status>}</td>
              </tr>))}
            </tbody>
          </table>
        </Wide>
      </Panel>
    </>
  );
}
