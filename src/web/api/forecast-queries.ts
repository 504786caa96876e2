/** The questions about forecasts: the list, accuracy, earlier runs, overrides, events. */
import type * as Contract from '../../http/contract-forecast.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type ForecastRow = Of<typeof Contract.ForecastRow>;
export type ForecastPage = Of<typeof Contract.ForecastPage>;
export type ForecastRun = Of<typeof Contract.ForecastRun>;
export type ForecastRunOutcome = Of<typeof Contract.ForecastRunOutcome>;
export type Accuracy = Of<typeof Contract.Accuracy>;
export type SeriesRuns = Of<typeof Contract.SeriesRuns>;
export type Override = Of<typeof Contract.Override>;
export type OverrideList = Of<typeof Contract.OverrideList>;
export type OverrideBody = Of<typeof Contract.OverrideBody>;
export type Analogue = Of<typeof Contract.Analogue>;
export type PlanningEvent = Of<typeof Contract.PlanningEvent>;
export type PlanningEventBody = Of<typeof Contract.PlanningEventBody>;

export type PlannedPrice = Of<typeof Contract.PlannedPrice>;
export type PlannedPriceBody = Of<typeof Contract.PlannedPriceBody>;

export const forecastQuery = (filter: Parameters) => pages<ForecastPage>(['forecast', filter], '/forecast', filter);
export const forecastRunsQuery = (store: number) => one<{ runs: ForecastRunOutcome[] }>(['forecast', 'runs', store], '/forecast/runs', { store });
export const accuracyQuery = (store: number, by: string) => one<Accuracy>(['forecast', 'accuracy', store, by], '/forecast/accuracy', { store, by });
export const seriesRunsQuery = (store: number, itemId: number, location: number) => one<SeriesRuns>(['demand', 'runs', store, itemId, location], `/items/${itemId}/forecast-runs`, { store, location });
export const overridesQuery = (store: number, itemId: number, location: number) => one<{ overrides: Override[] }>(['demand', 'overrides', store, itemId, location], `/items/${itemId}/overrides`, { store, location });
export const overrideListQuery = (filter: Parameters) => one<OverrideList>(['overrides', filter], '/overrides', filter);
export const analogueQuery = (store: number, itemId: number) => one<{ analogue: Analogue | null }>(['demand', 'analogue', store, itemId], `/items/${itemId}/analogue`, { store });
export const planningEventsQuery = (store: number) => one<{ events: PlanningEvent[] }>(['planning-events', store], '/planning-events', { store });
export const plannedPricesQuery = (store: number) => one<{ plans: PlannedPrice[] }>(['planned-prices', store], '/planned-prices', { store });
