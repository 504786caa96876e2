/** One return at the bench: receive what has come, then say of each unit what it is worth. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { IconChevronLeft } from '@tabler/icons-react';
import { returnQuery, type ReturnCase } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { Goods } from './Goods.tsx';
import { Inspect } from './Inspect.tsx';
import { missing, uninspected } from './inspection.ts';
import { Receive } from './Receive.tsx';
import { RETURN_LOOK } from './ReturnList.tsx';
import './returns.css';

const route = getRouteApi('/app/returns/$returnId');

export function ReturnPage() {
  const { returnId } = route.useParams(), store = useStore(), query = useQuery(returnQuery(store.storeId, returnId)), row = query.data;
  if (query.isError && !row) return <Page title="Return"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!row) return <Page title="Return"><Panel><Lines rows={8} height={18} /></Panel></Page>;
  const look = RETURN_LOOK[row.state];
  return (
    <Page title={row.name} aside={<Status tone={look.tone} pill>{look.word}</Status>}>
      <div className="returns one">
        <p className="return-head"><Link to="/returns" className="back"><IconChevronLeft size={16} aria-hidden />Returns</Link><span><span className="dim">Order</span> {row.orderName ?? 'not known'}</span><span><span className="dim">At</span> {row.locationName ?? 'no location'}</span>{row.receivedAt && <span><span className="dim">Received</span> <Ago at={row.receivedAt} /></span>}</p>
        {row.locationId === null && <Banner>It is not known where these goods belong, so nothing of them becomes stock. Look at the order in Shopify.</Banner>}
        {row.state !== 'closed' && row.state !== 'cancelled' && row.lines.some((line) => missing(line) > 0) && <Receive row={row} />}
        {row.lines.some((line) => uninspected(line) > 0) && <Inspect key={row.returnId} row={row} />}
        <Done row={row} />
        <Exchange row={row} />
      </div>
    </Page>
  );
}

/** What was found so far. */
function Done({ row }: { row: ReturnCase }) {
  const looked = row.lines.filter((line) => line.sellable + line.damaged + line.quarantine + line.scrap > 0);
  if (looked.length === 0) return null;
  return (
    <Panel title={row.state === 'received' ? 'Inspected so far' : 'Inspected'}>
      <ul className="found">{looked.map((line) => (
        <li key={line.lineKey}><Goods line={line} />
          <span className="row">{line.sellable > 0 && <Status tone="good">{units(line.sellable)} sellable</Status>}{line.damaged > 0 && <Status tone="bad">{units(line.damaged)} damaged</Status>}{line.quarantine > 0 && <Status tone="held">{units(line.quarantine)} in quarantine</Status>}{line.scrap > 0 && <Status tone="neutral">{units(line.scrap)} scrapped</Status>}</span>
        </li>))}
      </ul>
      {row.shopify && <Told told={row.shopify} />}
      <p className="dim small">Only sellable units can be sold again. An inspection is not undone; a mistake is put right with a <Link to="/counts">stock count</Link>.</p>
    </Panel>
  );
}

/** What the customer gets instead. Its units are lines of the order and go out as any other. */
function Exchange({ row }: { row: ReturnCase }) {
  if (row.exchange.length === 0) return null;
  return (
    <Panel title="Goes out in exchange">
      <ul className="found">{row.exchange.map((line) => (
        <li key={line.exchangeId}><Goods line={line} />
          <span className="row"><span className="dim">{units(line.quantity)} {line.quantity === 1 ? 'unit' : 'units'}</span>
            {line.sent >= line.quantity ? <Status tone="good">Sent</Status> : line.processed >= line.quantity ? <Status tone="held">{line.sent > 0 ? `${units(line.sent)} sent` : 'In the order'}</Status> : <Status tone="neutral">Not in the order yet</Status>}</span>
        </li>))}
      </ul>
      <p className="dim small">Shopify adds these units to the order when the return is processed there; from then on they are promised and sent as any other line.</p>
    </Panel>
  );
}

/** What Shopify's own return knows of it. */
function Told({ told }: { told: NonNullable<ReturnCase['shopify']> }) {
  const look = { waiting: ['held', 'Shopify is being told'], told: ['good', 'Told Shopify'], refused: ['warn', 'Not told to Shopify'] }[told.state] as ['held' | 'good' | 'warn', string];
  const parts = [
    told.units > 0 ? `${units(told.units)} ${told.units === 1 ? 'unit' : 'units'} of its return settled` : null,
    told.restockedBefore > 0 ? `${units(told.restockedBefore)} had been restocked in Shopify before and were not added again` : null,
    told.adjusted > 0 ? `${units(told.adjusted)} sellable added by a stock change` : null,
    told.message,
  ].filter((part) => part !== null);
  return <p className="told small"><Status tone={look[0]}>{look[1]}</Status>{parts.length > 0 && <span className="dim">{parts.join(' · ')}</span>}{told.at && told.state === 'told' && <span className="dim"><Ago at={told.at} /></span>}</p>;
}
