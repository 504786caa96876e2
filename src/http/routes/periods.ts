/** Reports of a period: opening, movements by cause and closing of each location; signed once, then frozen, with what was heard since beside it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { heardSince, periodFigures, unsignable } from '../../domain/audit/period.ts';
import { dayOf } from '../../domain/calendar.ts';
import { findSigned, periodItems, periodRows, signedPeriods, signPeriod, verifySigned, type SignedPeriod } from '../../store/signed-periods.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { PeriodItems, PeriodItemsQuery, PeriodList, PeriodQuery, PeriodView, SignBody } from '../contract-audit.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

export function periodRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString();
  const view = async (store: StoreRow, from: string, to: string): Promise<Of<typeof PeriodView>> => {
    const figures = periodFigures(await periodRows(house.db, store.store_id, from, to)), signed = await findSigned(house.db, store.store_id, from, to);
    return { from, to, unsignable: unsignable(from, to, dayOf(now(), store.time_zone), began(store)), figures: signed?.figures ?? figures, signed: signed && signature(signed), heardSince: signed ? heardSince(signed.figures, figures) : [] };
  };

  api.get('/api/v1/periods', { schema: { tags: ['audit'], summary: 'Signed periods, the latest first, and whether their chain holds', querystring, response: { 200: PeriodList } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { links, broken } = await verifySigned(house.db, store.store_id);
    return { chain: { links, broken: broken.map(({ subject, fault }) => ({ subject, fault })) }, periods: (await signedPeriods(house.db, store.store_id)).map((row) => ({ ...signature(row), from: row.from_day, to: row.to_day, opening: row.figures.opening, closing: row.figures.closing })) };
  });

  api.get('/api/v1/periods/report', { schema: { tags: ['audit'], summary: 'Opening + movements by cause = closing, per location', querystring: PeriodQuery, response: { 200: PeriodView } } }, async (request) =>
    view(await storeOf(house.db, request.query.store), request.query.from, request.query.to));

  api.get('/api/v1/periods/items', { schema: { tags: ['audit'], summary: 'The items behind one figure: what a kind of movement brought to a location', querystring: PeriodItemsQuery, response: { 200: PeriodItems } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { from, to, location, kind } = request.query, rows = await periodItems(house.db, store.store_id, from, to, location, kind, 200);
    return { items: rows[0]?.items ?? 0, rows: rows.map((row) => ({ itemId: row.item_id, sku: row.sku, title: row.title, units: row.units, movements: row.movements })) };
  });

  api.get('/api/v1/periods/report.csv', { schema: { tags: ['audit'], summary: 'The same as CSV', querystring: PeriodQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { from, to } = request.query, { figures, signed } = await view(store, from, to);
    const lines = figures.locations.flatMap((place) => [['opening', place.opening] as const, ...(place.counted ? [[countTaken(place.counted), place.counted.units] as const] : []), ...place.movements.map((m) => [m.kind, m.units] as const), ['closing', place.closing] as const].map(([what, units]) => [place.name, what, units, from, to, signed?.by ?? null, signed?.at ?? null, signed?.digest ?? null]));
    return csv(reply, `period-${store.shop_domain}-${from}-${to}`, ['Location', 'What', 'Units', 'From', 'To', 'Signed by', 'Signed at', 'Digest'], lines);
  });

  api.post('/api/v1/periods', { schema: { tags: ['audit'], summary: 'Sign a period that has ended: its figures are frozen', querystring, body: SignBody, response: { 200: PeriodView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { from, to, closing, note } = request.body, at = now(), by = request.user?.email ?? 'operator';
    if (from > to) throw new Refusal(400, 'to: lies before from');
    const cannot = unsignable(from, to, dayOf(at, store.time_zone), began(store));
    if (cannot !== null) throw new Refusal(409, cannot);
    const { broken } = await verifySigned(house.db, store.store_id);
    if (broken[0]) throw new Refusal(409, `The chain of signed periods is broken (${broken[0].subject}: ${broken[0].fault}). Nothing is signed after it until that is understood: see AUDIT_CHAIN_BROKEN.`);
    const figures = periodFigures(await periodRows(house.db, store.store_id, from, to));
    if (figures.closing !== closing) throw new Refusal(409, `The closing is ${figures.closing} units by now, and ${closing} were on your screen. Look at the figures again before you sign.`);
    await house.db.transaction(async (tx) => {
      const link = await signPeriod(tx, store.store_id, { fromDay: from, toDay: to, figures, at, by, role: request.user?.role ?? 'operator', note: note || null });
      if (link === null) {
        const theirs = await findSigned(house.db, store.store_id, from, to);
        throw new Refusal(409, `${theirs!.signed_by} signed this period on ${theirs!.signed_at.slice(0, 10)}; a signed period stays as it is.`);
      }
      await audit(tx, { at, actor: by, action: 'period signed', subject: `${from} to ${to}`, after: { store: store.store_id, opening: figures.opening, closing: figures.closing, note: note ?? null, ...link } });
    });
    house.changed(store.store_id, ['audit']);
    return view(store, from, to);
  });
}

const signature = (row: SignedPeriod) => ({ at: row.signed_at, by: row.signed_by, role: row.signed_role, note: row.note, digest: row.digest, chain: row.chain });
/** The day of the shop's calendar on which its levels were first counted. */
const began = (store: StoreRow): string | null => (store.imported_at === null ? null : dayOf(store.imported_at, store.time_zone));
const countTaken = ({ from, to }: { from: string; to: string }): string => (from === to ? `opening count taken on ${from}` : `opening counts taken from ${from} to ${to}`);
