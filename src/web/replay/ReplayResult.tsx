/** What a replay came to: beside what was really bought and held, on its frontier, and what must be said of it. */
import type { ReactNode } from 'react';
import { pointName } from '../../domain/replenishment/replay-result.ts';
import type { Replay, ReplayResult as Result, ReplayTotals } from '../api/replay-queries.ts';
import { decimal, money, percent, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago, Told } from '../ui/time.tsx';
import { FrontierChart } from './FrontierChart.tsx';
import { policyName, sums } from './words.ts';

export function ReplayResult({ replay, result }: { replay: Replay; result: Result }) {
  return (
    <div className="replay">
      <Panel title="What it came to" flush><Compared result={result} orderCost={replay.orderCost} /></Panel>
      <Panel title="Service for money in stock"><FrontierChart result={result} policy={policyName(replay)} /></Panel>
      <Panel title="To know about it" className="replay-wide">
        <ul className="replay-notes">{result.notes.map((note) => <li key={note}><Told>{note}</Told></li>)}</ul>
        <p className="small dim">Asked by {replay.madeBy}{replay.finishedAt && <>, done <Ago at={replay.finishedAt} /></>}. Run again on the same data it has the same fingerprint: <code title={replay.hash ?? ''}>{replay.hash?.slice(0, 12)}</code></p>
      </Panel>
      <Panel title="One by one" flush className="replay-wide"><Frontier result={result} /></Panel>
    </div>
  );
}

function Compared({ result, orderCost }: { result: Result; orderCost: number }) {
  const { policy, compared, bought } = result, same = compared !== null && compared.policy.lines === policy.lines, sides: { name: string; of: ReplayTotals }[] = [{ name: same || compared === null ? `This policy, ${units(policy.lines)} lines` : `All ${units(policy.lines)} lines`, of: policy }, ...(compared && !same ? [{ name: `The ${units(compared.policy.lines)} with known stock`, of: compared.policy }] : [])];
  // What was ordered is known of all lines; beside those with known stock stand the orders of those.
  const real = compared?.real ?? null, ordered = real && !same ? { ordered: real.ordered, orders: real.orders, costs: real.costs.flatMap((one) => (one.bought > 0 ? [{ currency: one.currency, cost: one.bought }] : [])) } : bought, unknown = <span className="dim" title="Not known">–</span>;
  const rows: { label: string; of(totals: ReplayTotals): ReactNode; really: ReactNode }[] = [
    { label: 'Units wanted', of: (totals) => units(totals.wanted), really: real ? units(real.sold + real.lost) : unknown },
    { label: 'Served', of: (totals) => (totals.fill === null ? '–' : <strong>{percent(totals.fill)}</strong>), really: real?.fill != null ? <><strong>{percent(real.fill)}</strong> <span className="dim">about</span></> : unknown },
    { label: 'Units lost', of: (totals) => units(totals.lost), really: real ? <>{units(real.lost)} <span className="dim">about</span></> : unknown },
    ...(policy.bulkWanted ? [{ label: 'Lost in bulk order lines', of: (totals: ReplayTotals) => <>{units((totals.bulkWanted ?? 0) - (totals.bulkServed ?? 0))} <span className="dim">of {units(totals.bulkWanted ?? 0)}</span></>, really: unknown }] : []),
    ...(policy.returned ? [{ label: 'Brought back', of: (totals: ReplayTotals) => units(totals.returned ?? 0), really: real && compared ? units(compared.policy.returned ?? 0) : unknown }] : []),
    { label: 'Average stock', of: (totals) => `${decimal(totals.averageStock)} units`, really: real ? `${decimal(real.averageStock)} units` : unknown },
    { label: 'Money in stock', of: (totals) => <strong>{sums(totals.costs, 'cash')}</strong>, really: real ? <strong>{sums(real.costs.filter((one) => one.cash > 0), 'cash')}</strong> : unknown },
    { label: 'Units ordered', of: (totals) => units(totals.ordered), really: units(ordered.ordered) },
    ...(result.changes ?? []).map(({ term, units: change }) => ({ label: `of it for the ${term}`, of: (totals: ReplayTotals) => (totals === policy ? `${change > 0 ? '+' : '−'}${units(Math.abs(change))}` : unknown), really: '–' })),
    { label: 'Order lines', of: (totals) => units(totals.orders), really: units(ordered.orders) },
    ...(policy.belowMinimum ? [{ label: 'of them below the minimum', of: (totals: ReplayTotals) => units(totals.belowMinimum ?? 0), really: unknown }] : []),
    { label: 'Bought', of: (totals) => sums(totals.costs, 'bought'), really: ordered.costs.map((one) => money(one.cost, one.currency)).join(' + ') || '–' },
    { label: 'Came in any way', of: () => <span className="dim">–</span>, really: real ? units(real.cameIn) : unknown },
    { label: 'Holding', of: (totals) => sums(totals.costs, 'holding'), really: real ? sums(real.costs.filter((one) => one.holding > 0), 'holding') : unknown },
    ...(orderCost > 0 ? [{ label: 'Ordering', of: (totals: ReplayTotals) => sums(totals.costs, 'ordering'), really: unknown }] : []),
    { label: 'Margin lost', of: (totals) => sums(totals.costs, 'lostMargin'), really: unknown },
  ];
  return (
    <>{real === null && <p className="replay-unknown dim">What really stood there and was served is not known: the ledger had not begun where anything was wanted. What was ordered is.</p>}
    <Wide label="The policy beside what really happened"><table className="plain">
      <thead><tr><th />{sides.map((side) => <th key={side.name} className="num">{side.name}</th>)}<th className="num">{real && !same ? `Really, on those ${units(real.lines)}` : 'Really'}</th></tr></thead>
      <tbody>{rows.map(({ label, of, really }) => <tr key={label}><th scope="row">{label}</th>{sides.map((side) => <td key={side.name} className="num">{of(side.of)}</td>)}<td className="num">{really}</td></tr>)}</tbody>
    </table></Wide></>
  );
}

function Frontier({ result }: { result: Result }) {
  return (
    <Wide label="What is tried one by one"><table className="plain">
      <thead><tr><th>Tried</th><th className="num">Served</th><th className="num">Lost</th><th className="num">Average stock</th><th className="num">Money in stock</th><th className="num">Ordered</th><th className="num">Holding</th><th className="num">Margin lost</th></tr></thead>
      <tbody>{result.frontier.map((point) => [point.totals, pointName(point)] as const).map(([totals, name]) => (
        <tr key={name}><td>{name}</td><td className="num">{totals.fill === null ? '–' : percent(totals.fill)}</td><td className="num">{units(totals.lost)}</td><td className="num">{decimal(totals.averageStock)}</td><td className="num">{sums(totals.costs, 'cash')}</td><td className="num">{units(totals.ordered)}</td><td className="num">{sums(totals.costs, 'holding')}</td><td className="num">{sums(totals.costs, 'lostMargin')}</td></tr>))}
      </tbody>
    </table></Wide>
  );
}
