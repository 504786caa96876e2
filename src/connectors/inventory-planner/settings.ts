/** The settings of a connection to Inventory Planner, as a form gives them. */

export const PUBLIC_ORIGIN = 'https://app.inventory-planner.com';
export interface PlannerSettings { origin: string; account: string; apiKey: string }

/** The settings in `given`, or which field is wrong and why (a sentence that goes on from the field's name). */
export function parsePlannerSettings(given: { origin?: string | undefined; account: string; apiKey: string | null }): { ok: true; settings: PlannerSettings } | { ok: false; field: 'origin' | 'account' | 'apiKey'; message: string } {
  const address = URL.parse((given.origin ?? '').trim() || PUBLIC_ORIGIN);
  if (!address || address.pathname !== '/' || address.search || address.hash || address.username) return { ok: false, field: 'origin', message: `must be an address like ${PUBLIC_ORIGIN}` };
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && isLocal)) return { ok: false, field: 'origin', message: 'must begin with https://' };
  if (!/^a\d{1,12}$/.test(given.account.trim())) return { ok: false, field: 'account', message: 'must be the letter a and digits, like a1234: it stands in the address of Inventory Planner after you have signed in' };
  const key = given.apiKey?.trim() ?? '';
  if (key === '') return { ok: false, field: 'apiKey', message: 'is missing' };
  if (!/^[\x21-\x7e]{8,500}$/.test(key)) return { ok: false, field: 'apiKey', message: 'must be the key alone, without spaces and without “Bearer”' };
  return { ok: true, settings: { origin: address.origin, account: given.account.trim(), apiKey: key } };
}
