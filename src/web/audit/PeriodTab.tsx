/** A period: opening + movements by cause = closing of each location; signed, its figures stay as they were. */
import { Button, Drawer, FileButton, Menu, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconFileCheck, IconSignature } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { periodItemsQuery, periodQuery, periodsQuery, type PeriodView, type SavedVerdict } from '../api/audit-queries.ts';
import { address, write } from '../api/client.ts';
import { save } from '../api/save.ts';
import { broughtForwardRows } from '../../domain/audit/period.ts';
import { addDays } from '../../domain/calendar.ts';
import { useStore } from '../shell/store.tsx';
import { Figure } from '../table/Figure.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, day, instant, signed, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';
import { PeriodActs } from './PeriodActs.tsx';
import { Shares } from './Shares.tsx';
import '../table/table.css';

const route = getRouteApi('/app/audit');

const todayIn = (timeZone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());

/** The last whole month of the shop's calendar. */
function lastMonth(timeZone: string): { from: string; to: string } {
  const to = addDays(`${todayIn(timeZone).slice(0, 7)}-01`, -1);
  return { from: `${to.slice(0, 7)}-01`, to };
}

export function PeriodTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), month = lastMonth(store.timeZone), from = search.from ?? month.from, to = search.to ?? month.to;
  const query = useQuery({ ...periodQuery(store.storeId, from, to), placeholderData: keepPreviousData }), signatures = useQuery(periodsQuery(store.storeId)), view = query.data, before = view !== undefined && (view.ledgerBegan === null || view.to < view.ledgerBegan) && view.signed === null;
  const change = (part: { from?: string | undefined; to?: string | undefined }): void => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <div className="stack">
      <div className="toolbar period-bar">
        <TextInput type="date" label="From" value={from} max={to} onChange={(event) => { if (event.currentTarget.value) change({ from: event.currentTarget.value }); }} /><TextInput type="date" label="To, inclusive" value={to} min={from} onChange={(event) => { if (event.currentTarget.value) change({ to: event.currentTarget.value }); }} />
        {!before && <div className="end"><Verify /><Downloads from={from} to={to} /></div>}
      </div>
      {query.isError && !view ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !view ? <Panel><Lines rows={8} /></Panel> : before ? <BeforeLedger began={view.ledgerBegan} choose={change} /> : (
        <div className="columns">
          <div className="span-8 stack">
            {view.heardSince.length > 0 && <Banner>Heard of since it was signed, and not in these figures: {view.heardSince.slice(0, 6).map((line) => `${line.name} ${line.what} ${signed(line.units)}`).join(', ')}{view.heardSince.length > 6 && ` and ${view.heardSince.length - 6} more`}.</Banner>}
            {view.figures.locations.length === 0 ? <Panel><EmptyState title="Nothing moved up to then">The ledger begins with the first import.</EmptyState></Panel> : <Figures view={view} />}
            <PeriodActs from={view.from} to={view.to} />
          </div>
          <div className="span-4 stack">
            <Panel title="Sign-off">{view.signed ? <Signed view={view} /> : view.unsignable === null ? <Sign key={`${from}${to}`} view={view} /> : <p className="dim">{view.unsignable}</p>}</Panel>
            <Shares from={view.from} to={view.to} />
            <Panel flush title="Signed periods">{signatures.data && signatures.data.chain.links > 0 && <div className="panel-body">{signatures.data.chain.broken.length === 0 ? <Status tone="good">The chain of all {units(signatures.data.chain.links)} holds</Status> : signatures.data.chain.broken.slice(0, 5).map((each) => <p key={`${each.subject}${each.fault}`}><Status tone="bad">{each.subject}: {each.fault}</Status></p>)}</div>}{!signatures.data ? <div className="panel-body"><Lines rows={3} /></div> : signatures.data.periods.length === 0 ? <div className="panel-body"><p className="dim">None yet.</p></div> : <table className="plain"><tbody>{signatures.data.periods.map((each) => <tr key={`${each.from}${each.to}`}><td><Link to="/audit" search={{ tab: 'period', from: each.from, to: each.to }}>{day(each.from, true)} to {day(each.to)}</Link></td><td className="dim">{each.by}</td><td className="num">{units(each.closing)}</td></tr>)}</tbody></table>}</Panel>
          </div>
        </div>
      )}
    </div>
  );
}

/** Nothing is known of days before the first import: figures would be those of what happened not to move since. */
function BeforeLedger({ began, choose }: { began: string | null; choose(part: { from: string; to: string }): void }) {
  const store = useStore();
  if (began === null) return <Panel><EmptyState title="The ledger has not begun">A period can be looked at once the store was imported.</EmptyState></Panel>;
  const today = todayIn(store.timeZone);
  return <Panel><EmptyState title={`The ledger began on ${day(began)}`} action={<Button onClick={() => choose({ from: began, to: today })}>Show {began === today ? 'today' : `${day(began, true)} until today`}</Button>}>What moved before is not in it. {addDays(began, 1) > today ? 'The first whole day, from which a period can be signed, is tomorrow.' : `The first whole day, from which a period can be signed, is ${day(addDays(began, 1))}.`}</EmptyState></Panel>;
}

function Downloads({ from, to }: { from: string; to: string }) {
  const store = useStore(), of = { store: store.storeId, from, to };
  // Printing takes seconds, and may say what is missing: so it is asked for, not linked.
  const pdf = useMutation({ mutationFn: () => save('/periods/report.pdf', of), onError: (error) => notifications.show({ color: 'red', autoClose: 20_000, message: error.message }) });
  return (
    <Menu><Menu.Target><Button variant="default" leftSection={<IconDownload size={15} />} loading={pdf.isPending}>Download</Button></Menu.Target>
      <Menu.Dropdown>{([['csv', 'CSV, the figures'], ['html', 'HTML, to print or send'], ['json', 'JSON, to keep and verify']] as const).map(([form, says]) => <Menu.Item key={form} component="a" href={address(`/periods/report.${form}`, of)} download>{says}</Menu.Item>)}<Menu.Item onClick={() => pdf.mutate()}>PDF, A4</Menu.Item></Menu.Dropdown>
    </Menu>
  );
}

/** A saved JSON beside what is kept here. */
function Verify() {
  const store = useStore();
  const look = useMutation({
    mutationFn: async (file: File) => {
      let saved: unknown;
      try { saved = JSON.parse(await file.text()); } catch { throw new Error(`${file.name} is not JSON. Choose a period that was downloaded as JSON.`); }
      return write<SavedVerdict>('POST', '/periods/verify', { store: store.storeId }, saved as object);
    },
    onSuccess: ({ holds, said }) => notifications.show({ color: holds ? 'green' : 'red', autoClose: 20_000, title: holds ? 'The saved report holds' : 'The saved report does not hold', message: said }),
    onError: (error) => notifications.show({ color: 'red', autoClose: 20_000, message: error.message }),
  });
  return <FileButton accept=".json,application/json" onChange={(file) => { if (file) look.mutate(file); }}>{(props) => <Button {...props} variant="default" leftSection={<IconFileCheck size={15} />} loading={look.isPending} title="A period downloaded as JSON: is it what was signed?">Verify a file…</Button>}</FileButton>;
}

/** A column a location, a row a cause. */
function Figures({ view: { figures, from, to, broughtForward } }: { view: PeriodView }) {
  const [asked, setAsked] = useState<Behind | null>(null);
  const kinds = [...new Set(figures.locations.flatMap((place) => place.movements.map((m) => m.kind)))].sort(), of = (place: PeriodView['figures']['locations'][number], kind: string): number => place.movements.find((m) => m.kind === kind)?.units ?? 0;
  const counted = figures.locations.flatMap((place) => place.counted ?? []), [first, last] = [counted.map((each) => each.from).sort()[0], counted.map((each) => each.to).sort().at(-1)];
  return (
    <Panel flush><Wide label="Units on hand over the period">
      <table className="plain period">
        <thead><tr><th>Units on hand</th>{figures.locations.map((place) => <th key={place.locationId} className="num">{place.name}</th>)}<th className="num">All</th></tr></thead>
        <tbody>
          {(broughtForward ? broughtForwardRows(broughtForward, from) : []).map(({ label, kind, units: of }) => { const said = (n: number): string => (kind === 'level' ? units(n) : n === 0 ? '–' : signed(n)); return <tr key={label}><td>{label}</td>{figures.locations.map((place) => <td key={place.locationId} className={kind === 'change' && (of.get(place.locationId) ?? 0) === 0 ? 'num dim' : 'num'}>{said(of.get(place.locationId) ?? 0)}</td>)}<td className="num">{said([...of.values()].reduce((sum, each) => sum + each, 0))}</td></tr>; })}
          <tr className="sum"><td>Opening, {day(from)}</td>{figures.locations.map((place) => <td key={place.locationId} className="num">{units(place.opening)}</td>)}<td className="num">{units(figures.opening)}</td></tr>
          {counted.length > 0 && <tr><td>{first === last ? `Opening count taken on ${day(first!)}` : `Opening counts taken from ${day(first!)} to ${day(last!)}`}</td>{figures.locations.map((place) => <td key={place.locationId} className={place.counted ? 'num' : 'num dim'}>{place.counted ? signed(place.counted.units) : '–'}</td>)}<td className="num">{signed(counted.reduce((sum, each) => sum + each.units, 0))}</td></tr>}
          {kinds.map((kind) => <tr key={kind}><td>{kind === 'opening' ? 'Opening count' : capital(kind)}</td>{figures.locations.map((place) => <td key={place.locationId} className={of(place, kind) === 0 ? 'num dim' : 'num'}>{of(place, kind) === 0 ? '–' : <Figure label={`${signed(of(place, kind))} ${kind} at ${place.name}: which items?`} onClick={() => setAsked({ from, to, location: place.locationId, kind, name: place.name, units: of(place, kind) })}>{signed(of(place, kind))}</Figure>}</td>)}<td className="num">{signed(figures.locations.reduce((sum, place) => sum + of(place, kind), 0))}</td></tr>)}
          <tr className="sum"><td>Closing, {day(to)}</td>{figures.locations.map((place) => <td key={place.locationId} className="num">{units(place.closing)}</td>)}<td className="num">{units(figures.closing)}</td></tr>
        </tbody>
      </table>
    </Wide><BehindDrawer asked={asked} close={() => setAsked(null)} /></Panel>
  );
}

type Behind = { from: string; to: string; location: number; kind: string; name: string; units: number };

/** Which items a figure is made of, the most units first; each leads to its movements. */
function BehindDrawer({ asked, close }: { asked: Behind | null; close(): void }) {
  return <Drawer opened={asked !== null} onClose={close} size={520} title={asked && <span><strong>{signed(asked.units)} {asked.kind}</strong><br /><span className="small dim">{asked.name}, {day(asked.from)} to {day(asked.to)}</span></span>}>{asked && <Items asked={asked} />}</Drawer>;
}

function Items({ asked: { name: _, units: __, ...of } }: { asked: Behind }) {
  const store = useStore(), query = useQuery(periodItemsQuery(store.storeId, of));
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines rows={8} />;
  if (query.data.rows.length === 0) return <EmptyState title="No movement by this name">The figure is of a signed period; what it was made of has another name by now.</EmptyState>;
  return (
    <>
      <table className="plain"><thead><tr><th>Item</th><th className="num">Movements</th><th className="num">Units</th></tr></thead>
        <tbody>{query.data.rows.map((row) => <tr key={row.itemId}><td><AppLink to={`/items/${row.itemId}?tab=movements&location=${of.location}`}>{row.sku || row.title}</AppLink>{row.sku && <div className="small dim">{row.title}</div>}</td><td className="num">{units(row.movements)}</td><td className="num">{signed(row.units)}</td></tr>)}</tbody></table>
      {query.data.items > query.data.rows.length && <p className="dim small">The {units(query.data.rows.length)} with the most units of {units(query.data.items)} items.</p>}
    </>
  );
}

function Sign({ view }: { view: PeriodView }) {
  const store = useStore(), client = useQueryClient(), [note, setNote] = useState('');
  const sign = useMutation({
    mutationFn: () => write('POST', '/periods', { store: store.storeId }, { from: view.from, to: view.to, closing: view.figures.closing, seen: view.seen, ...(note.trim() ? { note } : {}) }),
    onSuccess: () => { notifications.show({ message: 'The period is signed; its figures stay as they are.' }); void client.invalidateQueries({ queryKey: ['audit'] }); },
    onError: () => { void client.invalidateQueries({ queryKey: ['audit', 'period'] }); },
  });
  return (
    <div className="stack">
      <p>You sign that {units(view.figures.closing)} units on hand at the end of {day(view.to)} are what opening and movements make. Your name, role and the time are kept; the figures are frozen.</p>
      <Textarea label="Note" description="What a reader should know; may stay empty." value={note} maxLength={500} autosize minRows={2} onChange={(event) => setNote(event.currentTarget.value)} />
      {sign.isError && <ErrorState title="It was not signed" error={sign.error} />}
      <div><Button leftSection={<IconSignature size={15} />} loading={sign.isPending} onClick={() => sign.mutate()}>Sign the period</Button></div>
    </div>
  );
}

function Signed({ view: { signed: signature } }: { view: PeriodView }) {
  const store = useStore();
  return <div className="stack"><Status tone="good">Signed</Status><p><b>{signature!.by}</b>, {signature!.role}, {instant(signature!.at, store.timeZone)}</p>{signature!.note && <p className="sentence">{signature!.note}</p>}<p className="dim small">SHA-256 of the figures <code className="digest">{signature!.digest}</code>, of the chain up to here <code className="digest">{signature!.chain}</code></p></div>;
}
