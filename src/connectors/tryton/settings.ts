/** The settings of a Tryton connection, as a form gives them. */

export interface TrytonSettings {
  /** Where trytond answers, without the database's name; https, or http to this machine or a private network's name. */
  url: string;
  database: string;
  user: string;
  password: string;
  /** Code of the warehouse (a location of type warehouse). */
  warehouse: string;
  /** Code of the party that stands for all the shop's customers: buyers' names never go to Tryton. It needs one address. */
  customer: string;
  /** Codes of locations below the storage zone where units stand that may not be sold; null where there is none. */
  damagedLocation: string | null;
  quarantineLocation: string | null;
}

const REQUIRED = ['database', 'user', 'password', 'warehouse', 'customer'] as const;
const OPTIONAL = ['damagedLocation', 'quarantineLocation'] as const;

/** The settings in `json`, or which field is wrong and why (a sentence that goes on from the field's name). */
export function parseTrytonSettings(json: unknown): { ok: true; settings: TrytonSettings } | { ok: false; field: keyof TrytonSettings; message: string } {
  const given = (json ?? {}) as Record<string, unknown>;
  const text = (field: string): string => (typeof given[field] === 'string' ? given[field].trim() : '');
  const address = URL.parse(text('url'));
  if (!address || !['http:', 'https:'].includes(address.protocol)) return { ok: false, field: 'url', message: 'must be an address like https://erp.example.com' };
  // The password travels in the first call.
  if (address.protocol === 'http:' && address.hostname.includes('.') && address.hostname !== '127.0.0.1') return { ok: false, field: 'url', message: 'must begin with https://' };
  if (address.username || address.password || address.search || address.hash) return { ok: false, field: 'url', message: 'must have no user, query or fragment' };
  for (const field of REQUIRED) {
    if (text(field) === '') return { ok: false, field, message: 'is missing' };
    if (text(field).length > 200) return { ok: false, field, message: 'is longer than 200 characters' };
  }
  if (!/^[\w-]+$/.test(text('database'))) return { ok: false, field: 'database', message: 'may have letters, digits, _ and - only' };
  for (const field of OPTIONAL) if (text(field) !== '' && text(field) === text('warehouse')) return { ok: false, field, message: 'is the warehouse itself' };
  const settings = { url: address.href.replace(/\/+$/, ''), ...Object.fromEntries(REQUIRED.map((field) => [field, text(field)])), ...Object.fromEntries(OPTIONAL.map((field) => [field, text(field) || null])) };
  // A password may begin or end with a blank.
  return { ok: true, settings: { ...settings, password: given['password'] as string } as TrytonSettings };
}
