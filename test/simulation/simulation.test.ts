/**
 * Thirty seeds that are always the same and twenty that are new every day: the house as it is, on a real PostgreSQL, in a world that loses, doubles, delays and
 * kills. A failing seed prints the line that plays it again (`npm run simulate -- --seed N`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../helpers/database.ts';
import { MUTATIONS, sourceOf } from './mutations.ts';
import { factory } from './run.ts';
import { MODES, play, type Outcome } from './seed.ts';

const FIXED = 30, FRESH = 20;
/** A hundred thousand seeds to draw from; the day names the twenty. */
const today = Math.floor(Date.now() / 86_400_000), firstFresh = 1_000 + (today * FRESH) % 100_000;
const dir = mkdtempSync(path.join(tmpdir(), 'instep-simulation-'));
const { url } = await freshDatabase();
const world = await factory(url, dir);
afterAll(async () => { await world.close(); rmSync(dir, { recursive: true, force: true }); });

const played: Outcome[] = [];
async function all(first: number, count: number): Promise<void> {
  const failing: string[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await play(world, seed);
    played.push(outcome);
    if (outcome.violations.length > 0) failing.push(`npm run simulate -- --seed ${seed}\n  ${outcome.violations.slice(0, 4).join('\n  ')}`);
  }
  expect(failing).toEqual([]);
}

describe('simulation', () => {
  it(`keeps every invariant over ${FIXED} fixed seeds`, () => all(1, FIXED), 240_000);
  it(`and over ${FRESH} fresh ones, from ${firstFresh}`, () => all(firstFresh, FRESH), 180_000);
  it('has been where it claims to have been', () => {
    expect(new Set(played.map((o) => o.mode))).toEqual(new Set(MODES));
    expect(played.reduce((sum, o) => sum + o.deaths, 0)).toBeGreaterThan(5);
    expect([...new Set(played.flatMap((o) => o.reached))].sort()).toEqual(expect.arrayContaining(['change by difference', 'edit by staff', 'inspection', 'refund with restock', 'shipment', 'webhooks lost or doubled']));
  });
  it.each(MUTATIONS.map((m) => [m.name, m] as const))('mutation %s still finds its line', (_name, mutation) => { expect(sourceOf(mutation).split(mutation.find)).toHaveLength(2); });
});
