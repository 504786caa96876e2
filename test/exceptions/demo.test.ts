/** Each kind of exception is raised for real on a sandbox world and cleared again, by the table behind `instep demo raise`. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_FAULTS, NOT_DEMONSTRATED } from '../../src/cli/demo-faults.ts';
import { demoWorld } from '../../src/cli/demo-world.ts';
import { EXCEPTION_KINDS } from '../../src/domain/exceptions/catalogue.ts';
import { startWarehouse } from '../../src/sandbox/warehouse/server.ts';
import { secretText } from '../../src/connectors/webhooks/standard.ts';
import { connectPlanner, plannerAccount } from '../helpers/planner-account.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 2, scale: 0.2, worker: false }), { house, storeId } = w;

beforeAll(async () => {
  await w.import();
  const { tables } = w.sandbox.shop, place = [...tables.locations.keys()][1]!, secret = secretText(randomBytes(32)), shelves: Record<string, number> = {};
  for (const variant of tables.variants.values()) {
    const level = tables.levels.get(`${variant.inventoryItemId}:${place}`);
    if (level && variant.sku && variant.components.length === 0) shelves[variant.sku] = Math.max(0, level.quantities.available + level.quantities.committed);
  }
  const building = await startWarehouse({ port: 0, secret, hookUrl: null, shelves });
  const { rows: [row] } = await house.db.query<{ warehouse_id: number }>(`insert into warehouse (name, connector, settings, hook_token, created_at) values ('Leeds', 'warehouse-rest', $1, 'demo-hook', $2) returning warehouse_id`, [JSON.stringify({ url: building.url }), new Date().toISOString()]);
  await house.db.query('update warehouse set secret = $2 where warehouse_id = $1', [row!.warehouse_id, house.vault.seal(`warehouse:${row!.warehouse_id}:secret`, secret)]);
  building.building.tellStock();
  await w.serve(place);
  const variants = [...tables.variants.values()].slice(0, 3);
  const side = await plannerAccount({ variants: 3, places: [...tables.locations.keys()], level: (n, at) => ({ inStock: tables.levels.get(`${variants[n]!.inventoryItemId}:${[...tables.locations.keys()][at]!}`)?.quantities.available ?? 0, sold: [] }), ids: (n) => variants[n]!.id, skus: (n) => variants[n]!.sku ?? '' });
  await connectPlanner(house, storeId, side.url, { pushes_stock: false });
  return () => building.stop();
}, 120_000);

const open = async (kind: string): Promise<number> => (await house.db.query(`select from exception where store_id = $1 and kind = $2 and state in ('open', 'grace')`, [storeId, kind])).rowCount ?? 0;

describe('on the sandbox', () => {
  it.each(DEMO_FAULTS.map((fault) => [fault.kind, fault] as const))('%s is raised by its cause, told of, and closes when that is undone', async (kind, fault) => {
    const demo = await demoWorld(house, storeId, kind), before = await open(kind);
    await fault.raise(demo);
    expect(await open(kind)).toBeGreaterThan(before);
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
