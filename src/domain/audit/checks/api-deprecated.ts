/** Something asked of Shopify that is on its way out, or a version it no longer serves. */
import type { Check } from '../check.ts';

export const apiDeprecated: Check = {
  id: 'api-deprecated', title: 'Deprecated API use', severity: 2, owner: 'integration owner', needs: [], fix: 'Upgrade Instep to a release written for a version Shopify serves, before the date Shopify names.',
  run: (facts) => ({ checked: 1, gaps: facts.versionFault === null ? [] : [{ subject: 'Admin API version', sentence: facts.versionFault, units: 0, money: null, evidence: { at: facts.at } }] }),
};
