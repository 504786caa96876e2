/** `instep worker`: applies the inbox and works the jobs beside other processes on the same database. */
import { buildHouse } from '../../compose.ts';
import { readConfig } from '../../runtime/config.ts';
import { startEmbeddedPostgres } from '../../runtime/postgres.ts';

export async function workerCommand(): Promise<void> {
  const config = readConfig();
  const server = config.databaseUrl ? null : await startEmbeddedPostgres({ dataDir: config.dataDir });
  const house = await buildHouse({ config, databaseUrl: config.databaseUrl ?? server!.url });
  const worker = await house.startWorker();
  console.error('Worker is running; Ctrl-C stops it');
  await new Promise<void>((resolve) => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve()); });
  await worker.stop();
  await house.close();
  if (server && !server.attached) await server.stop();
  process.exit(0);
}
