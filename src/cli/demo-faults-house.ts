/** Demonstrations of the house itself: an address alerts do not reach, a report that was tampered with, a shop that got worse. */
import { SCOPES } from '../connectors/shopify/version.ts';
import { testMessage } from '../domain/alerts/message.ts';
import { makeChannel, removeChannel, sealChannel } from '../store/alert-channels.ts';
import { addDelivery } from '../store/alert-deliveries.ts';
import { changeCases } from '../store/exceptions.ts';
import { rebuildLevels } from '../store/ledger-check.ts';
import type { DemoFault, DemoLevel, DemoWorld } from './demo-world.ts';

/** No name ends so (RFC 6761): it is never found. */
const NOWHERE = 'https://alerts.invalid/instep';
const PERIOD = ['1999-01-01', '1999-01-31'] as const;
/** What a connection needs to read a shop at all; the rest can be lost. */
const KEPT = ['read_products', 'read_inventory', 'read_locations', 'read_orders'], LOST = SCOPES.filter((scope) => !KEPT.includes(scope));

const LATE_HOURS = 3 * 24;

/** What was done here until an instant looks as if it had been so many hours earlier; back-ups too. */
async function age(w: DemoWorld, hours: number, until: string): Promise<void> {
  await w.house.db.query(`update store set created_at = created_at - $1 * interval '1 hour' where created_at <= $2`, [hours, until]);
  await w.house.db.query(`update backup_run set finished_at = finished_at - $1 * interval '1 hour' where finished_at <= $2`, [hours, until]);
}

export const HOUSE_FAULTS: readonly DemoFault[] = [
  {
    kind: 'ALERT_UNDELIVERED', story: 'for half an hour alerts have gone to an address that is not there', look: '/settings/alerts',
    async raise(w) {
      const { db, vault, publicUrl } = w.house, at = w.now(), name = `Demo address ${at.slice(11, 19)}`;
      const store = await w.one<{ name: string; shop_domain: string }>('select name, shop_domain from store where store_id = $1');
      const channelId = await makeChannel(db, w.storeId, 'slack', { name, shown: 'alerts.invalid/…step', roles: [], leastSeverity: 1, quietFrom: null, quietTo: null, quietWeekends: false, digestHour: null, state: 'on' }, 'demonstration', at);
      await sealChannel(db, w.storeId, channelId, vault.seal(`${w.storeId}:alert_channel:${channelId}`, JSON.stringify({ url: NOWHERE })));
      await w.remember({ channelId });
      await addDelivery(db, w.storeId, channelId, 'demo', testMessage({ at, store: { id: w.storeId, name: store!.name, domain: store!.shop_domain }, publicUrl }, name, 'demonstration'), at);
      await w.run('alerts');
      await w.one(`update alert_channel set failing_since = failing_since - interval '31 minutes' where store_id = $1 and channel_id = $2`, channelId);
      await w.run('alerts');
    },
    async clear(w) { await removeChannel(w.house.db, w.storeId, (await w.recall<{ channelId: string }>()).channelId); await w.run('alerts'); },
  },
  {
    kind: 'BACKUP_OR_DRILL_LATE', story: 'the shop was connected three days ago, and nothing has been backed up since', look: '/settings/backups',
    async raise(w) { const at = w.now(); await w.remember({ at }); await age(w, LATE_HOURS, at); await w.run('backup-watch'); },
    // A back-up that was made since stays where it is.
    async clear(w) { const { at } = await w.recall<{ at: string }>(); await age(w, -LATE_HOURS, new Date(Date.parse(at) - LATE_HOURS * 3_600_000).toISOString()); await w.run('backup-watch'); },
  },
  {
    kind: 'AUDIT_SCORE_FELL', story: 'the app lost most of its rights and all of its webhooks between two audits', look: '/audit',
    async raise(w) { await w.remember({}); await w.run('subscriptions', 'audit'); await w.shop('faults', { loseScopes: LOST, deprecated: 'https://shopify.dev/docs/api/usage/versioning', deleteSubscriptions: true }); await w.run('audit'); },
    async clear(w) { await w.shop('faults', { loseScopes: [], deprecated: null }); await w.run('subscriptions', 'catalogue', 'audit'); },
  },
  {
    kind: 'AUDIT_CHAIN_BROKEN', story: 'somebody writes a signed period into the database that nobody signed', look: '/audit?tab=period',
    async raise(w) {
      await w.remember({});
      await w.one(
        `insert into signed_period (store_id, from_day, to_day, figures, digest, previous, chain, signed_at, signed_by, signed_role, note) values ($1, $2, $3, '{"places": []}', repeat('0', 64), '', repeat('0', 64), $4, 'nobody', 'finance', 'a demonstration')`, ...PERIOD, w.now());
      await w.run('daily-digest');
    },
    // It never closes by itself: the period is taken out again, and a person closes the case as an incident.
    async clear(w) {
      await w.one(`delete from signed_period where store_id = $1 and from_day = $2 and to_day = $3 and signed_by = 'nobody'`, ...PERIOD);
      const { rows } = await w.house.db.query<{ exception_id: string }>(`select exception_id from exception where store_id = $1 and kind = 'AUDIT_CHAIN_BROKEN' and state = 'open' and subject like '%1999-01-01%'`, [w.storeId]);
      await changeCases(w.house.db.pool, w.storeId, rows.map((row) => row.exception_id), { action: 'resolve', said: 'a demonstration: the row was written by hand and is gone' }, 'demonstration', w.now());
      await w.run('daily-digest');
    },
  },
  {
    kind: 'INVARIANT_BROKEN', story: 'somebody changes a balance in the database, past the ledger', look: '/stock',
    async raise(w) {
      const level = await w.level('storefront', 12);
      await w.remember(level);
      await w.run('ledger-check');
      await w.one('update ledger_level set available = available + 4, updated_at = $4 where store_id = $1 and item_id = $2 and location_id = $3', level.itemId, level.locationId, w.now());
      await w.run('ledger-check');
    },
    async clear(w) {
      const level = await w.recall<DemoLevel>();
      await w.house.db.transaction((tx) => rebuildLevels(tx, w.storeId, [level], w.now()));
      await w.run('ledger-check');
    },
  },
];
