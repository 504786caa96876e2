/** The checks of an audit, the gravest first. A new one is a file in checks/ and a word here. */
import type { Check } from './check.ts';
import { apiDeprecated } from './checks/api-deprecated.ts';
import { bundleParts } from './checks/bundle-parts.ts';
import { codeUnmatched } from './checks/code-unmatched.ts';
import { forecastability } from './checks/forecastability.ts';
import { historyCoverage } from './checks/history-coverage.ts';
import { levelWithoutItem } from './checks/level-without-item.ts';
import { levelsStale } from './checks/levels-stale.ts';
import { locationInactive } from './checks/location-inactive.ts';
import { locationUnmapped } from './checks/location-unmapped.ts';
import { negativeStock } from './checks/negative-stock.ts';
import { ordersLate } from './checks/orders-late.ts';
import { oversellable } from './checks/oversellable.ts';
import { restockWithoutReturn } from './checks/restock-without-return.ts';
import { scopes } from './checks/scopes.ts';
import { skuBlank } from './checks/sku-blank.ts';
import { skuDuplicate } from './checks/sku-duplicate.ts';
import { skuRenamed } from './checks/sku-renamed.ts';
import { untracked } from './checks/untracked.ts';
import { webhooks } from './checks/webhooks.ts';

export const CHECKS: readonly Check[] = [
  locationInactive, negativeStock, oversellable, skuDuplicate, locationUnmapped, codeUnmatched, bundleParts, ordersLate, restockWithoutReturn, scopes, apiDeprecated, webhooks, skuBlank, skuRenamed, untracked, levelWithoutItem, historyCoverage, levelsStale, forecastability,
];
