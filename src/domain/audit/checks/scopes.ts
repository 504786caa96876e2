/** Access the connection lacks, each with what cannot be done without it. */
import type { Check } from '../check.ts';

/** Whether a scope is granted: whoever may write may read, and Shopify need not list both. */
export const hasScope = (granted: readonly string[], scope: string): boolean => granted.includes(scope) || granted.includes(scope.replace(/^read_/, 'write_'));

export const scopes: Check = {
  id: 'scopes', title: 'Missing access scopes', severity: 2, owner: 'admin', needs: [], fix: 'Add the scope to the app in Shopify’s Dev Dashboard, release the version and approve it in the shop.',
  run(facts) {
    return { checked: facts.wanted.length, gaps: facts.wanted.filter(({ scope }) => !hasScope(facts.scopes, scope)).map(({ scope, why }) => ({ subject: scope, sentence: `The connection lacks ${scope}: ${why}.`, units: 0, money: null, evidence: { granted: [...facts.scopes].sort().join(' ') } })) };
  },
};
