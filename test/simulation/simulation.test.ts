/**
 * Twenty-five seeds that are always the same and ten that are new every day: the house as it is, on a real PostgreSQL, in a world that loses, doubles, delays and
 * kills. A failing seed prints the line that plays it again (`npm run simulate -- --seed N`).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../helpers/database.ts';
import { MUTATIONS, sourceOf } from './mutations.ts';
import { factory } from './run.ts';
import { MODES, play, type Outcome } from './seed.ts';

const FIXED = 25, FRESH = 10;
/** A hundred thousand seeds to draw from; the day names the ten. */
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
  it(`keeps every invariant over ${FIXED} fixed seeds`, () => all(1, FIXED), 900_000);
  it(`and over ${FRESH} fresh ones, from ${firstFresh}`, () => all(firstFresh, FRESH), 900_000);
  it('has been where it claims to have been', () => {
    expect(new Set(played.map((o) => o.mode))).toEqual(new Set(MODES));
    expect(played.reduce((sum, o) => sum + o.deaths, 0)).toBeGreaterThan(5);
    expect([...new Set(played.flatMap((o) => o.reached))].sort()).toEqual(expect.arrayContaining(['change by difference', 'edit by staff', 'held back', 'inspection', 'refund with restock', 'shipment', 'webhooks lost or doubled']));
  });
  it('asks an auditor that shares no arithmetic with what it audits: nothing it loads is of src/domain', () => {
    const loaded = new Set([new URL('./auditor.ts', import.meta.url).href]);
    for (const file of loaded) for (const [, path_] of readFileSync(new URL(file), 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+)';/gm)) loaded.add(new URL(path_!, file).href);
    expect([...loaded].map((file) => file.split('/').slice(-2).join('/'))).toContain('simulation/town.ts');
    expect([...loaded].filter((file) => file.includes('/src/domain/'))).toEqual([]);
  });
  it('I18: units are whole from end to end: no column they pass through could hold a part of one', async () => {
    const columns = await world.house.db.query<{ column: string }>(
      `select table_name || '.' || column_name as column from information_schema.columns where table_schema = 'public' and data_type in ('real', 'double precision', 'numeric') and table_name = any($1)`,
      [['movement', 'ledger_level', 'opening', 'observed_level', 'order_demand', 'push_level', 'push_attempt_row', 'warehouse_stock', 'warehouse_change', 'shipment_line', 'return_line', 'return_inspection', 'return_exchange', 'stock_adjustment', 'bundle_part']]);
    expect(columns.rows).toEqual([]);
  });
  it.each(MUTATIONS.map((m) => [m.name, m] as const))('mutation %s still finds its line', (_name, mutation) => { expect(sourceOf(mutation).split(mutation.find)).toHaveLength(2); });
});
