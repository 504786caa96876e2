/** How good a forecast has been, in words, and what it was made of. */
import type { DemandView } from '../api/queries.ts';
import { capital, day, decimal, percent, units } from '../ui/format.ts';
import { Facts, Panel } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';

export function Accuracy({ forecast }: { forecast: NonNullable<DemandView['forecast']> }) {
  const said: [string, string][] = [];
  if (forecast.wape !== null) said.push([percent(forecast.wape), 'of the units sold is how far forecasts of four weeks were off in back-tests (WAPE)']);
  if (forecast.bias !== null) said.push([percent(Math.abs(forecast.bias)), Math.abs(forecast.bias) < 0.005 ? 'bias: neither high nor low' : forecast.bias > 0 ? 'too high on balance (bias)' : 'too low on balance (bias)']);
  if (forecast.coverage !== null) said.push([percent(forecast.coverage), `of back-tested totals stayed within the 95% quantile${forecast.under80 === null || forecast.under90 === null ? '' : `, ${percent(forecast.under90)} within the 90%, ${percent(forecast.under80)} within the 80% one`}`]);
  if (forecast.ahead) said.push([`${decimal(forecast.ahead.came)} came`, `of the ${decimal(forecast.ahead.said)} expected for the 28 days after ${day(forecast.ahead.asOf)}${forecast.ahead.wape === null ? '' : `; off by ${percent(forecast.ahead.wape)} over all such forecasts that are over`}`]);
  if (forecast.pinball !== null) said.push([percent(forecast.pinball), 'of the units sold is what its quantiles lost on average (pinball)']);
  if (forecast.rmsse !== null) said.push([decimal(forecast.rmsse), forecast.rmsse < 1 ? 'scaled error (RMSSE): better than repeating the day before' : 'scaled error (RMSSE): no better than repeating the day before']);
  return (
    <Panel title="How good this forecast has been" aside={<span className="row">{forecast.flags.map((flag) => <Status key={flag} tone="warn" pill>{capital(flag)}</Status>)}</span>}>
      <div className="stack">
        {said.length > 0 ? <ul className="accuracy">{said.map(([figure, words]) => <li key={words}><b>{figure}</b><span className="dim">{words}</span></li>)}</ul> : <p className="dim">The history is too short for a back-test.</p>}
        <Facts rows={[['Method', capital(forecast.method)], ['Learned from', `${day(forecast.trainedFrom)} to ${day(forecast.trainedTo)}`], ['Days out of stock, taken as unknown demand', units(forecast.censoredDays)], ['As of', day(forecast.asOf)], ['Run', forecast.runId]]} />
        <p className="dim small">The method says whose word the level is: means of about twelve weeks (slow), five (medium), two (quick) and one (quicker), and of the last four alike (plain), weighed by how well each did in back-tests.</p>
      </div>
    </Panel>
  );
}
