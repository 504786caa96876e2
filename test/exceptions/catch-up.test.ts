/** TOKEN_DEAD and WEBHOOK_GAP end when what was missed has been read to its end by readings that began after the way was open, and not a moment before. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CATCH_UP } from '../../src/store/catch-up.ts';
import { clockwork, SECRET, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town;
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => { town = await clock.town({ goods: [{ sku: 'MUG', stock: [20, 5] }] }); });

const secret = async (value: string): Promise<void> => {
  await clock.house.db.query('update connection set client_secret = $2, access_token = null where store_id = $1', [town.storeId, clock.house.vault.seal(`${town.storeId}:connection:client_secret`, value)]);
  clock.house.reconnect(town.storeId);
};
const asked = () => [...(clock.asked.get(town.storeId) ?? [])].sort();
const evidence = async (kind: string) => (await town.cases(kind))[0]!.evidence;
/** An hour without the token: a flow meets it, and something is sold meanwhile that nobody tells of. */
async function dead(): Promise<void> {
  await secret('not-the-secret');
  await expect(town.flow('sales-history')).rejects.toThrow();
  await town.control('/faults', { webhooks: { drop: 1 } });
  await town.sell({ MUG: 3 }, 0);
  await town.sandbox.pump();
  await clock.advance(3_600_000);
  await town.control('/faults', { webhooks: null });
  expect(await town.cases('TOKEN_DEAD')).toHaveLength(1);
  clock.asked.get(town.storeId)?.clear();
}

describe('TOKEN_DEAD', () => {
  test('a good test call asks for the readings and leaves the case; the last of them closes it, whichever it is', async () => {
    await dead();
    await secret(SECRET);
    const reply = await clock.app.inject({ method: 'POST', url: `/api/v1/connections/${town.storeId}/test`, headers: { host: 'localhost' } });
    expect(reply.json().checks[0]).toMatchObject({ label: 'Token', ok: true });
    expect(asked()).toEqual([...CATCH_UP].sort());
    expect((await town.ledger('MUG'))['committed']).toBe(0);
    for (const reading of ['returns', 'catalogue', 'stock-levels', 'order-routing']) { await town.flow(reading); expect([reading, (await town.cases('TOKEN_DEAD')).length]).toEqual([reading, 1]); }
    await town.flow('sales-history');
    expect(await town.cases('TOKEN_DEAD')).toEqual([]);
    expect((await town.ledger('MUG'))['committed']).toBe(3);
  });

  test('a reading that is answered says so without a test call, and one that fails keeps the case open until it has ended', async () => {
    await dead();
    await secret(SECRET);
    await town.flow('catalogue');
    expect(await evidence('TOKEN_DEAD')).toMatchObject({ openAgain: clock.now() });
    expect(asked()).toEqual(CATCH_UP.filter((reading) => reading !== 'catalogue').sort());
    town.before = (call) => { if (/Levels/i.test(call.operation)) throw new Error('the network went away'); };
    for (const reading of ['sales-history', 'order-routing', 'returns']) await town.flow(reading);
    await expect(town.flow('stock-levels')).rejects.toThrow();
    expect(await town.cases('TOKEN_DEAD')).toHaveLength(1);
    town.before = null;
    await town.flow('stock-levels');
    expect(await town.cases('TOKEN_DEAD')).toEqual([]);
  });

  test('refused again while it was being read, it begins anew: what was read before the second refusal covers nothing after it', async () => {
    await dead();
    await secret(SECRET);
    await town.flow('catalogue');
    await town.flow('sales-history');
    await clock.advance(60_000);
    await secret('not-the-secret');
    await expect(town.flow('stock-levels')).rejects.toThrow();
    expect(await evidence('TOKEN_DEAD')).not.toHaveProperty('openAgain');
    await clock.advance(60_000);
    await secret(SECRET);
    for (const reading of ['stock-levels', 'order-routing', 'returns']) await town.flow(reading);
    expect(await town.cases('TOKEN_DEAD')).toHaveLength(1);
    for (const reading of ['catalogue', 'sales-history']) await town.flow(reading);
    expect(await town.cases('TOKEN_DEAD')).toEqual([]);
  });
});

describe('WEBHOOK_GAP', () => {
  test('subscriptions made again leave the case until the gap was read; a complete list and webhooks that come again close nothing', async () => {
    await town.control('/faults', { deleteSubscriptions: true });
    await town.sell({ MUG: 2 }, 0);
    await town.settle();
    await town.flow('subscriptions');
    expect(asked()).toEqual([...CATCH_UP].sort());
    await clock.advance(600_000);
    await town.flow('subscriptions');
    expect(await town.cases('WEBHOOK_GAP')).toHaveLength(1);
    for (const reading of CATCH_UP.slice(1)) await town.flow(reading);
    expect((await town.flow('subscriptions')).detail).toMatchObject({ toBeRead: ['sales-history'] });
    expect(await town.cases('WEBHOOK_GAP')).toHaveLength(1);
    await town.flow('sales-history');
    expect(await town.cases('WEBHOOK_GAP')).toEqual([]);
    expect((await town.ledger('MUG'))['committed']).toBe(2);
  });

  test('a reading that had begun before they stood does not cover the gap', async () => {
    await town.control('/faults', { deleteSubscriptions: true });
    for (const reading of CATCH_UP) await town.flow(reading);
    await clock.advance(60_000);
    await town.flow('subscriptions');
    expect(await town.cases('WEBHOOK_GAP')).toHaveLength(1);
    await clock.advance(60_000);
    for (const reading of CATCH_UP) { expect(await town.cases('WEBHOOK_GAP')).toHaveLength(1); await town.flow(reading); }
    expect(await town.cases('WEBHOOK_GAP')).toEqual([]);
  });

  test('silence ends with a webhook and with what was sold in it being read', async () => {
    await town.control('/faults', { webhooks: { drop: 1 } });
    await clock.advance(3_600_000);
    await town.sell({ MUG: 1 }, 0);
    await town.sandbox.pump();
    await town.flow('sales-history');
    await town.flow('subscriptions');
    expect((await town.cases('WEBHOOK_GAP')).map((each) => each.sentence)).toEqual([expect.stringContaining('Can Shopify reach')]);
    await town.control('/faults', { webhooks: null });
    await town.sell({ MUG: 1 }, 0);
    for (let n = 0; n < 5; n++) { await clock.advance(1_000); await town.sandbox.pump(); }
    await town.flow('subscriptions');
    expect(await town.cases('WEBHOOK_GAP')).toHaveLength(1);
    for (const reading of CATCH_UP) await town.flow(reading);
    expect(await town.cases('WEBHOOK_GAP')).toEqual([]);
  });
});
