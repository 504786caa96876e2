/** Queued → sent → confirmed, as three steps with the word for where it stands. Never "saved" before it was read back. */
import { IconCircleCheck } from '@tabler/icons-react';
import { Status } from '../ui/tone.tsx';
import { pushLook } from './look.ts';
import './phases.css';

const STEPS = ['Queued', 'Sent', 'Confirmed'] as const;

/** The small form, for a row. */
export function PushState({ state, pushedAt }: { state: string; pushedAt: string | null }) {
  const look = pushLook(state, pushedAt);
  if (look.phase === null) return <Status tone={look.tone} title={look.means}>{look.word}</Status>;
  return (
    <span className="status" data-tone={look.tone} title={look.means}>
      {look.phase === 3 ? <IconCircleCheck size={14} stroke={2} aria-hidden /> : <span className="phases" aria-hidden>{STEPS.map((step, n) => <i key={step} data-done={n < look.phase! || undefined} />)}</span>}
      {look.word}
    </span>
  );
}

/** The large form, for the drawer: each step with its time. */
export function PhaseSteps({ state, pushedAt, times }: { state: string; pushedAt: string | null; times: readonly [React.ReactNode, React.ReactNode, React.ReactNode] }) {
  const phase = pushLook(state, pushedAt).phase;
  if (phase === null) return null;
  return (
    <ol className="phase-steps" aria-label="How far it has come">
      {STEPS.map((step, n) => (
        <li key={step} data-done={n < phase || undefined} aria-current={n === phase - 1 ? 'step' : undefined}>
          <b>{step}</b><span className="dim small">{n < phase ? times[n] : 'not yet'}</span>
        </li>
      ))}
    </ol>
  );
}
