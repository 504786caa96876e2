/**
 * The shared cost bucket of a shop: one row, taken from atomically by whichever worker calls. It fills by the clock of PostgreSQL, the one that all hosts share: by their own, a host
 * that is behind another would see nothing come back until its clock had passed the other's.
 */
import type { CostBucket } from '../ports/cost-bucket.ts';
import type { Db } from './db.ts';

/** Starts as Shopify's smallest plan until a reply says what the shop really has. */
const FIRST = { maximum: 2_000, restore: 100 };

/** A clock that was set back leaves instants to come: what lies further ahead than one statement may take is not believed. */
const AHEAD = `interval '1 second'`;

/** `clock`: the one clock of all hosts where time is simulated; null for that of PostgreSQL. */
export function sharedBucket(db: Db, storeId: number, clock: { now(): Date } | null): CostBucket {
  const now = (): string | null => clock?.now().toISOString() ?? null;
  return {
    async take(cost, reserve = 0) {
      const { rows } = await db.query<{ taken: boolean; wait_ms: number }>({ name: 'bucket-take', text: `
        with time as (select coalesce($2::timestamptz, clock_timestamp()) as now
        ), made as (
          insert into shop_bucket (store_id, available, maximum, restore_rate, at) select $1, $4, $4, $5, now from time on conflict do nothing returning 1
        ), level as (
          select store_id, least(maximum, available + restore_rate * greatest(0, extract(epoch from (now - at)))) as now_available, restore_rate, maximum,
            case when at > now + ${AHEAD} then now else greatest(at, now) end as at
          from shop_bucket, time where store_id = $1 for update of shop_bucket
        ), taken as (
          update shop_bucket b set available = l.now_available - $3, at = l.at from level l
          where b.store_id = l.store_id and l.now_available >= least($3::float8 + $6::float8 * l.maximum, l.maximum) returning 1
        )
        select exists (select from taken) as taken,
          coalesce((select (least($3::float8 + $6::float8 * maximum, maximum) - now_available) / restore_rate * 1000 from level), 0)::float8 as wait_ms`,
      values: [storeId, now(), cost, FIRST.maximum, FIRST.restore, reserve] });
      return rows[0]!.taken ? 0 : Math.max(20, Math.min(rows[0]!.wait_ms, 30_000));
    },
    async observe(status, unused) {
      // Shopify gives back what a call did not use. Its word replaces our estimate; calls of other workers still on the wire were taken after it was measured at worst.
      // A bucket that is found larger than it was taken for (the first reply of a larger plan) has that much more in it.
      await db.query(`
        update shop_bucket set maximum = $2::float8, restore_rate = $3::float8,
          available = least($4::float8, greatest(available + $2::float8 - maximum + $6::float8 + restore_rate * greatest(0, extract(epoch from (now - at))), $4::float8 - $2::float8 * 0.75)), at = case when at > now + ${AHEAD} then now else greatest(at, now) end
        from (select coalesce($5::timestamptz, clock_timestamp()) as now) time where store_id = $1`, [storeId, status.maximumAvailable, status.restoreRate, status.currentlyAvailable, now(), unused]);
    },
  };
}
