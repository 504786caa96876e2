/** The lag buffers are made for: from Shopify's clock to ours, whatever ours is worth. */
import { expect, it } from 'vitest';
import { clockApart } from '../../src/http/app.ts';
import { settleInbox } from '../../src/store/inbox.ts';
import { measuredLag } from '../../src/store/push-terms.ts';
import { freshDatabase } from '../helpers/database.ts';
import { storeWith } from '../helpers/store.ts';

const { db } = await freshDatabase();

it('is that of messages, not of a clock that is wrong by minutes', async () => {
  const { storeId } = await storeWith(db, { variants: 0, locations: 0 }), shop = Date.parse('2026-11-26T08:00:00.000Z');
  // Three seconds after each message was triggered; by a right clock, by one ten minutes ahead, by one ten minutes behind.
  for (const [n, wrong] of [0, 600_000, -600_000].entries()) {
    const at = new Date(shop + n * 1_000), ours = new Date(at.getTime() + 3_000 + wrong).toISOString();
    const { rows: [row] } = await db.query<{ inbox_id: string }>(`insert into inbox (store_id, webhook_id, topic, triggered_at, received_at, body) values ($1, $2, 'orders/create', $3, $4, '') returning inbox_id`, [storeId, `w${n}`, at.toISOString(), new Date(at.getTime() + 1_000 + wrong).toISOString()]);
    await settleInbox(db, [{ inboxId: row!.inbox_id, state: 'applied', reason: null }], ours, -wrong);
    const { inSeconds } = await measuredLag(db, storeId, new Date(shop + 700_000).toISOString(), 99);
    expect([wrong, inSeconds]).toEqual([wrong, 3]);
  }
});

it('tells how far a clock stands outside the time of an answer', () => {
  expect(clockApart(1_000, 1_050, 1_020)).toBe(0);
  expect(clockApart(1_000, 1_050, 5_050)).toBe(4_000);
  expect(clockApart(1_000, 1_050, 400)).toBe(600);
});
