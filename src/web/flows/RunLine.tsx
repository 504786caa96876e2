/** What a run did, so that nothing that came in is unaccounted for. */
import type { FlowRun } from '../api/queries.ts';
import { units } from '../ui/format.ts';
import { Status } from '../ui/tone.tsx';
import { balances, terms } from './tally.ts';

export function RunLine({ run }: { run: FlowRun }) {
  return (
    <span className="run-line">
      <b>{units(run.input)}</b> in ={terms(run).map((term, n) => <span key={term.name} className={term.bad ? 'negative' : ''}>{n > 0 && ' +'} <b>{units(term.quantity)}</b> {term.name}{term.why && <span className={term.bad ? '' : 'dim'}> ({term.why})</span>}</span>)}
      {run.state !== 'running' && !balances(run) && <> <Status tone="bad">does not add up</Status></>}
    </span>
  );
}
