/** Every run there was: what it expected, how good it was held to be, and what came of its four weeks. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { forecastRunsQuery, type ForecastRunOutcome } from '../api/forecast-queries.ts';
import { useStore } from '../shell/store.tsx';
import '../table/table.css';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { day, percent, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

export function RunsTab() {
  const store = useStore(), query = useQuery(forecastRunsQuery(store.storeId)), runs = query.data?.runs;
  if (query.isError && !runs) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!runs) return <Panel><Lines rows={6} /></Panel>;
  if (runs.length === 0) return <Panel><EmptyState title="No forecast yet">Every run is listed here once there is one.</EmptyState></Panel>;
  return (
    <Panel flush className="scroll-panel">
      <Wide label="Runs">
        <table className="plain runs-table">
          <thead>
            <tr><th colSpan={4} className="group">Run</th><th colSpan={3} className="group">Expected, as it was made</th><th colSpan={5} className="group">What came of its 28 days</th></tr>
            <tr>
              <th>Of</th><th>Made</th><th className="num">Series</th><th>State</th><th className="num">Next 28 d</th><th className="num" title="WAPE of totals of four weeks in back-tests">Error</th><th className="num" title="Too high (+) or too low (−) on balance in back-tests">Bias</th>
              <th className="num" title="Series that were in stock all those days">Series</th><th className="num">Expected</th><th className="num">Came</th><th className="num" title="Σ |expected − came| of series ÷ Σ came">Error</th><th className="num" title="Series that wanted no more than the 90% quantile; 90% would be right">≤ P90</th>
            </tr>
          </thead>
          <tbody>{runs.map((run) => <Row key={run.runId} run={run} />)}</tbody>
        </table>
      </Wide>
      <p className="dim small foot">The series of the last five runs and days, and of the first run of each of five weeks, are kept to be laid beside the forecast in use; of older ones what is in this list. One run a week is laid beside what came when its 28 days are over, without series that were out of stock in them.</p>
    </Panel>
  );
}

const share = (value: number | null): string => (value === null ? '–' : percent(Math.round(value * 1000) / 1000));
const signedShare = (value: number | null): string => `${value !== null && value > 0.0005 ? '+' : ''}${share(value)}`;
const whole = (value: number | null): string => (value === null ? '–' : units(value));

function Row({ run }: { run: ForecastRunOutcome }) {
  const { outcome } = run;
  return (
    <tr>
      <td><strong>{day(run.asOf)}</strong></td><td className="dim">{run.finishedAt && <Ago at={run.finishedAt} />}</td><td className="num">{units(run.series)}{run.failed > 0 && <span className="negative small"> {units(run.failed)} failed</span>}</td>
      <td>{run.inUse ? <Status tone="good">In use</Status> : run.kept ? <Link to="/forecast" search={{ than: run.runId, sort: 'than' }}>Compare with it</Link> : <span className="dim">figures only</span>}</td>
      <td className="num">{whole(run.mean28)}</td><td className="num">{share(run.wape)}</td><td className="num">{signedShare(run.bias)}</td>
      {outcome ? <><td className="num">{units(outcome.series)}</td><td className="num">{units(outcome.said)}</td><td className="num">{units(outcome.units)}<span className="dim small"> {signedShare(outcome.bias)}</span></td><td className="num">{share(outcome.wape)}</td><td className="num">{share(outcome.under90)}</td></> : <td className="dim num" colSpan={5}>not over</td>}
    </tr>
  );
}
