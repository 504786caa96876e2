/** Configuration from the environment, checked once at start. */
import path from 'node:path';

export interface Config {
  dataDir: string;
  /** Undefined: the embedded server. */
  databaseUrl: string | undefined;
  host: string;
  port: number;
  /** Address webhooks can reach us at; the local one when not set. */
  publicUrl: string;
  /** Replaces https://{shop} in tests. */
  shopifyApiOrigin: string | undefined;
  /** `warehouse`: a pretended warehouse serves the second location of the bundled shop. `planner`: a pretended Inventory Planner plans for it. */
  sandbox: { enabled: boolean; warehouse: boolean; planner: boolean; history: string | undefined; seed: number; ordersPerMinute: number; scale: number; months: number };
  /** Addresses and ranges of the operator's own network that alerts may be sent to, by comma. */
  alertsAllow: string;
  /** Mail to suppliers and alerts; undefined: orders are downloaded and marked as sent by hand. */
  mail: { url: string; from: string } | undefined;
  logLevel: string;
}

/** Throws an Error that names the variable when a value is not usable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const text = env[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (!Number.isFinite(value) || value < min || value > max) throw new Error(`${name}=${text}: expected a number from ${min} to ${max}`);
    return value;
  };
  const host = env['INSTEP_HOST'] || '127.0.0.1';
  const port = number('INSTEP_PORT', 3000, 0, 65_535);
  if (env['DATABASE_URL'] && !/^postgres(ql)?:\/\//.test(env['DATABASE_URL'])) throw new Error('DATABASE_URL: expected postgresql://user:password@host:port/database');
  const smtp = env['INSTEP_SMTP_URL'] || undefined;
  if (smtp !== undefined && !/^smtps?:\/\//.test(smtp)) throw new Error('INSTEP_SMTP_URL: expected smtp://user:password@host:port or smtps://…');
  if (smtp !== undefined && !env['INSTEP_MAIL_FROM']) throw new Error('INSTEP_MAIL_FROM: the address mail comes from is wanted with INSTEP_SMTP_URL');
  return {
    dataDir: path.resolve(env['INSTEP_DATA_DIR'] || '.data'),
    databaseUrl: env['DATABASE_URL'] || undefined,
    host, port,
    publicUrl: (env['INSTEP_PUBLIC_URL'] || `http://127.0.0.1:${port}`).replace(/\/$/, ''),
    shopifyApiOrigin: env['SHOPIFY_API_ORIGIN'] || undefined,
    sandbox: {
      enabled: env['INSTEP_SANDBOX'] !== 'off', warehouse: env['INSTEP_SANDBOX_WAREHOUSE'] !== 'off', planner: env['INSTEP_SANDBOX_PLANNER'] !== 'off', history: env['INSTEP_SANDBOX_HISTORY'] || undefined, seed: number('INSTEP_SANDBOX_SEED', 7, 0, 2 ** 31),
      ordersPerMinute: number('INSTEP_SANDBOX_ORDERS_PER_MINUTE', 2, 0, 60_000), scale: number('INSTEP_SANDBOX_SCALE', 1, 0.02, 100), months: number('INSTEP_SANDBOX_MONTHS', 24, 1, 60),
    },
    mail: smtp === undefined ? undefined : { url: smtp, from: env['INSTEP_MAIL_FROM']! },
    alertsAllow: env['INSTEP_ALERTS_ALLOW'] || '',
    logLevel: env['INSTEP_LOG'] || 'warn',
  };
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
