/** A real order history through the whole journey: the first weeks of a UK gift retailer's invoices, some of them with hundreds of lines. */
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { salesHistory } from '../../src/flows/sales-history.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { world } from '../helpers/world.ts';

const SOURCE = path.join(process.env['INSTEP_SHARED'] ?? '../shared', 'data/online-retail/invoices-2010-12-to-2011-05.csv.gz');
const ROWS = 12_000;

describe.skipIf(!existsSync(SOURCE))('a real history', () => {
  it('arrives whole and ends with nothing unexplained', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'instep-history-'));
    afterAll(() => rmSync(dir, { recursive: true, force: true }));
    const file = path.join(dir, 'first-weeks.csv');
    const out = createWriteStream(file);
    let rows = 0;
    for await (const line of createInterface({ input: createReadStream(SOURCE).pipe(createGunzip()) })) { out.write(`${line}\n`); if (++rows > ROWS) break; }
    await new Promise((resolve) => { out.end(resolve); });

    const w = await world({ history: file });
    await w.import();
    const { orders } = w.sandbox.shop.tables;
    expect(Math.max(...[...orders.values()].map((o) => o.lines.length))).toBeGreaterThan(100);
    const { rows: [known] } = await w.house.db.query<{ n: number; unplaced: number; lines: number }>(
      `select count(*)::int as n, count(*) filter (where needs_place)::int as unplaced, sum((select count(*) from jsonb_object_keys(state -> 'lines')))::int as lines from sales_order where store_id = $1`, [w.storeId]);
    expect(known).toEqual({ n: orders.size, unplaced: 0, lines: [...orders.values()].reduce((sum, o) => sum + o.lines.length, 0) });
    const { detail } = await w.run(driftCheck);
    expect(detail['unexplainedUnits']).toBe(0);
    const page = await w.api<{ totals: { driftUnits: number; rows: number } }>(`/api/v1/stock?store=${w.storeId}`);
    expect(page.totals.driftUnits).toBe(0);
    expect(page.totals.rows).toBeGreaterThan(1_000);
    expect(await ledgerFaults(w.house.db, w.storeId)).toEqual([]);
    // Read them all again by pages, as an incremental run would: nothing may change.
    const before = await w.house.db.query(`select count(*) from movement where store_id = $1`, [w.storeId]);
    await w.house.db.query(`update cursor set value = '2000-01-01T00:00:00.000Z' where store_id = $1 and name = 'sales-history'`, [w.storeId]);
    const again = await w.run(salesHistory);
    expect(again.tally.input).toBe(orders.size);
    const after = await w.house.db.query(`select count(*) from movement where store_id = $1`, [w.storeId]);
    expect(after.rows).toEqual(before.rows);
    expect((await w.run(driftCheck)).detail['unexplainedUnits']).toBe(0);
  }, 180_000);
});
