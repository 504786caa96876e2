/** What changed on the server, told to open screens: topics of /api/v1/events become stale queries, gathered for a moment first. */
import type { QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

/** Topic → first words of the query keys that hold its data. */
const STALE: Record<string, readonly string[]> = {
  stock: ['purchase-orders', 'stock', 'item', 'explain', 'today', 'freshness', 'push', 'locations', 'fulfilments', 'orders-out', 'returns', 'counts', 'mapping', 'warehouses'],
  push: ['push', 'locations', 'stock', 'item', 'bundles'],
  fulfilments: ['fulfilments', 'orders-out', 'today'],
  returns: ['returns', 'today'],
  exceptions: ['exceptions', 'today'],
  flows: ['flows', 'freshness', 'today'],
  replenishment: ['purchase-orders', 'suppliers', 'replenishment', 'advice', 'today'],
  forecast: ['demand', 'forecast', 'planning-events', 'freshness', 'today'],
  catalogue: ['item', 'vendors', 'stock', 'session', 'mapping', 'bundles'],
  digest: ['today'],
  planner: ['planner'],
  audit: ['audit'], alerts: ['alerts'],
  replay: ['replays'],
  transfers: ['transfers', 'replenishment'],
  connections: ['connections', 'session', 'locations', 'warehouses'],
};
const GATHER_MS = 2_500;
/** A list scrolled further than this is not read again under the reader's eyes: it offers to. */
const MOST_PAGES_REREAD = 3;

/** First words of the keys that the topics make stale, each once. */
export function staleKeys(topics: Iterable<string>): string[] {
  return [...new Set([...topics].flatMap((topic) => STALE[topic] ?? []))];
}

const pagesOf = (data: unknown): number => (data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0;

/** Keeps the store's queries fresh while mounted. The browser reconnects by itself; what was missed meanwhile is read again. */
export function useLiveUpdates(client: QueryClient, store: number | null): void {
  useEffect(() => {
    if (store === null) return;
    const waiting = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined, wasOpen = false;
    const flush = (): void => {
      timer = undefined;
      const stale = new Set(staleKeys(waiting));
      waiting.clear();
      void client.invalidateQueries({ predicate: ({ queryKey }) => stale.has(String(queryKey[0])), refetchType: 'none' });
      void client.refetchQueries({ type: 'active', predicate: ({ queryKey, state }) => stale.has(String(queryKey[0])) && pagesOf(state.data) <= MOST_PAGES_REREAD });
    };
    const events = new EventSource(`/api/v1/events?store=${store}`);
    events.addEventListener('change', (event) => {
      for (const topic of (JSON.parse(event.data) as { topics: string[] }).topics) waiting.add(topic);
      timer ??= setTimeout(flush, GATHER_MS);
    });
    events.addEventListener('open', () => {
      if (wasOpen) for (const topic of Object.keys(STALE)) waiting.add(topic), timer ??= setTimeout(flush, GATHER_MS);
      wasOpen = true;
    });
    return () => { events.close(); clearTimeout(timer); };
  }, [client, store]);
}
