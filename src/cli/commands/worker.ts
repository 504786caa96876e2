/** `instep worker`: applies the inbox and works the jobs beside other processes on the same database. */
import { buildHouse, type BuiltHouse } from '../../compose.ts';
import { readConfig, type Config } from '../../runtime/config.ts';
import { startEmbeddedPostgres } from '../../runtime/postgres.ts';
import { databaseAway } from '../../store/db.ts';

export async function workerCommand(): Promise<void> {
  const config = readConfig();
  const server = config.databaseUrl ? null : await startEmbeddedPostgres({ dataDir: config.dataDir });
  const { house, worker } = await begin(config, config.databaseUrl ?? server!.url);
  console.error('Worker is running; Ctrl-C stops it');
  await new Promise<void>((resolve) => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve()); });
  await worker.stop();
  await house.close();
  if (server && !server.attached) await server.stop();
  process.exit(0);
}

/** A database that goes away while we start is waited for, as long as it takes to recover. */
async function begin(config: Config, databaseUrl: string, triesLeft = 20): Promise<{ house: BuiltHouse; worker: { stop(): Promise<void> } }> {
  let house: BuiltHouse | null = null;
  try {
    house = await buildHouse({ config, databaseUrl });
    return { house, worker: await house.startWorker() };
  } catch (error) {
    if (!databaseAway(error) || triesLeft === 0) throw error;
    await house?.close().catch(() => {});
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    return begin(config, databaseUrl, triesLeft - 1);
  }
}
