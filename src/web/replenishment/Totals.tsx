/** What the filtered worklist comes to, and the suppliers it is for; choosing one shows its lines alone. Several currencies are one sum at today's rates; what has none stands beside it. */
import type { ReplenishmentPage } from '../api/queries.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { count, day, money, units } from '../ui/format.ts';

const NO_SUPPLIER = '-', SHOWN = 12;

/** "€4,100", of several currencies at today's rates, and beside it what no rate is known of. */
function Sum({ costs, inStore, currency }: { costs: ReplenishmentPage['totals']['costs']; inStore: ReplenishmentPage['totals']['inStore']; currency: string }) {
  const without = costs.filter((one) => inStore.withoutRate.includes(one.currency)), foreign = costs.some((one) => one.currency !== currency);
  if (!foreign) return <b>{costWords(costs)}</b>;
  return (
    <>
      <b title={costWords(costs)}>{[...(inStore.cost > 0 || without.length === 0 ? [money(inStore.cost, currency)] : []), ...without.map((one) => money(one.cost, one.currency))].join(' + ')}</b>
      {without.length > 0 ? <span className="risk"> (no <AppLink to="/settings/exchange-rates">exchange rate</AppLink> of {inStore.withoutRate.join(', ')})</span> : <span className="dim"> at today’s rates</span>}
    </>
  );
}

export const costWords = (costs: readonly { currency: string; cost: number }[]): string => costs.map(({ currency, cost }) => money(cost, currency)).join(' + ') || 'no cost known';

/** "€4,100 of the budget of €5,000", with what was ordered before it where the budget is a month's. */
function Budget({ budget: { amount, per, ordered, planned, withoutRate }, currency }: { budget: NonNullable<ReplenishmentPage['budget']>; currency: string }) {
  const used = ordered > 0 ? `${money(ordered, currency)} ordered and ${money(planned, currency)} planned` : money(planned, currency);
  return <span className={ordered + planned > amount ? 'risk' : 'dim'}>{used} of the budget of {money(amount, currency)}{per === 'month' && ' a month'}{withoutRate.length > 0 && `, without what is bought in ${withoutRate.join(', ')}: no exchange rate is known`}</span>;
}

const containerWords = (containers: number, filled: number): string => `${count(containers, 'container')}, ${Math.round(filled * 100)}% full`;

export function Totals({ page, currency, vendor, choose }: { page: ReplenishmentPage; currency: string; vendor: string | undefined; choose(vendor: string | undefined): void }) {
  const { totals, suppliers } = page;
  return (
    <div className="plan-totals">
      <p><b>{units(totals.units)}</b> {totals.units === 1 ? 'unit' : 'units'} · <Sum costs={totals.costs} inStore={totals.inStore} currency={currency} /> · {count(totals.rows, 'line')}, {units(totals.due)} due{totals.atRiskValue > 0 && <> · <b>{money(totals.atRiskValue, currency)}</b> of sales at risk</>}{totals.withoutCost > 0 && <span className="dim"> · {units(totals.withoutCost)} without a cost</span>}{page.budget && <> · <Budget budget={page.budget} currency={currency} /></>}</p>
      <div className="suppliers" role="group" aria-label="By supplier">
        {suppliers.slice(0, SHOWN).map((each) => {
          const name = each.supplier || NO_SUPPLIER, least = [each.minOrderCost === null ? null : money(each.minOrderCost, each.currency), each.minOrderUnits === null ? null : `${units(each.minOrderUnits)} units`].filter(Boolean).join(' and ');
          return (
            <button key={`${name}${each.currency}`} type="button" aria-pressed={name === vendor} title={each.orderBy ? `First order by ${day(each.orderBy)}` : undefined} onClick={() => choose(name === vendor ? undefined : name)}>
              <span>{each.supplier || 'No supplier'}</span><span className="dim">{count(each.lines, 'line')} · {count(each.units, 'unit')} · {money(each.cost, each.currency)}{each.containers !== null && each.containersFilled !== null && ` · ${containerWords(each.containers, each.containersFilled)}`}</span>
              <span className={each.atRiskValue > 0 ? 'risk' : 'dim'}>{each.atRiskValue > 0 ? `${money(each.atRiskValue, currency)} at risk` : 'nothing at risk'}{each.belowMinimum ? ` · below its minimum of ${least}` : ''}{each.budget && <> · <Budget budget={each.budget} currency={each.currency} /></>}</span>
            </button>
          );
        })}
        {suppliers.length > SHOWN && <span className="dim small">and {count(suppliers.length - SHOWN, 'more supplier')}</span>}
      </div>
    </div>
  );
}
