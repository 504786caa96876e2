/** Why this number: from what was sold to what is expected, step by step, and the week's profile. */
import type { DemandView } from '../api/queries.ts';
import { Waterfall } from '../replenishment/Waterfall.tsx';
import { decimal, percent } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';

const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function MadeOf({ forecast: { madeOf, weekdays } }: { forecast: NonNullable<DemandView['forecast']> }) {
  if (!madeOf) return null;
  return (
    <Panel title={`Why this number: the next ${madeOf.days} days`}>
      <div className="made-of">
        <Waterfall terms={madeOf.terms} sum="Expected" fractions />
        {weekdays && <Weekdays of={weekdays} />}
      </div>
    </Panel>
  );
}

/** Each weekday beside the mean of the week. */
function Weekdays({ of }: { of: readonly number[] }) {
  const most = Math.max(...of, 1);
  return (
    <figure className="weekdays">
      <figcaption className="dim small">A weekday beside the mean of the week, pooled over the catalogue as far as the item’s own says too little</figcaption>
      <ol>{WEEK.map((name, n) => <li key={name} title={`${name}: ${decimal(of[n]! * 100)}% of the mean day`}><i aria-hidden style={{ height: `${Math.round((of[n]! / most) * 34)}px` }} /><span className="small">{name}</span><b className="small num">{percent(Math.round(of[n]! * 100) / 100)}</b></li>)}</ol>
    </figure>
  );
}
