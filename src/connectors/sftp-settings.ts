/** The settings of an SFTP connection, as a form gives them. */
import ssh2 from 'ssh2';

export interface SftpSettings {
  host: string;
  port: number;
  user: string;
  /** One of the two. The key is PEM or OpenSSH text without a passphrase. */
  password: string | null;
  privateKey: string | null;
  /** `SHA256:` and base64, as `ssh-keygen -l` prints it: which server we trust. */
  fingerprint: string;
  /** The folder on the server that holds `out` and `in`; '' for the one the login lands in. */
  folder: string;
}

/** The settings in `json`, or which field is wrong and why (a sentence that goes on from the field's name). */
export function parseSftpSettings(json: unknown): { ok: true; settings: SftpSettings } | { ok: false; field: keyof SftpSettings; message: string } {
  const given = (json ?? {}) as Record<string, unknown>;
  const text = (field: keyof SftpSettings): string => (typeof given[field] === 'string' ? given[field].trim() : '');
  const secret = (field: 'password' | 'privateKey'): string | null => (typeof given[field] === 'string' && given[field] !== '' ? given[field] : null);
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(text('host'))) return { ok: false, field: 'host', message: 'must be a host name or address, without sftp://' };
  const port = given['port'] === undefined || given['port'] === '' ? 22 : Number(given['port']);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { ok: false, field: 'port', message: 'must be a number from 1 to 65535' };
  if (text('user') === '') return { ok: false, field: 'user', message: 'is missing' };
  const password = secret('password'), privateKey = secret('privateKey');
  if (password === null && privateKey === null) return { ok: false, field: 'password', message: 'or a private key is needed' };
  if (privateKey !== null && ssh2.utils.parseKey(privateKey) instanceof Error) return { ok: false, field: 'privateKey', message: 'is not a private key without a passphrase' };
  if (!/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(text('fingerprint'))) return { ok: false, field: 'fingerprint', message: 'must be like SHA256:… (ssh-keyscan HOST | ssh-keygen -lf -)' };
  if (text('folder').split('/').includes('..') || /[\u0000-\u001f]/.test(text('folder'))) return { ok: false, field: 'folder', message: 'must be a path without ..' };
  return { ok: true, settings: { host: text('host'), port, user: text('user'), password, privateKey, fingerprint: text('fingerprint').replace(/=$/, ''), folder: text('folder').replace(/\/+$/, '') } };
}
