/** A few kills of real processes in every run; `npm run kills` does a hundred. */
import { expect, it } from 'vitest';
import { killAtRandom } from './kills.ts';

it('eight kill -9 of server, worker and PostgreSQL lose nothing and do nothing twice', async () => {
  const result = await killAtRandom(8, 3);
  expect(result.faults).toEqual([]);
  expect([result.server, result.worker, result.postgres]).toEqual([2, 4, 2]);
  expect(result.acknowledged).toBeGreaterThan(result.orders);
}, 400_000);
