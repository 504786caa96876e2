/** Staff put back as many units as an order took that nobody here has heard of: the one word that comes agrees with the ledger, and is wrong. */
import { expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();

it('is looked at when the order is heard, and not only when somebody reads all levels', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [20] }], served: [0], policy: { bufferCapUnits: 0 } });
  await town.settle();
  town.door = 'held';
  await town.sell({ ANT: 3 }, 0);
  await clock.advance(5_000);
  await town.control('/levels', { sku: 'ANT', location: 'Mill', available: 20 });
  await clock.advance(5_000);
  await town.settle();
  expect([town.shown('ANT').available, (await town.ledger('ANT'))['available']]).toEqual([20, 20]);
  const [levels, others] = [town.letters.filter((l) => l.topic === 'inventory_levels/update'), town.letters.filter((l) => l.topic !== 'inventory_levels/update')];
  town.door = 'open';
  for (const letter of levels.slice(-1)) await town.say(letter);
  await town.settle();
  await clock.advance(240_000);
  for (const letter of others) await town.say(letter);
  await town.settle();
  // 20 on the shelf, three of them sold.
  expect(town.shown('ANT')).toMatchObject({ available: 17, committed: 3 });
  expect(town.calls.filter((call) => call.operation === 'SetQuantities').length).toBeGreaterThan(0);
  expect((await town.movements('ANT')).filter((m) => m.kind === 'storefront edit').map((m) => m.quantity)).toEqual([3]);
  expect(await town.faults()).toEqual([]);
});
