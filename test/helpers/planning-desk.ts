/** A store of few items at two or more places on a clock of the test's, with the words a planner uses: the worklist, a line in detail, the nightly plan. */
import type { RecommendationDetail, ReplenishmentPage } from '../../src/http/contract-replenishment.ts';
import type { Of } from '../../src/http/contract.ts';
import { clockwork } from './clockwork.ts';
import { storeWith } from './store.ts';

export async function planningDesk(start: string, variants: number, locations = 2) {
  const clock = await clockwork(start), { house, app } = clock, { db } = house, { storeId, itemIds, locationIds } = await storeWith(db, { variants, locations });
  await db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, 'secret')]);
  async function call<T = Record<string, never>>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<{ status: number; body: T & { detail?: string } }> {
    const reply = await app.inject({ method, url: `/api/v1${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
    return { status: reply.statusCode, body: (reply.headers['content-type']?.includes('json') ? reply.json() : reply.body) as T & { detail?: string } };
  }
  return {
    clock, house, app, db, storeId, itemIds, locationIds, call,
    list: async (query = ''): Promise<Of<typeof ReplenishmentPage>> => (await call<Of<typeof ReplenishmentPage>>('GET', `/replenishment?limit=500${query}`)).body,
    detail: async (item: number, location = locationIds[0]!): Promise<Of<typeof RecommendationDetail>> => (await call<Of<typeof RecommendationDetail>>('GET', `/items/${itemIds[item]}/replenishment?location=${location}`)).body,
    term: (line: Of<typeof RecommendationDetail>, key: string): number => line.waterfall.find((one) => one.key === key)?.quantity ?? 0,
    plan: () => clock.flow('replenishment', storeId),
  };
}
