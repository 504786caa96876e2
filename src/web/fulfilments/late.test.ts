import { expect, it } from 'vitest';
import { minutesLate } from './Late.tsx';

const now = Date.parse('2026-11-24T12:00:00Z'), at = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

it('counts from the promise, and not once Shopify shows it', () => {
  expect([minutesLate({ shippedAt: at(29), state: 'waiting' }, 30, now), minutesLate({ shippedAt: at(30), state: 'held' }, 30, now), minutesLate({ shippedAt: at(47), state: 'failed' }, 30, now)]).toEqual([null, 0, 17]);
  expect([minutesLate({ shippedAt: at(500), state: 'written' }, 30, now), minutesLate({ shippedAt: at(500), state: 'cancelled' }, 30, now)]).toEqual([null, null]);
});
