/** The buffer on the real thing: by what sells within the lag, capped by policy, more of it in peak mode and until that ends. On a clock that only the test moves. */
import { expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), MINUTE = 60_000;

it('withholds what may sell within the lag; peak mode withholds more, until its hour; policy caps it; the row says why', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [400] }], served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: null, bufferCapShare: 1, bufferQuantile: 0.9, peakQuantile: 0.9999 } });
  await town.settle();
  const policy = async (body: object): Promise<void> => {
    const reply = await clock.app.inject({ method: 'PUT', url: `/api/v1/locations/${town.placeIds[0]}/policy?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body });
    expect(reply.statusCode).toBe(200);
  };
  const withheld = async (): Promise<number> => {
    // The lag that was measured, the same each time: five minutes from a change to its writing.
    await clock.house.db.query(`update push_attempt set dirty_since = settled_at - interval '5 minutes' where store_id = $1 and state = 'written'`, [town.storeId]);
    await town.flow('stock-push');
    await town.settle();
    const { rows: [row] } = await town.api<{ rows: { wanted: number; terms: Record<string, number>; bufferSentence: string }[] }>(`/api/v1/push?store=${town.storeId}&q=ANT`);
    expect([row!.wanted, town.shown('ANT').available]).toEqual([400 - 120 - row!.terms['buffer']!, 400 - 120 - row!.terms['buffer']!]);
    expect(row!.bufferSentence).toMatch(/^\d+ (\(\d+ )?for [\d.]+ % of [\d.]+ expected within \d+ s at 120 an hour/);
    return row!.terms['buffer']!;
  };
  await town.sell({ ANT: 120 }, 0);
  await town.settle();
  await clock.advance(MINUTE);
  await policy({ bufferQuantile: 0.9 });
  const usual = await withheld(), until = (minutes: number): string => new Date(Date.parse(clock.now()) + minutes * MINUTE).toISOString();
  await policy({ peakUntil: until(10) });
  const peak = await withheld();
  expect([usual > 10, peak > usual]).toEqual([true, true]);
  await policy({ bufferCapUnits: usual + 1 });
  expect(await withheld()).toBe(usual + 1);
  await policy({ bufferCapUnits: null });
  expect(await withheld()).toBe(peak);
  // Nobody has to end it.
  await clock.advance(11 * MINUTE);
  expect(await withheld()).toBe(usual);
  expect(await town.faults()).toEqual([]);
});
