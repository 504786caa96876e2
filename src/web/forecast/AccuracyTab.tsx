/** How good the forecasts are, rolled up: in back-tests, and as each night's first day came true. */
import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { accuracyQuery, type Accuracy } from '../api/forecast-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, day, percentTenths, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';

const route = getRouteApi('/app/forecast');
/** Groups the API answers at most. */
const MOST_GROUPS = 200;
type Group = Accuracy['groups'][number];

export function AccuracyTab() {
  const { by = 'class' } = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(accuracyQuery(store.storeId, by)), found = query.data;
  if (query.isError && !found) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!found) return <Panel><Lines rows={8} /></Panel>;
  if (!found.run || !found.whole) return <Panel><EmptyState title="No forecast yet">Its accuracy is shown once there is one.</EmptyState></Panel>;
  const live = found.whole.live !== null, ahead = found.whole.ahead !== null;
  return (
    <Panel flush className="scroll-panel" title={`Accuracy of the forecast of ${day(found.run.asOf)}`} aside={<SegmentedControl aria-label="Rolled up by" value={by} onChange={(to) => void navigate({ search: (old) => ({ ...old, by: to as typeof by }), replace: true })} data={[{ value: 'class', label: 'Kind of demand' }, { value: 'category', label: 'Category' }, { value: 'supplier', label: 'Supplier' }, { value: 'item', label: 'Item' }, { value: 'location', label: 'Location' }]} />}>
      <Wide label="Accuracy">
        <table className="plain accuracy-table">
          <thead>
            <tr><th /><th colSpan={3} className="group">Series</th><th colSpan={7} className="group">In back-tests, totals of four weeks</th>{ahead && <th colSpan={3} className="group">As it came, four weeks ahead</th>}{live && <th colSpan={6} className="group">As it came, one day ahead</th>}</tr>
            <tr>
              <th>{by === 'class' ? 'Kind of demand' : capital(by)}</th><th className="num">Number</th><th className="num">Last 28 d</th><th className="num" title="Expected by the engine, the sum of the group’s series">Next 28 d</th>
              <th className="num" title="Mean absolute error of totals of four weeks as a share of the units sold">WAPE</th><th className="num" title="Too high (+) or too low (−) on balance">Bias</th><th className="num" title="Scaled error: below 1 is better than repeating the day before">RMSSE</th><th className="num" title="Totals within the 80% quantile; 80% would be right">≤ P80</th><th className="num">≤ P90</th><th className="num" title="Totals within the 95% quantile; 95% would be right">≤ P95</th><th className="num" title="Pinball loss over P50, P80, P90 and P95 per unit sold: lower is better">Pinball</th>
              {ahead && <><th className="num" title="Σ |expected − came| of totals of 28 days ÷ Σ came">WAPE</th><th className="num">Bias</th><th className="num" title="Totals of 28 days within the 90% quantile">≤ P90</th></>}
              {live && <><th className="num">WAPE</th><th className="num">Bias</th><th className="num" title="Days with no more than the 80% quantile; 80% or a little more would be right">≤ P80</th><th className="num">≤ P90</th><th className="num">≤ P95</th><th className="num" title="Pinball loss over P50, P80, P90 and P95 per unit sold: lower is better">Pinball</th></>}
            </tr>
          </thead>
          <tbody>{found.groups.map((group) => <Row key={group.name} group={group} live={live} ahead={ahead} />)}<Row group={{ ...found.whole, name: 'All' }} live={live} ahead={ahead} whole /></tbody>
        </table>
      </Wide>
      <p className="dim small foot">{found.groups.length === MOST_GROUPS && `The ${MOST_GROUPS} that sold most; all of them are in the last line. `}{live ? `Back-tests are weighed by the units of the last 28 days (the line above the series by those of 90, so the two differ a little). “As it came” compares each night’s first day ahead with what was wanted, days out of stock and marked events left out, with a memory of ninety days (${units(Math.max(1, Math.round(found.whole.live!.days)))} so far). Counts are whole, so a little more than the quantile’s share lies below it.${ahead ? ' “Four weeks ahead” lays one run a week beside its 28 days once they are over, with a memory of ten runs.' : ''}` : 'Back-tests are weighed by the units of the last 28 days (the line above the series by those of 90, so the two differ a little). What came of each night’s first day ahead is shown from the second night on.'}</p>
    </Panel>
  );
}

const share = (value: number | null): string => (value === null ? '–' : percentTenths(value));
const signedShare = (value: number | null): string => `${value !== null && value > 0.0005 ? '+' : ''}${share(value)}`;

function Row({ group, live, ahead, whole = false }: { group: Group; live: boolean; ahead: boolean; whole?: boolean }) {
  const { backtest, live: came, ahead: later } = group;
  return (
    <tr className={whole ? 'strong' : ''}>
      <td>{capital(group.name)}</td><td className="num">{units(group.series)}</td><td className="num">{units(group.units)}</td><td className="num">{units(group.next28)}</td>
      <td className="num">{share(backtest.wape)}</td><td className="num">{signedShare(backtest.bias)}</td><td className="num">{backtest.rmsse === null ? '–' : (Math.round(backtest.rmsse * 100) / 100).toFixed(2)}</td><td className="num">{share(backtest.under80)}</td><td className="num">{share(backtest.under90)}</td><td className="num">{share(backtest.coverage)}</td><td className="num">{share(backtest.pinball)}</td>
      {ahead && (later ? <><td className="num">{share(later.wape)}</td><td className="num">{signedShare(later.bias)}</td><td className="num">{share(later.under90)}</td></> : [0, 1, 2].map((n) => <td key={n} className="dim num">–</td>))}
      {live && (came ? <><td className="num">{share(came.wape)}</td><td className="num">{signedShare(came.bias)}</td><td className="num">{share(came.under80)}</td><td className="num">{share(came.under90)}</td><td className="num">{share(came.under95)}</td><td className="num">{share(came.pinball)}</td></> : [0, 1, 2, 3, 4, 5].map((n) => <td key={n} className="dim num">–</td>))}
    </tr>
  );
}
