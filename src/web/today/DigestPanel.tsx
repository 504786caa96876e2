/** The daily check: today's to acknowledge, and those of the days before with who did them. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import type { Digest } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { clock, day as dayText } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago, Told } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

/** `day` is the one shown, `today` the one that can be acknowledged. */
export function DigestPanel({ digests, day, today }: { digests: readonly Digest[]; day: string | undefined; today: string | null }) {
  const store = useStore(), client = useQueryClient(), digest = digests.find((one) => one.day === day) ?? digests[0];
  const acknowledge = useMutation({
    mutationFn: () => write('POST', '/today/acknowledge', { store: store.storeId }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['today'] }), onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  if (!digest) return <Panel title="Daily check"><p className="dim">The first digest is written by the daily-digest flow, once the import is complete.</p></Panel>;
  const earlier = digests.filter((one) => one.day !== digest.day);
  return (
    <Panel title={<>Daily check, {dayText(digest.day)} <span className="dim small">as of {clock(digest.composedAt, store.timeZone)}</span></>} aside={digest.acknowledgedAt ? <Status tone="good">Done by {digest.acknowledgedBy} <Ago at={digest.acknowledgedAt} /></Status>
      : digest.day === today ? <Button leftSection={<IconCheck size={14} />} loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>Acknowledge</Button> : <Status tone="warn">Nobody did it</Status>}>
      <ul className="lines">
        <li><strong>{digest.verdict}</strong></li>
        {digest.lines.map((line) => <li key={line.text}><Status tone={line.tone}>{' '}</Status>{line.link ? <AppLink to={line.link}><Told>{line.text}</Told></AppLink> : <span><Told>{line.text}</Told></span>}</li>)}
      </ul>
      {earlier.length > 0 && (
        <details className="archive">
          <summary>Other days</summary>
          <ul className="lines">{earlier.map((one) => <li key={one.day}><Status tone={one.acknowledgedAt ? 'good' : one.day === today ? 'neutral' : 'warn'} title={one.acknowledgedAt ? 'done' : 'not done'}><span className="sr">{one.acknowledgedAt ? 'Done: ' : 'Not done: '}</span></Status><Link to="/" search={(old) => ({ ...old, day: one.day })} className="day">{dayText(one.day)}</Link><span className="dim ellipsis" title={one.verdict}>{one.acknowledgedBy ? `${one.acknowledgedBy}: ` : ''}{one.verdict}</span></li>)}</ul>
        </details>
      )}
      <p className="dim small archive"><Link to="/settings/alerts">By e-mail each morning</Link></p>
    </Panel>
  );
}
