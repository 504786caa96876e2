/** Returns as large rows, each a link: what is in it, how much of it waits, since when. */
import { Button } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import type { ReturnCase, ReturnPage } from '../api/stock-queries.ts';
import type { RETURN_VIEWS } from '../router.tsx';
import { useKeys } from '../shell/Keyboard.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { missing, uninspected } from './inspection.ts';

export const RETURN_LOOK: Record<ReturnCase['state'], { tone: Tone; word: string }> = {
  announced: { tone: 'info', word: 'Announced' }, received: { tone: 'warn', word: 'To inspect' }, inspected: { tone: 'good', word: 'Inspected' }, closed: { tone: 'neutral', word: 'Closed' }, cancelled: { tone: 'neutral', word: 'Cancelled' },
};
const EMPTY: Record<(typeof RETURN_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  'to inspect': { good: true, title: 'Nothing waits for inspection', text: 'Goods appear here once they are received: by the warehouse, or by you from a return under Announced.' },
  announced: { good: true, title: 'No return is announced', text: 'A return asked for in Shopify appears here within a minute.' }, inspected: { title: 'Nothing was inspected yet', text: 'Returns end here once each unit has been looked at.' }, all: { title: 'No returns yet', text: 'They come from Shopify, when a customer asks, and from the warehouse, when goods are at its door.' },
};

export function ReturnList({ query, view, q, clear }: { query: UseInfiniteQueryResult<InfiniteData<ReturnPage>>; view: (typeof RETURN_VIEWS)[number]; q: string | undefined; clear(): void }) {
  const list = useRef<HTMLUListElement>(null), rows = query.data?.pages.flatMap((page) => page.rows);
  useKeys((key) => {
    if (key !== 'j' && key !== 'k') return false;
    const links = [...list.current?.querySelectorAll<HTMLAnchorElement>('a') ?? []], at = links.indexOf(document.activeElement as HTMLAnchorElement);
    links[Math.max(0, Math.min(links.length - 1, at + (key === 'j' ? 1 : -1)))]?.focus();
    return true;
  });
  if (query.isError && !rows) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!rows) return <Panel><Lines rows={8} height={18} /></Panel>;
  if (rows.length === 0) return <Panel>{q ? <EmptyState title={`No return ${view === 'all' ? '' : `here `}carries “${q}”`} action={<Button variant="default" size="sm" onClick={clear}>Show them all</Button>}>Look under All, or check the number.</EmptyState> : <EmptyState good={EMPTY[view].good ?? false} title={EMPTY[view].title}>{EMPTY[view].text}</EmptyState>}</Panel>;
  return (
    <>
      <ul ref={list} className="return-list">{rows.map((row) => <Row key={row.returnId} row={row} />)}</ul>
      {query.hasNextPage && <div><Button variant="default" size="md" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button></div>}
    </>
  );
}

function Row({ row }: { row: ReturnCase }) {
  const look = RETURN_LOOK[row.state], open = row.lines.reduce((sum, line) => sum + uninspected(line), 0), due = row.lines.reduce((sum, line) => sum + missing(line), 0), all = row.lines.reduce((sum, line) => sum + Math.max(line.announced, line.received), 0);
  return (
    <li>
      <Link to="/returns/$returnId" params={{ returnId: row.returnId }}>
        <span className="return-name"><b>{row.name}</b><span className="dim">{row.orderName ?? 'no order known'}</span></span>
        <span className="return-goods">{row.lines.slice(0, 3).map((line) => line.sku || line.title).join(', ')}{row.lines.length > 3 && ` and ${row.lines.length - 3} more`}</span>
        <span className="return-open">{open > 0 ? <><b>{units(open)}</b> to inspect</> : due > 0 ? <><b>{units(due)}</b> expected</> : count(all, 'unit')}</span>
        <span className="return-state"><Status tone={look.tone}>{look.word}</Status><span className="dim small"><Ago at={row.inspectedAt ?? row.receivedAt ?? row.announcedAt ?? row.updatedAt} /></span></span>
        <span className="dim return-place">{row.locationName ?? 'no location'}</span>
        <IconChevronRight size={18} aria-hidden />
      </Link>
    </li>
  );
}
