/** The list of journeys. A newcomer starts here: each is one file, read top to bottom. */
import type { Flow } from '../runtime/flow.ts';
import { audit } from './audit.ts';
import { alerts } from './alerts.ts';
import { backupWatch } from './backup-watch.ts';
import { catalogue } from './catalogue.ts';
import { dailyDigest } from './daily-digest.ts';
import { driftRepair } from './drift-repair.ts';
import { exceptionChase } from './exception-chase.ts';
import { driftCheck } from './drift-check.ts';
import { ledgerCheck } from './ledger-check.ts';
import { goodsReceipt } from './goods-receipt.ts';
import { fulfilments } from './fulfilments.ts';
import { purchaseOrders } from './purchase-orders.ts';
import { orderRouting } from './order-routing.ts';
import { ordersOut } from './orders-out.ts';
import { otherWriters } from './other-writers.ts';
import { returns } from './returns.ts';
import { peakWatch } from './peak-watch.ts';
import { stockAdjustments } from './stock-adjustments.ts';
import { stockPush } from './stock-push.ts';
import { transferProposals } from './transfer-proposals.ts';
import { transfers } from './transfers.ts';
import { warehouseFeed } from './warehouse-feed.ts';
import { mappingSuggest } from './mapping-suggest.ts';
import { forecast } from './forecast.ts';
import { forecastWatch } from './forecast-watch.ts';
import { inbox } from './inbox.ts';
import { plannerExchange } from './planner-exchange.ts';
import { openingStock } from './opening-stock.ts';
import { rehearsal } from './rehearsal.ts';
import { replay } from './replay.ts';
import { replenishment } from './replenishment.ts';
import { salesHistory } from './sales-history.ts';
import { stockLevels } from './stock-levels.ts';
import { subscriptions } from './subscriptions.ts';

export const FLOWS: readonly Flow[] = [
  subscriptions, catalogue, salesHistory, openingStock, inbox, orderRouting, stockLevels, warehouseFeed, stockPush, otherWriters, peakWatch, rehearsal, stockAdjustments, ordersOut,
  fulfilments, returns, driftCheck, driftRepair, ledgerCheck, exceptionChase, alerts, forecast, forecastWatch, replenishment, replay, transferProposals, transfers, purchaseOrders, goodsReceipt,
  plannerExchange, audit, mappingSuggest, dailyDigest, backupWatch,
];

/** The first import, in this order: subscriptions first, so that nothing that happens meanwhile is missed. */
export const FIRST_IMPORT: readonly Flow[] = [subscriptions, catalogue, salesHistory, openingStock, inbox, driftCheck, forecast, replenishment, transferProposals, dailyDigest];

export function flowNamed(name: string): Flow | undefined {
  return FLOWS.find((flow) => flow.name === name);
}
