/** Reports of a period: opening, movements by cause and closing of each location; signed once, then frozen, with what was heard since beside it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { periodText } from '../../domain/audit/chain.ts';
import { periodHtml, type PeriodReport } from '../../domain/audit/period-report.ts';
import { broughtForwardRows, unsignable } from '../../domain/audit/period.ts';
import { dayOf } from '../../domain/calendar.ts';
import { printPdf } from '../../runtime/print-pdf.ts';
import { VERSION } from '../../runtime/version.ts';
import { periodActs } from '../../store/period-acts.ts';
import { findOverlapping, findSigned, holdSigning, periodItems, sha256, signedPeriods, signPeriod, verifySigned } from '../../store/signed-periods.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { PeriodActs, PeriodItems, PeriodItemsQuery, PeriodList, PeriodQuery, PeriodView, SavedPeriod, SavedVerdict, SignBody } from '../contract-audit.ts';
import { csv } from '../csv.ts';
import { began, figuresNow, overlapWords, periodReport, periodView, seenHash, signature } from '../period-report.ts';
import { storeOf } from '../store-scope.ts';

export function periodRoutes(app: FastifyInstance, { house, apiVersion }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString();
  const view = (store: StoreRow, from: string, to: string): Promise<Of<typeof PeriodView>> => periodView(house, store, from, to);

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
    const store = await storeOf(house.db, request.query.store), { from, to } = request.query, { figures, signed, broughtForward } = await view(store, from, to);
    const forward = broughtForward ? broughtForwardRows(broughtForward, from) : [];
    const lines = figures.locations.flatMap((place) => [...forward.map((row) => [row.label, row.units.get(place.locationId) ?? 0] as const), ['opening', place.opening] as const, ...(place.counted ? [[countTaken(place.counted), place.counted.units] as const] : []), ...place.movements.map((m) => [m.kind, m.units] as const), ['closing', place.closing] as const].map(([what, units]) => [place.name, what, units, from, to, signed?.by ?? null, signed?.at ?? null, signed?.digest ?? null]));
    return csv(reply, `period-${store.shop_domain}-${from}-${to}`, ['Location', 'What', 'Units', 'From', 'To', 'Signed by', 'Signed at', 'Digest'], lines);
  });

  api.get('/api/v1/periods/acts', { schema: { tags: ['audit'], summary: 'What people and checks did in a period: daily checks, cases, changes by hand, access, the trail, back-ups', querystring: PeriodQuery, response: { 200: PeriodActs } } }, async (request) =>
    periodActs(house.db, (await storeOf(house.db, request.query.store)).store_id, request.query.from, request.query.to, { instep: VERSION, api: apiVersion }));

  const whole = async ({ store: id, from, to }: Of<typeof PeriodQuery>): Promise<{ name: string; report: PeriodReport }> => {
    const store = await storeOf(house.db, id);
    return { name: `period-${store.shop_domain}-${from}-${to}`.replaceAll(/[^A-Za-z0-9._-]/g, '-'), report: await periodReport(house, apiVersion, store, from, to) };
  };
  const file = { tags: ['audit'], querystring: PeriodQuery };
  api.get('/api/v1/periods/report.html', { schema: { ...file, summary: 'A period with all of that as one page, to print or send' } }, async (request, reply) => {
    const { name, report } = await whole(request.query);
    return reply.type('text/html; charset=utf-8').header('content-disposition', `attachment; filename="${name}.html"`).send(periodHtml(report));
  });
  api.get('/api/v1/periods/report.pdf', { schema: { ...file, summary: 'The same as PDF, printed by the browser from npm where it is installed (501 says what to add)' } }, async (request, reply) => {
    const { name, report } = await whole(request.query), printed = await printPdf(periodHtml(report));
    if ('why' in printed) throw new Refusal(printed.later ? 503 : 501, `No PDF was made: ${printed.why}.`);
    return reply.type('application/pdf').header('content-disposition', `attachment; filename="${name}.pdf"`).send(printed.pdf);
  });
  api.get('/api/v1/periods/report.json', { schema: { ...file, summary: 'The same as JSON; verify takes it back' } }, async (request, reply) => {
    const { name, report } = await whole(request.query);
    return reply.type('application/json; charset=utf-8').header('content-disposition', `attachment; filename="${name}.json"`).send(JSON.stringify(report));
  });

  api.post('/api/v1/periods/verify', { schema: { tags: ['audit'], summary: 'Is a saved period the one that was signed? Its figures beside its digest, and its signature beside the chain kept here', querystring, body: SavedPeriod, response: { 200: SavedVerdict } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { from, to, figures, signed } = request.body;
    if (signed === null) return { holds: false, said: 'It was saved before anybody signed the period: there is nothing to hold it against.' };
    const kept = await findSigned(house.db, store.store_id, from, to), digest = sha256(periodText(from, to, figures));
    if (digest !== signed.digest) return { holds: false, said: 'Its figures are not those its own digest is of: somebody changed the file.' };
    if (!kept) return { holds: false, said: `No period from ${from} to ${to} is signed here.` };
    if (kept.digest !== digest || kept.chain !== signed.chain || kept.signed_by !== signed.by || new Date(kept.signed_at).getTime() !== new Date(signed.at).getTime() || kept.note !== signed.note || kept.signed_role !== signed.role) return { holds: false, said: `It is not what ${kept.signed_by} signed: figures or signature differ from the ones kept here.` };
    const { broken } = await verifySigned(house.db, store.store_id);
    return broken.length > 0 ? { holds: false, said: `It is what is kept here, but the chain of signed periods is broken: ${broken[0]!.subject}: ${broken[0]!.fault}.` } : { holds: true, said: `It is what ${kept.signed_by} signed, and the chain of signed periods holds.` };
  });

  api.post('/api/v1/periods', { schema: { tags: ['audit'], summary: 'Sign a period that has ended: its figures are frozen', querystring, body: SignBody, response: { 200: PeriodView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { from, to, closing, seen, note } = request.body, at = now(), by = request.user?.email ?? 'operator';
    if (from > to) throw new Refusal(400, 'to: lies before from');
    const cannot = unsignable(from, to, dayOf(at, store.time_zone), began(store));
    if (cannot !== null) throw new Refusal(409, cannot);
    const { broken } = await verifySigned(house.db, store.store_id);
    if (broken[0]) throw new Refusal(409, `The chain of signed periods is broken (${broken[0].subject}: ${broken[0].fault}). Nothing is signed after it until that is understood: see AUDIT_CHAIN_BROKEN.`);
    await house.db.transaction(async (tx) => {
      await holdSigning(tx, store.store_id);
      const theirs = await findSigned(tx, store.store_id, from, to);
      if (theirs) throw new Refusal(409, `${theirs.signed_by} signed this period on ${theirs.signed_at.slice(0, 10)}; a signed period stays as it is.`);
      const overlaps = await findOverlapping(tx, store.store_id, from, to);
      if (overlaps) throw new Refusal(409, overlapWords(overlaps));
      const figures = await figuresNow(tx, store, from, to);
      if (figures.closing !== closing) throw new Refusal(409, `The closing is ${figures.closing} units by now, and ${closing} were on your screen. Look at the figures again before you sign.`);
      if (seenHash(from, to, figures) !== seen) throw new Refusal(409, `The closing is ${closing} units still, but what makes it is no longer what was on your screen: a location or a cause changed, or what was heard of the period before. Look at the figures again before you sign.`);
      const link = await signPeriod(tx, store.store_id, { fromDay: from, toDay: to, figures, at, by, role: request.user?.role ?? 'operator', note: note || null });
      await audit(tx, { at, actor: by, action: 'period signed', subject: `${from} to ${to}`, after: { store: store.store_id, opening: figures.opening, closing: figures.closing, note: note ?? null, ...link } });
    });
    house.changed(store.store_id, ['audit']);
    return view(store, from, to);
  });
}

const countTaken = ({ from, to }: { from: string; to: string }): string => (from === to ? `opening count taken on ${from}` : `opening counts taken from ${from} to ${to}`);
