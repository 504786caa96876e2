/** What each way of speaking with a warehouse needs to know. */
import type { Warehouse } from '../api/stock-queries.ts';

export type Connector = Warehouse['connector'];
export interface Field { key: string; label: string; placeholder?: string; hint?: string; optional?: boolean; half?: boolean }

export const CONNECTORS: Record<Connector, { label: string; says: string; fields: readonly Field[]; secret: { label: string; hint: string; lines: boolean } | null }> = {
  'warehouse-rest': {
    label: 'REST with signed messages', says: 'Instep calls the warehouse, and the warehouse sends its messages to an address of Instep. Both sign with one secret.',
    fields: [{ key: 'url', label: 'Address of the warehouse', placeholder: 'https://wms.example.com/instep' }], secret: null,
  },
  'warehouse-files': {
    label: 'CSV files over SFTP', says: 'Both sides leave files in two folders of an SFTP server: “in” for Instep to read, “out” for the warehouse.',
    fields: [
      { key: 'host', label: 'Host', placeholder: 'sftp.example.com', half: true }, { key: 'port', label: 'Port', placeholder: '22', optional: true, half: true }, { key: 'user', label: 'User', half: true },
      { key: 'folder', label: 'Folder', placeholder: 'the one the login lands in', optional: true, half: true }, { key: 'fingerprint', label: 'Fingerprint of the server', placeholder: 'SHA256:…', hint: 'From: ssh-keyscan HOST | ssh-keygen -lf -' },
    ],
    secret: { label: 'Password or private key', hint: 'A private key begins with -----BEGIN and has no passphrase', lines: true },
  },
  tryton: {
    label: 'Tryton', says: 'Instep reads stock and writes orders through Tryton’s own interface, as a user of its own.',
    fields: [
      { key: 'url', label: 'Address', placeholder: 'https://erp.example.com' }, { key: 'database', label: 'Database', half: true }, { key: 'user', label: 'User', half: true },
      { key: 'warehouse', label: 'Warehouse', placeholder: 'its code' }, { key: 'customer', label: 'Customer', placeholder: 'code of a party', hint: 'Stands for all the shop’s buyers: their names never go to Tryton' },
      { key: 'damagedLocation', label: 'Location of damaged units', placeholder: 'its code', optional: true, half: true }, { key: 'quarantineLocation', label: 'Location in quarantine', placeholder: 'its code', optional: true, half: true },
    ],
    secret: { label: 'Password', hint: '', lines: false },
  },
};

/** "settings.host: must be …" → the field it is about and the sentence; null when it is about none. */
export function fieldFault(message: string): { field: string; fault: string } | null {
  const parts = /^settings\.(\w+): (.+)$/s.exec(message);
  return parts ? { field: parts[1] === 'password' || parts[1] === 'privateKey' ? 'secret' : parts[1]!, fault: parts[2]! } : null;
}

/** A secret both sides can sign with: `whsec_` and 32 random bytes. */
export function newSecret(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`;
}
