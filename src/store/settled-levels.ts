/**
 * Levels that may be opened: the count read, and the second its `onHandAt` names over.
 *
 * Shopify's times have whole seconds, and an opening leaves out what happened up to its `onHandAt` as contained in the count. A return in that second but
 * after the reading would be in neither. So a level that changed a moment ago is read again once the second is over; when its time is still the same,
 * whatever bears that time is in the count. No clock of ours is compared with Shopify's, except to tell levels that may be so young from all others.
 */
import type { StorefrontLevel } from '../domain/catalogue/storefront.ts';
import type { Db } from './db.ts';
import { mapLevels, unopened, type MappedLevel } from './levels.ts';

export interface LevelReader {
  levels(keys: { inventoryItemId: string; locationId: string }[]): Promise<StorefrontLevel[]>;
  sleep(ms: number): Promise<void>;
}

/** How far the two clocks may stand apart. A guess, on the safe side: machines that keep time at all are within seconds. Each level that is younger costs another read. */
const YOUNG_MS = 60_000;
/** A little more than Shopify's whole second. */
const SECOND_MS = 1_100;
/** A level that changes in each of so many seconds is opened all the same; what falls between is then found by the drift check. */
const MOST_READS = 6;
const CHUNK = 240;

/** Whether the level changed so lately, seen from `readFrom` (ISO), that its second may not be over. */
export const isYoung = (level: Pick<MappedLevel, 'onHandAt'>, readFrom: string): boolean => Date.parse(level.onHandAt) > Date.parse(readFrom) - YOUNG_MS;

/** The young levels among these that no opening exists for yet, read again until each is settled, in the order they settle. */
export async function* settledLevels(db: Db, storeId: number, young: readonly MappedLevel[], from: LevelReader): AsyncGenerator<MappedLevel[]> {
  const places = new Map((await db.query<{ location_id: number; id: string }>('select location_id, shopify_location_id as id from location where store_id = $1', [storeId])).rows.map((row) => [row.location_id, row.id]));
  const keyOf = (level: MappedLevel): string => `${level.itemId}@${level.locationId}`;
  let waiting = new Map((await unopened(db, storeId, young)).map((level) => [keyOf(level), level]));
  for (let read = 1; waiting.size > 0; read++) {
    await from.sleep(SECOND_MS);
    const asked = [...waiting.values()], still = new Map<string, MappedLevel>();
    for (let start = 0; start < asked.length; start += CHUNK) {
      const found = await from.levels(asked.slice(start, start + CHUNK).map((level) => ({ inventoryItemId: level.inventoryItemId, locationId: places.get(level.locationId)! })));
      const { known } = await mapLevels(db, storeId, found), settled: MappedLevel[] = [];
      for (const level of known) {
        if (level.onHandAt === waiting.get(keyOf(level))?.onHandAt || read >= MOST_READS) settled.push(level);
        else still.set(keyOf(level), level);
      }
      if (settled.length > 0) yield settled;
    }
    waiting = still;
  }
}
