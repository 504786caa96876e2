/** The law of asking by write date: nothing is lost while transactions take less than two minutes, and nothing is told twice in one state. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesSince, type Changed, type Mark } from './changes-since.ts';
import type { TrytonClient } from './client.ts';
import { earlier, instantOf, stampOf, wireInstant } from './wire.ts';

const BASE = Date.parse('2026-11-25T12:00:00Z');
const stampAt = (second: number): string => `${new Date(BASE + second * 1000).toISOString().slice(0, -1)}000`;

/** A table whose rows appear at `visible`, with the stamp of when their transaction began. */
function table(rows: { id: number; began: number; visible: number; isNew: boolean }[]) {
  let now = 0;
  const client = {
    call: async (_model: string, _method: string, [domain, , limit]: [unknown[], number, number]) => {
      const since = stampOf((domain.at(-1) as [string, [string, string, Changed['write_date'] & object]])[1][2]);
      const changed = rows.filter((row) => row.visible <= now && stampAt(row.began) >= since);
      // Tryton puts rows never written before or after the others; ids part equal stamps.
      return changed.sort((a, b) => a.began - b.began || a.id - b.id).slice(0, limit).map((row) => ({ id: row.id, write_date: row.isNew ? null : wireInstant(stampAt(row.began)), create_date: wireInstant(stampAt(row.began)) }));
    },
  } as unknown as TrytonClient;
  return { client, at(second: number) { now = second; } };
}

test('every row is told once, over any sequence of looks', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ began: fc.nat(600), took: fc.nat(119), isNew: fc.boolean() }), { maxLength: 300 }), fc.array(fc.nat(800), { maxLength: 8 }),
    async (changes, looks) => {
      const { client, at } = table(changes.map(({ began, took, isNew }, index) => ({ id: index + 1, began, visible: began + took, isNew })));
      const told: number[] = [];
      let mark: Mark | null = null;
      for (const second of [...looks, 10_000].sort((a, b) => a - b)) {
        at(second);
        for await (const page of changesSince(client, 'm', [], [], mark)) {
          told.push(...page.rows.map((row) => row.id));
          mark = JSON.parse(JSON.stringify(page.mark)) as Mark;
        }
      }
      expect(told.sort((a, b) => a - b)).toEqual(changes.map((_, index) => index + 1));
    }), { numRuns: 60 });
});

test('a thousand rows of one transaction are passed', async () => {
  const { client, at } = table(Array.from({ length: 1_000 }, (_, index) => ({ id: index + 1, began: index < 990 ? 5 : 6, visible: 0, isNew: false })));
  at(10);
  const told = new Set<number>();
  for await (const page of changesSince(client, 'm', [], [], null)) for (const row of page.rows) told.add(row.id);
  expect(told.size).toBe(1_000);
});

test('stamps keep microseconds, and go back by seconds', () => {
  const wire = { __class__: 'datetime' as const, year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5, microsecond: 60 };
  expect(stampOf(wire)).toBe('2026-01-02T03:04:05.000060');
  expect(wireInstant(stampOf(wire))).toEqual(wire);
  expect(instantOf('2026-01-02T03:04:05.999999')).toBe('2026-01-02T03:04:05.999Z');
  expect(earlier('2026-01-01T00:00:05.123456', 120)).toBe('2025-12-31T23:58:05.123000');
});
