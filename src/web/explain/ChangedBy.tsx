/** Who changed a level in Shopify: its own record of the last week, month or quarter, asked for when somebody wants to know; and the way to Shopify's page, also where it does not tell us. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconUserSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { address } from '../api/client.ts';
import { adjustmentsQuery, type ItemAdjustments } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, signed } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import './explain.css';

const SPANS = { '7': 'week', '30': 'month', '90': 'quarter' } as const;

/** @param open Asked for at once: where somebody else is known to write. */
export function ChangedBy({ itemId, locationId, open }: { itemId: number; locationId: number; open: boolean }) {
  const store = useStore(), [asked, setAsked] = useState(open), [days, setDays] = useState<keyof typeof SPANS>('7');
  const query = useQuery({ ...adjustmentsQuery(store.storeId, itemId, locationId, Number(days)), enabled: asked });
  const page = <a href={address(`/items/${itemId}/inventory-history`, { store: store.storeId })} target="_blank" rel="noreferrer">Inventory history in Shopify</a>;
  return (
    <section>
      <div className="row"><h3>Who changed it, in Shopify</h3>
        {asked && !query.data?.refused && <SegmentedControl size="xs" aria-label="Since when" value={days} onChange={(to) => setDays(to as keyof typeof SPANS)} data={Object.entries(SPANS).map(([value, label]) => ({ value, label: capital(label) }))} />}
      </div>
      {!asked ? <div className="row"><Button size="compact-sm" variant="default" leftSection={<IconUserSearch size={15} />} onClick={() => setAsked(true)}>Ask Shopify</Button>{page}</div>
        : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} />
          : !query.data ? <Lines rows={3} />
            : query.data.refused !== null ? <p className="dim">Shopify does not tell this app ({query.data.refused.replace(/\.$/, '')}). Give the app the scope read_reports, or look there: {page}.</p>
              : <><Changes of={query.data} span={SPANS[days]} /><p className="small">{page}</p></>}
    </section>
  );
}

function Changes({ of: { adjustments, writers, more }, span }: { of: ItemAdjustments; span: string }) {
  if (adjustments.length === 0) return <p className="dim">Shopify knows of no change in the last {span}. What was changed in the last minutes may not be in its reports yet.</p>;
  return (
    <>
      {writers.length > 0 && <p>Changed by {writers.slice(0, 5).map((writer, n) => <span key={writer.by}>{n > 0 && ', '}<strong>{writer.by}</strong> {count(writer.times, 'time')}, last <Ago at={writer.lastAt} /></span>)}{writers.length > 5 && ` and ${count(writers.length - 5, 'other')}`}.</p>}
      <Wide label="Changes in Shopify"><table className="plain boxed changed-by">
        <thead><tr><th>When</th><th>What</th><th className="num">Change</th><th>By</th></tr></thead>
        <tbody>{adjustments.map((change, n) => <tr key={n}><td className="when"><Ago at={change.at} /></td><td>{capital(change.state.replaceAll('_', ' '))}</td><td className="num">{signed(change.change)}</td><td>{change.by === null ? <span className="dim">Shopify</span> : change.isOurs ? 'Instep' : <strong>{change.by}</strong>}{change.reason && <><br /><span className="dim small">{change.reason}</span></>}</td></tr>)}</tbody>
      </table></Wide>
      {more && <p className="dim small">These are the last {adjustments.length}; Shopify’s page has them all.</p>}
    </>
  );
}
