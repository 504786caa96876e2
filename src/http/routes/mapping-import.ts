/** A file of matches in: read first, every line with what it does or why not, and what stock would come of it; saved by the same decision. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { codeKey, decideLines, idOf, type FileLine, type KeptCode, type LineChange, type LineFault } from '../../domain/mapping/match-file.ts';
import { unitsLeaving } from '../../domain/mapping/units-leaving.ts';
import { applyMatches, describeCodes, ignoreCode, itemsNamed, keptCodes } from '../../store/code-matches.ts';
import { stockEffect } from '../../store/code-suggestions.ts';
import type { Queryable } from '../../store/db.ts';
import { repairLimit } from '../../store/drift-repair.ts';
import { askMatches } from '../../store/match-requests.ts';
import { audit } from '../../store/users.ts';
import type { Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { MatchImportResult } from '../contract-mapping.ts';
import { csvRows, type CsvRow } from '../csv-in.ts';
import { storeOf } from '../store-scope.ts';

const MOST_LINES = 50_000, EFFECTS_SHOWN = 500;

export function mappingImportRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number(), dryRun: z.enum(['true', 'false']).default('true') });

  // JSON writes a line break as two characters: room for more than the text.
  api.post('/api/v1/mapping/import', { bodyLimit: 24_000_000, schema: {
    tags: ['mapping'], summary: 'Matches from CSV (Warehouse, Code, Item SKU or Item id, Ignored because; Title and Barcode as the warehouse has them; Version as exported); a dry run first', querystring, body: z.object({ csv: z.string().max(20_000_000) }).strict(), response: { 200: MatchImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true', by = request.user?.email ?? 'operator', at = house.clock.now().toISOString();
    const rows = csvRows(request.body.csv, MOST_LINES), { lines, faults } = await placed(house.db, store.store_id, rows), limit = await repairLimit(house.db, store.store_id);
    const answer = (decided: Decided, waits: Of<typeof MatchImportResult>['waits']): Of<typeof MatchImportResult> => {
      const errors = [...faults, ...decided.faults].sort((a, b) => a.line - b.line), { effects } = decided;
      return {
        dryRun, lines: rows.length, applied: decided.changes.length, unchanged: rows.length - errors.length - decided.changes.length, errors, ...(waits ? { waits } : {}),
        preview: {
          effects: effects.slice(0, EFFECTS_SHOWN).map((row) => ({ itemId: row.item_id, sku: row.sku, title: row.title, warehouse: row.warehouse, now: row.now, after: row.after, codes: row.codes, shown: row.shown })),
          intoItems: effects.reduce((sum, e) => sum + Math.max(0, e.after - e.now), 0), outOfItems: unitsLeaving(effects), limit, secondPerson: unitsLeaving(effects) > limit,
        },
      };
    };
    if (dryRun) return answer(await decide(house.db, store.store_id, lines, false), null);
    const result = await house.db.transaction(async (tx) => {
      const decided = await decide(tx, store.store_id, lines, true), { matches, changes } = decided, units = unitsLeaving(decided.effects);
      const waits = units > limit ? { requestId: await askMatches(tx, store.store_id, matches, units, by, at), units, limit } : null;
      if (!waits && matches.length > 0) await applyMatches(tx, matches, by, at);
      for (const { warehouseId, sku, ignore } of changes) if (ignore) await ignoreCode(tx, { warehouseId, sku, reason: ignore.reason, version: null }, by, at);
      const described = changes.flatMap(({ warehouseId, sku, described: words }) => (words ? [{ warehouseId, sku, ...words }] : []));
      if (described.length > 0) await describeCodes(tx, described);
      const ignored = changes.filter((change) => change.ignore).length;
      if (changes.length > 0) await audit(tx, { at, actor: by, action: waits ? 'matches asked for from a file' : matches.length > 0 ? 'codes matched from a file' : 'codes changed from a file', subject: `${changes.length} codes`, after: { matches: matches.length, ignored, described: described.length } });
      return { decided, waits, described: described.length, ignored };
    });
    const { matches } = result.decided;
    if (result.described + result.ignored > 0) await house.enqueue('mapping-suggest', store.store_id);
    if (matches.length > 0 || result.ignored > 0) {
      house.changed(store.store_id, matches.length > 0 ? ['push', 'stock', 'catalogue'] : ['catalogue']);
      await house.enqueue('warehouse-feed', store.store_id);
    }
    return answer(result.decided, result.waits);
  });
}

interface Decided { changes: LineChange[]; faults: LineFault[]; matches: { warehouseId: number; sku: string; itemId: number | null }[]; effects: Awaited<ReturnType<typeof stockEffect>> }

/** What the lines do, beside what is kept now. `hold`: the codes stay as they are until the transaction ends. */
async function decide(db: Queryable, storeId: number, lines: readonly FileLine[], hold: boolean): Promise<Decided> {
  const kept = new Map((await keptCodes(db, lines, hold)).map((row): [string, KeptCode] => [codeKey(row.warehouse_id, row.sku), { itemId: row.item_id, itemSku: row.item_sku, itemTitle: row.item_title, ignoredReason: row.ignored_reason, version: row.version, updatedBy: row.updated_by, title: row.title, barcode: row.barcode }]));
  const skus = lines.flatMap(({ cells }) => cells['Item SKU'] || []), ids = lines.flatMap(({ cells }) => idOf(cells['Item id'] ?? '') ?? []), bySku = new Map<string, number[]>(), known = new Set<number>();
  for (const { item_id, sku } of await itemsNamed(db, storeId, skus, ids)) {
    known.add(item_id);
    if (sku) bySku.set(sku, [...(bySku.get(sku) ?? []), item_id]);
  }
  const { changes, faults } = decideLines(lines, kept, { bySku, ids: known }), matches = changes.flatMap(({ warehouseId, sku, match }) => (match ? [{ warehouseId, sku, itemId: match.itemId }] : []));
  // Every one of them counts for what one person may decide; the largest are shown.
  return { changes, faults, matches, effects: matches.length === 0 ? [] : await stockEffect(db, storeId, matches) };
}

/** Lines whose warehouse and code are there. */
async function placed(db: Queryable, storeId: number, rows: readonly CsvRow[]): Promise<{ lines: FileLine[]; faults: LineFault[] }> {
  const warehouses = (await db.query<{ warehouse_id: number; name: string }>('select warehouse_id, name from warehouse where warehouse_id in (select warehouse_id from location where store_id = $1)', [storeId])).rows;
  const lines: FileLine[] = [], faults: LineFault[] = [];
  for (const { record: cells, line } of rows) {
    const name = cells['Warehouse'], named = warehouses.filter((each) => (name ? each.name.trim() === name : warehouses.length === 1)), sku = cells['Code'];
    if (named.length !== 1) faults.push({ line, field: 'Warehouse', message: warehouses.length === 0 ? 'no warehouse serves this store' : !name ? 'is empty, and there are several' : named.length === 0 ? `no warehouse called ${name} serves this store` : `${named.length} warehouses are called ${name}: rename one` });
    else if (!sku) faults.push({ line, field: 'Code', message: 'is empty' });
    else if (sku.length > 200) faults.push({ line, field: 'Code', message: 'is longer than 200 characters' });
    else lines.push({ line, warehouseId: named[0]!.warehouse_id, warehouse: named[0]!.name, sku, cells });
  }
  return { lines, faults };
}
