/** A recommendation in full: the sentence, the waterfall, the dates, and the planning values with where each came from. */
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/client.ts';
import { adviceQuery, type RecommendationDetail } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, day, decimal, money, signed, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago, Told } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { PolicyValues } from './PolicyValues.tsx';
import { Waterfall } from './Waterfall.tsx';

export function Advice({ itemId, locationId, wide = false }: { itemId: number; locationId: number; wide?: boolean }) {
  const store = useStore(), query = useQuery(adviceQuery(store.storeId, itemId, locationId));
  if (query.isError && !query.data) {
    return query.error instanceof ApiError && query.error.status === 404 ? <EmptyState title="Nothing to plan here">{query.error.message}</EmptyState> : <ErrorState error={query.error} retry={() => void query.refetch()} />;
  }
  if (!query.data) return <Lines rows={10} />;
  const advice = query.data;
  return (
    <div className={wide ? 'advice wide' : 'advice'}>
      <div className="first stack"><p className="sentence"><Told>{advice.sentence}</Told></p><Dates advice={advice} currency={store.currency} /></div>
      <Panel title={`Why ${units(advice.recommended)}?`} aside={<span className="dim small">computed <Ago at={advice.computedAt} /></span>}><Waterfall terms={advice.waterfall} /></Panel>
      <Panel title="Planning values here"><PolicyValues itemId={itemId} locationId={locationId} policy={advice.policy} /></Panel>
    </div>
  );
}

function Dates({ advice, currency }: { advice: RecommendationDetail; currency: string }) {
  const facts: [string, string][] = [
    ['Order', units(advice.quantity)], ['Cost', money(advice.cost, advice.currency)], ['Sales at risk', advice.atRiskValue === null ? `${decimal(advice.atRisk)} units` : `${money(advice.atRiskValue, currency)} (${decimal(advice.atRisk)} units)`], ['Order by', day(advice.orderBy)], ['Runs out, P50', day(advice.stockoutP50)], ['Runs out, one in ten', day(advice.stockoutP10)],
    ['Cover', advice.coverDays === null ? 'over 10 years' : `${decimal(advice.coverDays)} days`], ['If a day later', advice.oneDayLonger === null ? '–' : `${signed(advice.oneDayLonger)} units`], ['Class', advice.abc ?? '–'],
  ];
  return (
    <div className="order-facts">
      {facts.map(([label, value]) => <div key={label}><span className="dim small">{label}</span><b>{value}</b></div>)}
      {advice.byRule && <div><span className="dim small">Forecast</span><span className="row"><Status tone="warn" pill>None: by rule</Status></span></div>}
      {advice.flags.length > 0 && <div><span className="dim small">Forecast</span><span className="row">{advice.flags.map((flag) => <Status key={flag} tone="warn" pill>{capital(flag)}</Status>)}</span></div>}
    </div>
  );
}
