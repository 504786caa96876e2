/** Imports of purchasing: from our own exports, Stocky and Inventory Planner. A dry run does everything and takes it back. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import type { ImportError } from '../../domain/purchasing/import-columns.ts';
import { readMinMax, readOrders, readSuppliers, readTerms, type Read } from '../../domain/purchasing/import-rows.ts';
import { outcomesOf, resultFile } from '../../domain/purchasing/import-result.ts';
import { idempotencyKey } from '../../runtime/key.ts';
import { importResult, keepImportResult } from '../../store/import-results.ts';
import { bringMinMax, bringOrders, bringSuppliers, bringTerms, faultsBeside, type Brought } from '../../store/purchase-import.ts';
import type { Doing } from '../../store/purchase-orders.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PurchasingImportBody, PurchasingImportResult } from '../contract-purchasing.ts';
import { csvTable } from '../csv-in.ts';
import { storeOf } from '../store-scope.ts';

const MOST_LINES = 50_000, MOST_ERRORS = 500;
class DryRun extends Error {}

export function purchasingImportRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  // JSON writes a line break as two characters: room for more than the text.
  api.post('/api/v1/purchasing/import', { bodyLimit: 24_000_000, schema: {
    tags: ['purchasing'], summary: 'Suppliers, their terms, purchase orders, minimum and maximum stock from CSV; a dry run first, and safe to repeat', querystring: z.object({ store: z.coerce.number() }), body: PurchasingImportBody, response: { 200: PurchasingImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { kind, source, csv, dryRun } = request.body, by = request.user?.email ?? 'operator', now = house.clock.now().toISOString();
    const { header, rows } = csvTable(csv, MOST_LINES), { rows: suppliers } = await house.db.query<{ name: string; currency: string }>('select lower(name) as name, currency from supplier where store_id = $1', [store.store_id]);
    const currencies = new Map(suppliers.map((s) => [s.name, s.currency])), currencyOf = (name: string): string | null => currencies.get(name.toLowerCase()) ?? null;
    const doing: Doing = { by, now, keyOf: (cause) => idempotencyKey(`stock-adjustments/${store.store_id}/${cause}`) };
    let read: Read<unknown>, brought: Brought | null = null, beside: ImportError[] = [];
    const bring: (tx: Parameters<typeof bringTerms>[0]) => Promise<Brought> = (() => {
      switch (kind) {
        case 'suppliers': { const said = readSuppliers(rows, (name) => currencyOf(name) ?? store.currency); read = said; return (tx: Parameters<typeof bringTerms>[0]) => bringSuppliers(tx, store.store_id, said.rows, store.currency, doing); }
        case 'supplier-items': { const said = readTerms(rows, currencyOf, store.currency); read = said; return (tx: Parameters<typeof bringTerms>[0]) => bringTerms(tx, store.store_id, said.rows, doing); }
        case 'min-max': { const said = readMinMax(rows); read = said; return (tx: Parameters<typeof bringTerms>[0]) => bringMinMax(tx, store.store_id, said.rows, doing); }
        case 'purchase-orders': { const said = readOrders(rows); read = said; return (tx: Parameters<typeof bringTerms>[0]) => bringOrders(tx, store.store_id, said.rows, source, { currency: store.currency, today: dayOf(now, store.time_zone) }, doing); }
      }
    })();
    await house.db.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`purchasing-import:${store.store_id}`]); // the same file twice at once: the second finds what the first made
      beside = await faultsBeside(tx, store.store_id, read.named);
      brought = await bring(tx);
      if (dryRun) throw new DryRun();
    }).catch((error: unknown) => { if (!(error instanceof DryRun)) throw error; });
    const { applied, unchanged, errors: found, notes, rows: heard } = brought!, errors = [...read!.errors, ...beside, ...found].sort((a, b) => a.line - b.line);
    if (!dryRun && applied > 0) {
      await audit(house.db, { at: now, actor: by, action: `${kind} imported`, subject: store.shop_domain, after: { source, lines: rows.length, applied, errors: errors.length } });
      house.changed(store.store_id, ['replenishment', 'stock']);
      await house.enqueue('replenishment', store.store_id);
      if (kind === 'purchase-orders') await house.enqueue('purchase-orders', store.store_id);
    }
    const outcomes = outcomesOf(rows.map((row) => row.line), heard, new Set(read!.skipped), errors, read!.columns), rejected = [...outcomes.values()].filter((one) => one.status === 'rejected').length;
    const importId = await keepImportResult(house.db, store.store_id, { kind, source, dryRun, header, rows, outcomes }, by, now);
    return { importId, rejected, dryRun, kind, lines: rows.length, applied, unchanged, skipped: read!.skipped.length, columns: read!.columns, ignoredColumns: read!.ignored.slice(0, 100), errors: errors.slice(0, MOST_ERRORS), moreErrors: Math.max(0, errors.length - MOST_ERRORS), notes: notes.slice(0, 100) };
  });

  api.get('/api/v1/purchasing/imports/:importId/result.csv', { schema: {
    tags: ['purchasing'], summary: 'The file of an import or dry run with what became of each row: all rows, or those rejected, to be corrected and sent again alone', querystring: z.object({ store: z.coerce.number(), rows: z.enum(['all', 'rejected']).default('all') }), params: z.object({ importId: z.coerce.number().int().min(1).max(2 ** 31 - 1) }),
  } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), kept = await importResult(house.db, store.store_id, request.params.importId), { rows } = request.query;
    if (!kept) throw new Refusal(404, `There is no import ${request.params.importId}: the results of the latest twenty are kept. Send the file again.`);
    return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${kept.kind}-${rows === 'rejected' ? 'rejected' : kept.dryRun ? 'dry-run' : 'result'}-${request.params.importId}.csv"`).send(resultFile(kept.header, kept.rows, kept.outcomes, kept.dryRun, rows));
  });
}
