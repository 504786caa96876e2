/** A rehearsal on the clock that only the test moves: the shoppers hurry and calm down whatever happens; what was cut off or stopped is not judged; a real shop has none. */
import { describe, expect, it } from 'vitest';
import { rehearsal } from '../../src/flows/rehearsal.ts';
import type { Shoppers } from '../../src/ports/shoppers.ts';
import { contextFor } from '../../src/runtime/run-flow.ts';
import { raise } from '../../src/store/exceptions.ts';
import { askRehearsal, beginRehearsal, findRehearsal, stopRehearsal } from '../../src/store/rehearsals.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), { house, app } = clock, town = await clock.town({ goods: [{ sku: 'ANT', stock: [40] }], served: [0] }), { storeId } = town;
const headers = { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' };
const call = async (method: 'GET' | 'POST', path: string, payload?: object) => { const reply = await app.inject({ method, url: `/api/v1${path}?store=${storeId}`, headers, ...(payload ? { payload } : {}) }); return { status: reply.statusCode, body: reply.headers['content-type']?.includes('json') ? reply.json() : reply.body }; };
const ask = async (): Promise<string> => (await askRehearsal(house.db, storeId, { times: 10, minutes: 1 }, 'test', clock.now()))!;

/** Shoppers of which it is known how fast they buy; `at` is called whenever they are counted. */
function pretended(at: (counted: number) => void = () => {}): Shoppers & { rates: number[] } {
  let counted = 0, placed = 0;
  const self = { usualPerMinute: 2, rates: [] as number[], async trade(perMinute: number) { self.rates.push(perMinute); placed += perMinute > 2 ? perMinute : 0; }, async orders() { at(++counted); return placed; } };
  return self;
}
async function run(shoppers: Shoppers | null): Promise<void> { await rehearsal.run({ ...await contextFor(house, storeId, () => {}), shoppers: async () => shoppers }); }

describe('a rehearsal', () => {
  it('hurries the shoppers for as long as was asked, judges what came of it, and calms them', async () => {
    const id = await ask(), shoppers = pretended(), begun = clock.time();
    expect(await askRehearsal(house.db, storeId, { times: 2, minutes: 1 }, 'test', clock.now())).toBeNull();
    await run(shoppers);
    expect(shoppers.rates).toEqual([20, 2, 2]);
    expect(clock.time() - begun).toBeGreaterThanOrEqual(60_000);
    const row = (await findRehearsal(house.db, storeId, id))!;
    expect(row).toMatchObject({ passed: true, failed_rules: [], reached_per_minute: 20, said: null });
    expect(row.report).toContain('10 × the usual 2.0 orders a minute for 1 minute: 20 a minute asked for, 20 placed.');
    expect((await call('GET', `/peak/rehearsals/${id}/text`)).body).toBe(row.report);
    expect((await call('GET', '/peak/rehearsals')).body).toMatchObject({ may: true, rehearsals: [{ rehearsalId: id, passed: true, endedAt: clock.now() }] });
  });

  it('is not judged by what was wrong before it began, but by what goes wrong in it', async () => {
    const raised = (key: string) => raise(house.db.pool, storeId, [{ kind: 'OVERSOLD', key, subject: key, sentence: 'More is promised than is there.' }], clock.now());
    await raised('level/old');
    await house.db.query(`insert into inbox (store_id, webhook_id, topic, received_at, body, state) values ($1, 'unread', 'orders/updated', $2, '{}', 3)`, [storeId, clock.now()]);
    await clock.advance(1_000);
    const before = await ask();
    await run(pretended());
    expect(await findRehearsal(house.db, storeId, before)).toMatchObject({ passed: true, failed_rules: [] });
    const during = await ask(), oversells = pretended((counted) => { if (counted === 1) void raised('level/new'); });
    await run(oversells);
    expect(await findRehearsal(house.db, storeId, during)).toMatchObject({ passed: false, failed_rules: ['Items oversold'] });
    await house.db.query(`delete from inbox where webhook_id = 'unread'`);
    await house.db.query(`update exception set state = 'resolved' where kind = 'OVERSOLD'`);
  });

  it('that is stopped, cut off, or fails is not judged, and calms the shoppers all the same', async () => {
    const stopped = await ask(), hurried = pretended(() => { void stopRehearsal(house.db, storeId, stopped, 'ann@shop.example'); });
    await run(hurried);
    expect(hurried.rates.at(-1)).toBe(2);
    expect(await findRehearsal(house.db, storeId, stopped)).toMatchObject({ passed: null, report: null, said: 'Stopped by ann@shop.example, so it was not judged.' });
    const cut = await ask(), calmed = pretended();
    await beginRehearsal(house.db, storeId, clock.now()); // and then its process died
    await run(calmed);
    expect([calmed.rates, (await findRehearsal(house.db, storeId, cut))!.said]).toEqual([[2], expect.stringContaining('ended before its time')]);
    const failing = await ask(), gone = pretended((counted) => { if (counted === 2) throw new Error('no answer'); });
    await expect(run(gone)).rejects.toThrow('no answer');
    expect([gone.rates.at(-1), (await findRehearsal(house.db, storeId, failing))!.said]).toEqual([2, 'no answer']);
    expect((await call('POST', `/peak/rehearsals/${failing}/stop`)).status).toBe(409);
  });

  it('is asked for within its bounds, one at a time, and never of a real shop', async () => {
    expect((await call('POST', '/peak/rehearsals', { times: 0, minutes: 5 })).status).toBe(400);
    expect((await call('POST', '/peak/rehearsals', { times: 3, minutes: 1 })).body).toMatchObject({ times: 3, startedAt: null, endedAt: null });
    expect(clock.asked.get(storeId)).toContain('rehearsal');
    expect((await call('POST', '/peak/rehearsals', { times: 3, minutes: 1 })).status).toBe(409);
    await run(null);
    expect((await call('GET', '/peak/rehearsals')).body.rehearsals[0]).toMatchObject({ passed: null, said: expect.stringContaining('real shop') });
    await house.db.query('update connection set origin = null where store_id = $1', [storeId]);
    expect((await call('POST', '/peak/rehearsals', { times: 3, minutes: 1 })).body).toMatchObject({ status: 409, detail: expect.stringContaining('real shop') });
    expect((await call('GET', '/peak/rehearsals')).body.may).toBe(false);
  });
});
