/** One level: what Shopify should show and why, how far writing it has come, and what was sent before. */
import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { attemptsQuery, levelQuery, type Attempt, type PushRow } from '../api/stock-queries.ts';
import { ChangedBy } from '../explain/ChangedBy.tsx';
import { Waterfall } from '../replenishment/Waterfall.tsx';
import { subjectText, type Subject } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { pushTerms } from './arithmetic.ts';
import { pushLook, RELEASABLE } from './look.ts';
import { PhaseSteps } from './Phases.tsx';
import { useRelease } from './release.ts';
import '../explain/explain.css';
import './push.css';

/** `8@2` of the address as the subject of a level. */
export const levelText = ({ itemId, locationId }: Pick<Subject, 'itemId' | 'locationId'>): string => `${itemId}@${locationId}`;
export function levelOf(value: string | undefined): { itemId: number; locationId: number } | null {
  const parts = /^(\d{1,9})@(\d{1,9})$/.exec(value ?? '');
  return parts ? { itemId: Number(parts[1]), locationId: Number(parts[2]) } : null;
}

export function LevelDrawer({ level, close }: { level: { itemId: number; locationId: number } | null; close(): void }) {
  const store = useStore(), query = useQuery({ ...levelQuery(store.storeId, level?.itemId ?? 0, level?.locationId ?? 0), enabled: level !== null });
  const row = query.data?.rows[0];
  return (
    <Drawer opened={level !== null} onClose={close} size={600} title={row ? <span><strong>{row.wanted === null ? 'Why is it not written?' : `Why should it show ${units(row.wanted)}?`}</strong><br /><span className="small dim">{row.sku || row.title} · {row.locationName}</span></span> : <strong>Level</strong>}>
      {row ? <Level row={row} /> : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} />
        : query.data ? <EmptyState title="Instep does not write this level">Its location follows Shopify, or its item is not matched to a code of the warehouse.</EmptyState> : <Lines rows={9} />}
    </Drawer>
  );
}

function Level({ row }: { row: PushRow }) {
  const release = useRelease(), look = pushLook(row.state, row.pushedAt), terms = pushTerms(row);
  return (
    <div className="stack level">
      <div className="row"><Status tone={look.tone} pill>{look.word}</Status>{row.isBundle && <span className="tag">Bundle</span>}{row.mode !== 'live' && <span className="dim small">{row.mode === 'shadow' ? 'The location is in shadow: nothing is written' : 'Writing is off at this location'}</span>}</div>
      {row.reason && <p className="sentence">{capital(row.reason)}.</p>}
      {RELEASABLE.has(row.state) && <div><Button loading={release.isPending} onClick={() => release.mutate([row])}>{row.state === 'held' ? 'Release: write it' : 'Try again'}</Button></div>}
      <PhaseSteps state={row.state} pushedAt={row.pushedAt} times={[row.dirtySince ? <Ago key="q" at={row.dirtySince} /> : '', row.pushedAt ? <Ago key="s" at={row.pushedAt} /> : 'under way', <Ago key="c" at={row.confirmedAt} />]} />
      <div className="beside"><div><span className="dim small">Should show</span><b>{row.wanted === null ? '–' : units(row.wanted)}</b></div><div><span className="dim small">Shopify shows</span><b>{row.shopify === null ? '–' : units(row.shopify)}</b></div><div><span className="dim small">Ledger</span><b>{units(row.ledger)}</b></div></div>
      {row.sentence && <p className="equation">{row.sentence}</p>}
      {terms.length > 0 && <section><h3>How it comes about</h3><Waterfall terms={terms} sum="Should show" /></section>}
      {row.parts.length > 0 && <Parts parts={row.parts} />}
      <Attempts row={row} />
      <ChangedBy itemId={row.itemId} locationId={row.locationId} open={row.state === 'conflict'} />
      <p className="drawer-foot row"><Link to="/items/$itemId" params={{ itemId: String(row.itemId) }} search={{ location: row.locationId, tab: 'movements' }}>Its movements</Link><Link to="/stock" search={{ q: row.sku || row.title, why: subjectText({ itemId: row.itemId, locationId: row.locationId, figure: 'available' }) }}>In stock & drift</Link></p>
    </div>
  );
}

function Parts({ parts }: { parts: PushRow['parts'] }) {
  const fewest = Math.min(...parts.map((part) => Math.floor(Math.max(0, part.available) / part.perUnit)));
  return (
    <section><h3>Its parts</h3>
      <table className="plain boxed"><thead><tr><th>Part</th><th className="num">Available</th><th className="num">In each</th><th className="num">Makes</th></tr></thead>
        <tbody>{parts.map((part) => { const makes = Math.floor(Math.max(0, part.available) / part.perUnit); return <tr key={part.sku}><td>{part.sku}{makes === fewest && <span className="tag bundle-tag">scarcest</span>}</td><td className="num">{units(part.available)}</td><td className="num">{units(part.perUnit)}</td><td className="num strong">{units(makes)}</td></tr>; })}</tbody></table>
    </section>
  );
}

const OUTCOME: Record<string, { tone: Tone; word: string }> = {
  open: { tone: 'info', word: 'Under way' }, waiting: { tone: 'info', word: 'Under way' }, written: { tone: 'good', word: 'Written' }, stale: { tone: 'warn', word: 'Shopify had changed' }, refused: { tone: 'bad', word: 'Refused' }, abandoned: { tone: 'neutral', word: 'Given up' },
};

function Attempts({ row }: { row: PushRow }) {
  const store = useStore(), query = useQuery(attemptsQuery(store.storeId, row.itemId, row.locationId));
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines rows={3} />;
  if (query.data.attempts.length === 0) return <section><h3>Attempts</h3><p className="dim">It was never written by Instep.</p></section>;
  return <section><h3>Attempts</h3><ol className="attempts">{query.data.attempts.slice(0, 12).map((attempt) => <One key={attempt.attemptId} attempt={attempt} />)}</ol></section>;
}

function One({ attempt }: { attempt: Attempt }) {
  const look = OUTCOME[attempt.state] ?? { tone: 'neutral' as const, word: capital(attempt.state) };
  return (
    <li>
      <div className="row"><span className="change"><span className="dim">{attempt.from === null ? 'to' : `from ${units(attempt.from)} to`}</span> <b>{units(attempt.to)}</b>{attempt.way === 'difference' && <span className="dim small"> by difference: sales were faster</span>}</span><Status tone={look.tone}>{look.word}</Status>{attempt.sends > 1 && <span className="dim small">sent {attempt.sends}×, one key</span>}<span className="dim small end"><Ago at={attempt.createdAt} /></span></div>
      {attempt.sentence && <p className="small dim">{attempt.sentence}</p>}{attempt.outcome && <p className="small">{attempt.outcome}</p>}
    </li>
  );
}
