/** A house for one command: DATABASE_URL, else the embedded server, attached to when it runs and started (and stopped again) when not. */
import { buildHouse, type BuiltHouse } from '../compose.ts';
import { leftAddress } from '../runtime/address.ts';
import { readConfig } from '../runtime/config.ts';
import { startEmbeddedPostgres } from '../runtime/postgres.ts';
import { listStores, type StoreRow } from '../store/stores.ts';
import { UsageError } from './terminal.ts';

export async function withHouse<T>(work: (house: BuiltHouse) => Promise<T>): Promise<T> {
  const config = readConfig(), { INSTEP_PORT: port, INSTEP_PUBLIC_URL: url } = process.env;
  const server = config.databaseUrl ? null : await startEmbeddedPostgres({ dataDir: config.dataDir });
  // Beside one that runs, its address, where this terminal does not say another.
  if (!port && !url) config.publicUrl = leftAddress(config.dataDir) ?? config.publicUrl;
  const house = await buildHouse({ config, databaseUrl: config.databaseUrl ?? server!.url });
  try {
    return await work(house);
  } finally {
    await house.close();
    if (server && !server.attached) await server.stop();
  }
}

/** The store meant by --store, or the only one. Throws UsageError that lists them. */
export async function chosenStore(house: BuiltHouse, given: string | undefined): Promise<StoreRow> {
  const stores = await listStores(house.db);
  if (stores.length === 0) throw new UsageError('No store is connected yet. Run `npm start` for the sandbox, or connect a shop in Settings → Connections.');
  if (given === undefined && stores.length === 1) return stores[0]!;
  const found = stores.find((s) => String(s.store_id) === given || s.shop_domain === given || s.shop_domain === `${given}.myshopify.com`);
  if (!found) throw new UsageError(`--store ${given ?? '(missing)'}: expected one of ${stores.map((s) => `${s.store_id} (${s.shop_domain})`).join(', ')}`);
  return found;
}
