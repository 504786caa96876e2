/** The shoppers of a sandbox shop, by its control API. */
import type { Shoppers } from '../../ports/shoppers.ts';
import { HttpError, readText, send } from '../http.ts';

/** Orders a minute where the sandbox trades at none by itself. */
const USUAL = 2;

/** `origin` of the sandbox. Calls throw `NetworkError` where it does not answer, `HttpError` with its words where it refuses. */
export function sandboxShoppers(origin: string, ordersPerMinute: number): Shoppers {
  const control = async <T>(path: string, body?: object): Promise<T> => {
    const reply = await send({ method: body ? 'POST' : 'GET', url: `${origin}/sandbox${path}`, timeoutMs: 10_000, ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}) }), text = await readText(reply, 1_000_000);
    if (!reply.ok) throw new HttpError(`The sandbox refused: ${reply.status} ${text.slice(0, 200)}`, reply.status);
    return JSON.parse(text) as T;
  };
  return {
    usualPerMinute: ordersPerMinute || USUAL,
    async trade(perMinute) { await control('/trading', { ordersPerMinute: perMinute }); },
    orders: async () => (await control<{ counts: { orders: number } }>('/state')).counts.orders,
  };
}
