/** The settings of a connection, as a form gives them. */
import { secretFault } from './signature.ts';

export interface WarehouseRestSettings {
  /** Where the warehouse listens, without a slash at the end; https, or http to this machine. */
  url: string;
  /** `whsec_` and base64; signs both ways. */
  secret: string;
}

/** The settings in `json`, or which field is wrong and why (a sentence that goes on from the field's name). */
export function parseWarehouseRestSettings(json: unknown): { ok: true; settings: WarehouseRestSettings } | { ok: false; field: 'url' | 'secret'; message: string } {
  const { url, secret } = (json ?? {}) as { url?: unknown; secret?: unknown };
  const address = typeof url === 'string' ? URL.parse(url.trim()) : null;
  if (!address) return { ok: false, field: 'url', message: 'must be an address like https://wms.example.com/instep' };
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && isLocal)) return { ok: false, field: 'url', message: 'must begin with https://' };
  if (address.username || address.password || address.search || address.hash) return { ok: false, field: 'url', message: 'must have no user, query or fragment' };
  if (typeof secret !== 'string') return { ok: false, field: 'secret', message: 'is missing' };
  const fault = secretFault(secret);
  if (fault) return { ok: false, field: 'secret', message: fault };
  return { ok: true, settings: { url: address.href.replace(/\/+$/, ''), secret } };
}
