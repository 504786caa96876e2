/** `instep sandbox`: the simulated Shopify store alone, for developers of anything that talks to Shopify. */
import { randomBytes } from 'node:crypto';
import { readConfig } from '../../runtime/config.ts';
import { UsageError } from '../terminal.ts';
import { spawnSandbox, stopChild } from './start.ts';

export async function sandboxCommand(options: { port: string; history?: string; seed?: string; ordersPerMinute?: string; data?: string }): Promise<void> {
  const config = readConfig();
  const number = (name: string, text: string | undefined, fallback: number): number => {
    if (text === undefined) return fallback;
    if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${name} ${text}: expected a number`);
    return Number(text);
  };
  const clientId = 'sandbox-client', clientSecret = `shpss_${randomBytes(16).toString('hex')}`;
  const { child, url } = await spawnSandbox({
    ...config, dataDir: options.data ?? config.dataDir,
    sandbox: { ...config.sandbox, history: options.history ?? config.sandbox.history, seed: number('seed', options.seed, config.sandbox.seed), ordersPerMinute: number('orders-per-minute', options.ordersPerMinute, config.sandbox.ordersPerMinute) },
  }, clientId, clientSecret, (line) => console.error(line), number('port', options.port, 4010));
  console.log(JSON.stringify({ url, clientId, clientSecret }, null, 2));
  console.error(`The sandbox answers on ${url}; Ctrl-C stops it`);
  await new Promise<void>((resolve) => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve()); child.once('exit', () => resolve()); });
  await stopChild(child);
  process.exit(0);
}
