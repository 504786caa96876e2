/** The store on screen: the address says which; else the one last chosen; else the first. */
import { createContext, useContext } from 'react';
import type { Session, Store } from '../api/queries.ts';

const REMEMBERED = 'instep.store';
/** One edge colour per store, so that nobody works in the wrong one. */
const EDGES = ['#12688a', '#a66f00', '#6b46a8', '#00855f', '#b8618f', '#d55e00'];

export const CurrentStore = createContext<Store | null>(null);

export function chooseStore(session: Session, asked: number | undefined): Store | null {
  const remembered = Number(localStorage.getItem(REMEMBERED));
  const byId = (id: number | undefined): Store | undefined => session.stores.find((store) => store.storeId === id);
  return byId(asked) ?? byId(remembered) ?? session.stores[0] ?? null;
}

export function rememberStore(storeId: number): void {
  localStorage.setItem(REMEMBERED, String(storeId));
}

export function edgeOf(store: Store): string {
  return EDGES[(store.storeId - 1) % EDGES.length]!;
}

/** The store of the page. Pages below the shell are shown only when there is one. */
export function useStore(): Store {
  const store = useContext(CurrentStore);
  if (store === null) throw new Error('This page needs a store.');
  return store;
}
