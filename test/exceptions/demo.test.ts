/** Each kind of exception is raised for real on a sandbox world and cleared again, by the table behind `instep demo raise`. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_FAULTS, NOT_DEMONSTRATED } from '../../src/cli/demo-faults.ts';
import { demoWorld } from '../../src/cli/demo-world.ts';
import { EXCEPTION_KINDS } from '../../src/domain/exceptions/catalogue.ts';
import { demoShop } from '../helpers/demo-shop.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 2, scale: 0.2, worker: false }), { house, storeId } = w;

beforeAll(() => demoShop(w), 120_000);

const open = async (kind: string): Promise<number> => (await house.db.query(`select from exception where store_id = $1 and kind = $2 and state in ('open', 'grace')`, [storeId, kind])).rowCount ?? 0;

describe('on the sandbox', () => {
  it.each(DEMO_FAULTS.map((fault) => [fault.kind, fault] as const))('%s is raised by its cause, told of, and closes when that is undone', async (kind, fault) => {
    const demo = await demoWorld(house, storeId, kind), before = await open(kind);
    await fault.raise(demo);
    expect(await open(kind)).toBeGreaterThan(before);
    // One of a thing is said as one, and what somebody else said brings no second full stop.
    const { rows: sentences } = await house.db.query<{ sentence: string }>(`select sentence from exception where store_id = $1 and kind = $2 and state in ('open', 'grace')`, [storeId, kind]);
    for (const { sentence } of sentences) expect(sentence).not.toMatch(/\.\s*\.|(?<![\d.,])1 (?:units|times|orders|messages|levels|days|hours|minutes|lines|variants|parcels|points)\b/);
    const { rows: [told] } = await house.db.query<{ what: string }>(`select v.what from exception_event v join exception e using (store_id, exception_id) where v.store_id = $1 and e.kind = $2 and e.fingerprint <> e.kind || ':storm' order by v.event_id desc limit 1`, [storeId, kind]);
    expect(['opened', 'came back', 'gathered']).toContain(told!.what);
    await fault.clear(demo);
    expect(await open(kind)).toBe(before);
  }, 60_000);
});

it('every kind is demonstrated, or says why it is not and which test raises and clears it', () => {
  const shown = new Set<string>(DEMO_FAULTS.map((fault) => fault.kind));
  for (const { kind } of EXCEPTION_KINDS) {
    const instead = NOT_DEMONSTRATED[kind as keyof typeof NOT_DEMONSTRATED];
    expect([kind, shown.has(kind) !== (instead !== undefined)]).toEqual([kind, true]);
    if (instead) expect([kind, readFileSync(new URL(`../../${instead.test}`, import.meta.url), 'utf8').includes(kind)]).toEqual([kind, true]);
  }
});
