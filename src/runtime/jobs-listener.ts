/**
 * The job library's listening connection, in place of its own: that one takes its ears off a lost connection before it has closed, and what PostgreSQL still says
 * (a goodbye, when its postmaster was killed) then ends the process.
 */
import { SteadyClient } from '../store/db.ts';

const BEAT_MS = 10_000, BEAT_PATIENCE_MS = 5_000, RETRY_MS = 1_000;

/**
 * Hears a channel until it is closed. A connection that is lost, or silent for longer than a beat and its patience, is made again; `onConnected` then lets the
 * caller look for what it missed. Throws when the first connection cannot be made.
 */
export async function steadyListen(connectionString: string, channel: string, onNotification: (payload: string) => void, onConnected: () => void): Promise<{ close(): Promise<void> }> {
  let client: SteadyClient | null = null, closed = false, timer: NodeJS.Timeout | undefined;
  const retry = (): void => { if (!closed) timer = setTimeout(() => { connect().catch(retry); }, RETRY_MS).unref(); };

  async function connect(): Promise<void> {
    const next = new SteadyClient({ connectionString, application_name: 'instep-jobs', keepAlive: true, connectionTimeoutMillis: 10_000, query_timeout: BEAT_PATIENCE_MS });
    let over = false;
    const lost = (): void => {
      over = true;
      clearInterval(beat);
      if (client !== next) return; // never became the one, or was let go of
      client = null;
      next.end().catch(() => {});
      retry();
    };
    next.on('error', lost).on('end', lost);
    next.on('notification', ({ payload }) => { if (payload !== undefined) onNotification(payload); });
    const beat = setInterval(() => { next.query('select 1').catch(lost); }, BEAT_MS).unref();
    try {
      await next.connect();
      await next.query(`listen "${channel}"`);
      if (over || closed) throw new Error('Connection terminated while it began to listen');
    } catch (error) {
      clearInterval(beat);
      next.end().catch(() => {});
      throw error;
    }
    client = next;
    onConnected();
  }

  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => {});
    },
  };
}
