/** One count: what was found beside what was expected, and the decision about it. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { address } from '../api/client.ts';
import { countQuery, type StockCountDetail } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, signed, units } from '../ui/format.ts';
import { Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { Counting } from './Counting.tsx';
import { COUNT_LOOK } from './CountsScreen.tsx';
import { Decision } from './Decision.tsx';
import './counts.css';

const route = getRouteApi('/app/counts/$countId');

export function CountPage() {
  const { countId } = route.useParams(), store = useStore(), query = useQuery(countQuery(store.storeId, countId)), row = query.data;
  if (query.isError && !row) return <Page title="Stock count"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!row) return <Page title="Stock count"><Panel><Lines rows={8} /></Panel></Page>;
  const look = COUNT_LOOK[row.state];
  return (
    <Page title={row.name} aside={<Status tone={look.tone} pill>{look.word}</Status>}>
      <div className="stack count-page">
        <p className="count-head"><Link to="/counts" className="back"><IconChevronLeft size={16} aria-hidden />Stock counts</Link><span><span className="dim">At</span> {row.locationName}</span><span><span className="dim">Begun</span> <Ago at={row.createdAt} /> by {row.createdBy}</span>{row.reason && <span><span className="dim">Reason</span> {row.reason}</span>}</p>
        {row.state === 'open' && <Counting row={row} />}
        {row.wanted.length > 0 && <Wanted row={row} />}
        <Items row={row} />
        {(row.state === 'submitted' || (row.state === 'open' && row.items.length > 0)) && <Decision row={row} />}
      </div>
    </Page>
  );
}

/** Where a warehouse is the authority its shelf changes at once; where Shopify is, each line is written there and says so. */
function outcome(row: StockCountDetail, item: StockCountDetail['items'][number]): string {
  if (row.state !== 'approved') return '';
  if (item.difference === 0) return 'as expected';
  return item.outcome ?? (row.authority === 'warehouse' ? 'the shelf is set right; the push follows' : 'to be written');
}

/** What was asked for: the ones not counted yet first, for whoever walks the shelves. */
function Wanted({ row }: { row: StockCountDetail }) {
  const left = row.wanted.filter((item) => !item.counted).length;
  return (
    <Panel title="Asked for" aside={<Status tone={left === 0 ? 'good' : 'info'}>{left === 0 ? 'All counted' : `${units(left)} of ${units(row.wanted.length)} to count`}</Status>}>
      <ul className="lines">{[...row.wanted].sort((a, b) => Number(a.counted) - Number(b.counted)).slice(0, 500).map((item) => <li key={item.itemId}><Status tone={item.counted ? 'good' : 'neutral'} title={item.counted ? 'counted' : 'to count'}><span className="sr">{item.counted ? 'Counted: ' : 'To count: '}</span></Status><span className={item.counted ? 'dim' : ''}>{item.sku || 'no SKU'} <span className="dim">{item.title}{item.barcode && ` · ${item.barcode}`}</span></span></li>)}</ul>
    </Panel>
  );
}

function Items({ row }: { row: StockCountDetail }) {
  const store = useStore(), differ = row.items.filter((item) => item.difference !== 0).length, decided = row.state === 'approved';
  return (
    <Panel flush title={row.items.length === 0 ? 'Counted' : `${units(row.items.length)} counted, ${differ === 0 ? 'none differs' : `${units(differ)} ${differ === 1 ? 'differs' : 'differ'}`}`}
      aside={row.items.length > 0 && <Tooltip label="Download the count as CSV"><ActionIcon component="a" href={address(`/counts/${row.countId}/lines.csv`, { store: store.storeId })} download variant="subtle" color="gray" size={30} aria-label="Download the count as CSV"><IconDownload size={17} /></ActionIcon></Tooltip>}>
      {row.items.length === 0 ? <EmptyState title="Nothing counted yet">Scan or type the first code above.</EmptyState> : (
        <Wide label="Counted items">
          <table className="plain">
            <thead><tr><th>SKU</th><th>Title</th><th className="num">Expected</th><th className="num">Counted</th><th className="num">Difference</th><th>Counted</th>{decided && <th>Outcome</th>}</tr></thead>
            <tbody>{row.items.map((item) => (
              <tr key={item.itemId} className="counted-row">
                <td><Link to="/items/$itemId" params={{ itemId: String(item.itemId) }} search={{ location: row.locationId, tab: 'movements' }}>{item.sku || 'no SKU'}</Link></td><td>{item.title}</td><td className="num">{units(item.expected)}</td><td className="num strong">{units(item.counted)}</td>
                <td className={item.difference === 0 ? 'num dim' : 'num strong'} data-sign={item.difference < 0 ? 'minus' : item.difference > 0 ? 'plus' : undefined}>{signed(item.difference)}</td><td className="dim"><Ago at={item.countedAt} /> by {item.countedBy}</td>{decided && <td>{capital(outcome(row, item))}</td>}
              </tr>))}
            </tbody>
          </table>
        </Wide>
      )}
    </Panel>
  );
}
