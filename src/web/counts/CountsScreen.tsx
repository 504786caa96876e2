/** Stock counts: somebody counts, somebody approves, the difference becomes a movement with its reason. */
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { countsQuery, locationsQuery, type StockCount, type StockCountDetail } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { signed, units } from '../ui/format.ts';
import { Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import './counts.css';

const route = getRouteApi('/app/counts');
export const COUNT_LOOK: Record<StockCount['state'], { tone: Tone; word: string }> = { open: { tone: 'info', word: 'Counting' }, submitted: { tone: 'warn', word: 'To be approved' }, approved: { tone: 'good', word: 'Approved' }, rejected: { tone: 'neutral', word: 'Rejected' } };

export function CountsScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(countsQuery(store.storeId)), rows = query.data?.counts;
  const begin = (open: boolean): void => void navigate({ search: (old) => ({ ...old, begin: open ? 'yes' as const : undefined }) });
  const button = <Button leftSection={<IconListCheck size={15} />} onClick={() => begin(true)}>Begin a count</Button>;
  return (
    <Page title="Stock counts" aside={rows && rows.length > 0 && button}>
      {query.isError && !rows ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !rows ? <Panel><Lines rows={6} /></Panel>
        : rows.length === 0 ? <Panel><EmptyState title="Nothing has been counted yet" action={button}>Count a shelf, a bay or one item: what you find is set beside what is expected, and somebody approves the difference before it changes anything.</EmptyState></Panel>
          : (
            <Panel flush><Wide label="Stock counts">
              <table className="plain counts">
                <thead><tr><th>Count</th><th>Location</th><th>State</th><th className="num">Lines</th><th className="num">Difference</th><th>Begun</th><th>Decided</th></tr></thead>
                <tbody>{rows.map((row) => <Row key={row.countId} row={row} />)}</tbody>
              </table>
            </Wide></Panel>
          )}
      <Modal opened={search.begin === 'yes'} onClose={() => begin(false)} title={<strong>Begin a count</strong>}>{search.begin === 'yes' && <Begin />}</Modal>
    </Page>
  );
}

function Row({ row }: { row: StockCount }) {
  const look = COUNT_LOOK[row.state];
  return (
    <tr>
      <td><Link to="/counts/$countId" params={{ countId: row.countId }}>{row.name}</Link></td><td>{row.locationName}</td><td><Status tone={look.tone}>{look.word}</Status></td><td className="num">{units(row.lines)}</td>
      <td className="num">{row.difference === 0 ? <span className="dim">0</span> : signed(row.difference)}</td><td className="dim"><Ago at={row.createdAt} /> by {row.createdBy}</td><td className="dim">{row.decidedAt && row.state !== 'open' ? <><Ago at={row.decidedAt} /> by {row.decidedBy}</> : 'not yet'}</td>
    </tr>
  );
}

function Begin() {
  const store = useStore(), client = useQueryClient(), navigate = route.useNavigate(), places = useQuery(locationsQuery(store.storeId));
  const [place, setPlace] = useState(''), [name, setName] = useState(''), active = places.data?.locations.filter((each) => each.isActive) ?? [], locationId = Number(place || active[0]?.locationId);
  const make = useMutation({
    mutationFn: () => write<StockCountDetail>('POST', '/counts', { store: store.storeId }, { locationId, name: name.trim() }),
    onSuccess: async (made) => { await client.invalidateQueries({ queryKey: ['counts'] }); await navigate({ to: '/counts/$countId', params: { countId: made.countId } }); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <NativeSelect size="sm" label="Location" value={String(locationId)} onChange={(event) => setPlace(event.currentTarget.value)} data={active.map((each) => ({ value: String(each.locationId), label: each.name }))} />
      <TextInput size="sm" label="What is counted" placeholder="Aisle 4, monthly" value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      {make.isError && <ErrorState title="The count was not begun" error={make.error} />}
      <div><Button type="submit" size="sm" loading={make.isPending} disabled={name.trim() === '' || !locationId}>Begin</Button></div>
    </form>
  );
}
