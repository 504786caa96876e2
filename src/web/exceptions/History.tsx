/** What happened to a case and what was said about it, what it gathers, and what helped with others like it. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Link } from '@tanstack/react-router';
import type { ExceptionCase, ExceptionDetail } from '../api/queries.ts';
import { capital, count, duration, kindName } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { useAct } from './actions.ts';
import { usualWords } from './usual.ts';

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
  const words = usualWords(detail.outcomes);
  return words === null ? null : <p className="dim">{words}</p>;
}

export function Similar({ detail }: { detail: ExceptionDetail }) {
  if (detail.similar.length === 0) return null;
  return (
    <section><h3>Others of “{kindName(detail.row.kind)}”</h3>
      <ul className="gathered">{detail.similar.map((row) => <li key={row.exceptionId}><Link from="/exceptions" to="/exceptions" search={(old) => ({ ...old, id: row.exceptionId })}>{row.subject}</Link> <span className="dim">resolved <Ago at={row.resolvedAt} /> after {duration(row.hours * 3_600_000)}{row.fixedBy === null ? ', by itself' : `: ${row.fixedBy}`}</span></li>)}</ul>
    </section>
  );
}
