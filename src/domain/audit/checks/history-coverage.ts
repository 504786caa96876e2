/** How far back sales can be read. Sixty days without `read_all_orders`; less than a year shows no season, less than two none that repeats. */
import { daysBetweenInstants, type Check } from '../check.ts';
import { some } from '../../wording.ts';

const YEAR = 365;

export const historyCoverage: Check = {
  id: 'history-coverage', title: 'History coverage', severity: 3, owner: 'integration owner', needs: ['orders'], fix: 'Ask Shopify for read_all_orders (Partner Dashboard → API access), or load the older history from a file.',
  run(facts) {
    const { from, read } = facts.orders, days = from === null ? 0 : daysBetweenInstants(`${from}T00:00:00Z`, facts.at), age = facts.shop.createdAt === null ? null : daysBetweenInstants(facts.shop.createdAt, facts.at);
    const walled = !facts.scopes.includes('read_all_orders') && (age === null || age > 60);
    if (!walled && (days >= 2 * YEAR - 7 || (age !== null && days >= age - 30))) return { checked: 1, gaps: [] };
    const why = walled ? 'without read_all_orders Shopify shows sixty days' : days < YEAR ? 'a season that was never seen cannot be forecast' : 'no season has been seen twice';
    return { checked: 1, gaps: [{ subject: 'Sales history', sentence: `The oldest of ${some(read, 'order')} read is ${from === null ? 'none' : `of ${from}, ${some(days, 'day')} back`}: ${why}.`, units: 0, money: null, evidence: { from, days, orders: read, shopDays: age } }] };
  },
};
