/** Every route names its store; one that does not exist is not there, whoever asks. */
import type { Queryable } from '../store/db.ts';
import { findStore, type StoreRow } from '../store/stores.ts';
import { Refusal } from './app.ts';

export async function storeOf(db: Queryable, storeId: number): Promise<StoreRow> {
  const store = Number.isInteger(storeId) && storeId > 0 && storeId < 2 ** 31 ? await findStore(db, storeId) : null;
  if (!store) throw new Refusal(404, `There is no store ${storeId}`);
  return store;
}
