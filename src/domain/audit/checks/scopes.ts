/** Access the connection lacks, each with what cannot be done without it. */
import type { Check } from '../check.ts';

export const scopes: Check = {
  id: 'scopes', title: 'Missing access scopes', severity: 2, owner: 'admin', needs: [], fix: 'Add the scope to the app in Shopify’s Dev Dashboard, release the version and approve it in the shop.',
  run(facts) {
    // Whoever may write may read.
    const has = (scope: string): boolean => facts.scopes.includes(scope) || facts.scopes.includes(scope.replace(/^read_/, 'write_'));
    return { checked: facts.wanted.length, gaps: facts.wanted.filter(({ scope }) => !has(scope)).map(({ scope, why }) => ({ subject: scope, sentence: `The connection lacks ${scope}: ${why}.`, units: 0, money: null, evidence: { granted: [...facts.scopes].sort().join(' ') } })) };
  },
};
