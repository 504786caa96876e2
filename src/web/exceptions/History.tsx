/** What happened to a case and what was said about it, what it gathers, and what helped with others like it. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Link } from '@tanstack/react-router';
import type { ExceptionCase, ExceptionDetail } from '../api/queries.ts';
import { capital, count, duration, kindName, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { useAct } from './actions.ts';

const TONES: Record<string, Tone> = { opened: 'warn', 'came back': 'bad', escalated: 'bad', 'held open': 'held', snoozed: 'held', ignored: 'neutral', resolved: 'good', tried: 'info', said: 'neutral', woke: 'warn', reopened: 'warn', assigned: 'info', gathered: 'neutral' };

export function Timeline({ detail }: { detail: ExceptionDetail }) {
  const act = useAct(), [words, setWords] = useState('');
  return (
    <section>
      <h3>History</h3>
      <ol className="timeline">{detail.events.map((event, n) => (
        <li key={n}><Status tone={TONES[event.what] ?? 'neutral'}>{capital(event.what)}</Status><span className="dim small"><Ago at={event.at} /> by {event.by === 'check' ? 'the check' : event.by}</span>{event.said !== null && event.what !== 'opened' && <p>{event.said}</p>}</li>))}
      </ol>
      <form className="stack" onSubmit={(event) => { event.preventDefault(); act.mutate({ row: detail.row, action: { action: 'say', said: words.trim() } }, { onSuccess: () => setWords('') }); }}>
        <Textarea aria-label="Say something about it" placeholder="What did you find?" value={words} maxLength={2000} autosize minRows={2} onChange={(event) => setWords(event.currentTarget.value)} />
        <div><Button type="submit" variant="default" loading={act.isPending} disabled={words.trim() === ''}>Add to the history</Button></div>
      </form>
    </section>
  );
}

export function Gathered({ rows }: { rows: readonly ExceptionCase[] }) {
  return (
    <section><h3>{count(rows.length, 'case')} gathered here</h3>
      <ul className="gathered">{rows.slice(0, 200).map((row) => <li key={row.exceptionId}><Link from="/exceptions" to="/exceptions" search={(old) => ({ ...old, id: row.exceptionId })}>{row.subject}</Link> <span className="dim">{row.sentence}</span></li>)}</ul>
    </section>
  );
}

/** What usually ends such a case, told beside its runbook. */
export function Usual({ detail }: { detail: ExceptionDetail }) {
  const { closed, medianHours, ways } = detail.outcomes;
  if (closed === 0 || medianHours === null) return null;
  if (closed === 1) return <p className="dim">In the last 90 days one such case closed, within {duration(medianHours * 3_600_000)}, {ways[0]?.way}.</p>;
  return <p className="dim">In the last 90 days {count(closed, 'such case')} closed, half of them within {duration(medianHours * 3_600_000)}: {ways.slice(0, 5).map((each) => `${units(each.cases)} ${each.way}`).join(', ')}.</p>;
}

export function Similar({ detail }: { detail: ExceptionDetail }) {
  if (detail.similar.length === 0) return null;
  return (
    <section><h3>Others of “{kindName(detail.row.kind)}”</h3>
      <ul className="gathered">{detail.similar.map((row) => <li key={row.exceptionId}><Link from="/exceptions" to="/exceptions" search={(old) => ({ ...old, id: row.exceptionId })}>{row.subject}</Link> <span className="dim">resolved <Ago at={row.resolvedAt} /> after {duration(row.hours * 3_600_000)}{row.fixedBy === null ? ', by itself' : `: ${row.fixedBy}`}</span></li>)}</ul>
    </section>
  );
}
