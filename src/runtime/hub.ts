/** One listening connection per process: what other processes committed wakes us, what we changed wakes their screens. */
import { EventEmitter } from 'node:events';
import { SteadyClient, type Db } from '../store/db.ts';
import type { Topic } from './flow.ts';

export interface Hub {
  on(event: 'inbox' | 'push' | 'feed' | 'orders-out' | 'fulfil' | 'alerts', listener: () => void): void;
  on(event: 'place', listener: (storeId: number) => void): void;
  on(event: 'changed', listener: (storeId: number, topics: Topic[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
  /** Coalesced over 100 ms, one NOTIFY per process and interval. */
  changed(storeId: number, topics: readonly Topic[]): void;
  close(): Promise<void>;
}

const CHANNELS = ['instep_inbox', 'instep_place', 'instep_changed', 'instep_push', 'instep_feed', 'instep_orders_out', 'instep_fulfil'];
/** Channels that only wake somebody. */
const WAKES: Record<string, string> = { instep_inbox: 'inbox', instep_push: 'push', instep_feed: 'feed', instep_orders_out: 'orders-out', instep_fulfil: 'fulfil' };

export async function openHub(url: string, db: Db): Promise<Hub> {
  const events = new EventEmitter();
  events.setMaxListeners(0);
  let client: SteadyClient | null = null, closed = false;

  async function listen(): Promise<void> {
    const next = new SteadyClient({ connectionString: url, application_name: 'instep-hub', keepAlive: true });
    await next.connect();
    client = next;
    next.on('notification', ({ channel, payload }) => {
      if (WAKES[channel]) events.emit(WAKES[channel]);
      else if (channel === 'instep_place') events.emit('place', Number(payload));
      else if (payload) {
        for (const [storeId, topics] of Object.entries(JSON.parse(payload) as Record<string, Topic[]>)) events.emit('changed', Number(storeId), topics);
      }
    });
    // A lost connection may have lost a wake-up: listen again and look once.
    const again = (): void => {
      if (closed || client !== next) return;
      client = null;
      next.removeAllListeners('notification');
      const retry = (): void => { if (!closed) listen().then(() => { for (const wake of Object.values(WAKES)) events.emit(wake); }, () => setTimeout(retry, 1_000).unref()); };
      setTimeout(retry, 250).unref();
    };
    next.on('error', again);
    next.on('end', again);
    await next.query(CHANNELS.map((channel) => `listen ${channel}`).join('; '));
  }
  await listen();

  let pending = new Map<number, Set<Topic>>(), timer: NodeJS.Timeout | null = null;
  return {
    on: (event: string, listener: (...args: never[]) => void) => { events.on(event, listener as (...args: unknown[]) => void); },
    off: (event, listener) => { events.off(event, listener as (...args: unknown[]) => void); },
    changed(storeId, topics) {
      const set = pending.get(storeId) ?? new Set();
      for (const topic of topics) set.add(topic);
      pending.set(storeId, set);
      timer ??= setTimeout(() => {
        timer = null;
        const payload = JSON.stringify(Object.fromEntries([...pending].map(([id, all]) => [id, [...all]])));
        pending = new Map();
        if (!closed) db.query('select pg_notify($1, $2)', ['instep_changed', payload]).catch(() => {});
      }, 100);
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
