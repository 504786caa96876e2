/** Reports of a period: opening, movements by cause and closing of each location; signed once, then frozen, with what was heard since beside it. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { heardSince, periodFigures, type PeriodFigures } from '../../domain/audit/period.ts';
import { dayOf } from '../../domain/calendar.ts';
import { canonical } from '../../domain/orders/order-state.ts';
import { findSigned, periodRows, signedPeriods, signPeriod, type SignedPeriod } from '../../store/signed-periods.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { PeriodList, PeriodQuery, PeriodView, SignBody } from '../contract-audit.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

export function periodRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString();
  const view = async (store: StoreRow, from: string, to: string): Promise<Of<typeof PeriodView>> => {
    const figures = periodFigures(await periodRows(house.db, store.store_id, from, to)), signed = await findSigned(house.db, store.store_id, from, to);
    return { from, to, ended: to < dayOf(now(), store.time_zone), figures: signed?.figures ?? figures, signed: signed && signature(signed), heardSince: signed ? heardSince(signed.figures, figures) : [] };
  };

  api.get('/api/v1/periods', { schema: { tags: ['audit'], summary: 'Signed periods, the latest first', querystring, response: { 200: PeriodList } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { periods: (await signedPeriods(house.db, store.store_id)).map((row) => ({ ...signature(row), from: row.from_day, to: row.to_day, opening: row.figures.opening, closing: row.figures.closing })) };
  });

  api.get('/api/v1/periods/report', { schema: { tags: ['audit'], summary: 'Opening + movements by cause = closing, per location', querystring: PeriodQuery, response: { 200: PeriodView } } }, async (request) =>
    view(await storeOf(house.db, request.query.store), request.query.from, request.query.to));

  api.get('/api/v1/periods/report.csv', { schema: { tags: ['audit'], summary: 'The same as CSV', querystring: PeriodQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { from, to } = request.query, { figures, signed } = await view(store, from, to);
    const lines = figures.locations.flatMap((place) => [['opening', place.opening] as const, ...place.movements.map((m) => [m.kind, m.units] as const), ['closing', place.closing] as const].map(([what, units]) => [place.name, what, units, from, to, signed?.by ?? null, signed?.at ?? null, signed?.digest ?? null]));
    return csv(reply, `period-${store.shop_domain}-${from}-${to}`, ['Location', 'What', 'Units', 'From', 'To', 'Signed by', 'Signed at', 'Digest'], lines);
  });

  api.post('/api/v1/periods', { schema: { tags: ['audit'], summary: 'Sign a period that has ended: its figures are frozen', querystring, body: SignBody, response: { 200: PeriodView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { from, to, closing, note } = request.body, at = now(), by = request.user?.email ?? 'operator';
    if (from > to) throw new Refusal(400, 'to: lies before from');
    if (to >= dayOf(at, store.time_zone)) throw new Refusal(409, `The period has not ended: ${to} is still going on in ${store.time_zone}.`);
    const figures = periodFigures(await periodRows(house.db, store.store_id, from, to));
    if (figures.closing !== closing) throw new Refusal(409, `The closing is ${figures.closing} units by now, and ${closing} were on your screen. Look at the figures again before you sign.`);
    if (!(await signPeriod(house.db, store.store_id, { fromDay: from, toDay: to, figures, digest: digestOf(from, to, figures), at, by, role: request.user?.role ?? 'operator', note: note || null }))) {
      const theirs = await findSigned(house.db, store.store_id, from, to);
      throw new Refusal(409, `${theirs!.signed_by} signed this period on ${theirs!.signed_at.slice(0, 10)}; a signed period stays as it is.`);
    }
    await audit(house.db, { at, actor: by, action: 'period signed', subject: `${from} to ${to}`, after: { opening: figures.opening, closing: figures.closing, note: note ?? null } });
    house.changed(store.store_id, ['audit']);
    return view(store, from, to);
  });
}

const signature = (row: SignedPeriod) => ({ at: row.signed_at, by: row.signed_by, role: row.signed_role, note: row.note, digest: row.digest });

/** Of the days and figures alone, as JSON with its keys in order: whoever has the answer of this API can work it out again. */
export function digestOf(from: string, to: string, figures: PeriodFigures): string {
  return createHash('sha256').update(canonical({ from, to, figures })).digest('hex');
}
