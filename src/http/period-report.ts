/** A period as it is shown, printed, saved and shared: the same figures, signature and acts everywhere. */
import { periodText } from '../domain/audit/chain.ts';
import { broughtForward, broughtForwardAsSigned, heardSince, periodFigures, unsignable, type BroughtForward, type PeriodFigures } from '../domain/audit/period.ts';
import type { PeriodReport } from '../domain/audit/period-report.ts';
import { dayOf } from '../domain/calendar.ts';
import { VERSION } from '../runtime/version.ts';
import { periodActs } from '../store/period-acts.ts';
import type { Queryable } from '../store/db.ts';
import { findOverlapping, findSigned, findSignedBefore, periodRows, sha256, type SignedPeriod } from '../store/signed-periods.ts';
import type { StoreRow } from '../store/stores.ts';
import type { Services } from './app.ts';
import type { PeriodView } from './contract-audit.ts';
import type { Of } from './contract.ts';

export const signature = (row: SignedPeriod) => ({ at: row.signed_at, by: row.signed_by, role: row.signed_role, note: row.note, digest: row.digest, chain: row.chain });

/** The day of the shop's calendar on which its levels were first counted. */
export const began = (store: StoreRow): string | null => (store.imported_at === null ? null : dayOf(store.imported_at, store.time_zone));

/** Signed figures as they were signed, with what was heard since; else as the ledger has them. */
export async function periodView({ db, clock }: Services['house'], store: StoreRow, from: string, to: string): Promise<Of<typeof PeriodView>> {
  const now = await figuresNow(db, store, from, to), signed = await findSigned(db, store.store_id, from, to), figures = signed?.figures ?? now, overlaps = await findOverlapping(db, store.store_id, from, to);
  return {
    from, to, ledgerBegan: began(store), unsignable: unsignable(from, to, dayOf(clock.now().toISOString(), store.time_zone), began(store)) ?? (overlaps && overlapWords(overlaps)), figures, seen: seenHash(from, to, figures),
    signed: signed && signature(signed), heardSince: signed ? heardSince(signed.figures, now) : [], broughtForward: figures.broughtForward ?? (signed ? await forwardOfSigned(db, store, signed) : null),
  };
}

/** What is signed by: every row of the figures, so that a change that nets out between places or causes is not signed unseen. */
export const seenHash = (from: string, to: string, figures: PeriodFigures): string => sha256(periodText(from, to, figures));
export const overlapWords = (theirs: SignedPeriod): string => `${theirs.signed_by} signed ${theirs.from_day} to ${theirs.to_day}, which holds some of these days. Signed periods do not overlap: choose days before or after it.`;

/** As the ledger has them, with how they open from the signed period before. */
export async function figuresNow(db: Queryable, store: StoreRow, from: string, to: string): Promise<PeriodFigures> {
  const before = await findSignedBefore(db, store.store_id, from);
  if (!before || !readable(before)) return periodFigures((await periodRows(db, store.store_id, [{ from, to }]))[0]!);
  const [rows, rowsBefore] = await periodRows(db, store.store_id, [{ from, to }, { from: before.from_day, to: before.to_day }]), figures = periodFigures(rows!);
  return { ...figures, broughtForward: broughtForward({ from: before.from_day, to: before.to_day, signed: before.figures, now: periodFigures(rowsBefore!) }, from, figures) };
}

async function forwardOfSigned(db: Queryable, store: StoreRow, signed: SignedPeriod): Promise<BroughtForward | null> {
  const before = await findSignedBefore(db, store.store_id, signed.from_day, signed.period_id);
  return before && readable(before) && readable(signed) ? broughtForwardAsSigned({ from: before.from_day, to: before.to_day, signed: before.figures }, signed.from_day, signed.figures) : null;
}

/** A link somebody wrote into the database by hand may hold anything. That it is broken is told elsewhere; the page opens all the same. */
const readable = (row: SignedPeriod): boolean => Array.isArray((row.figures as Partial<PeriodFigures>).locations);

export async function periodReport(house: Services['house'], apiVersion: string, store: StoreRow, from: string, to: string): Promise<PeriodReport> {
  const { figures, signed, heardSince: heard, broughtForward: forward } = await periodView(house, store, from, to);
  return {
    shop: { name: store.name || store.shop_domain, domain: store.shop_domain, timeZone: store.time_zone }, from, to, madeAt: house.clock.now().toISOString(), figures, signed, heardSince: heard, broughtForward: forward,
    acts: await periodActs(house.db, store.store_id, from, to, { instep: VERSION, api: apiVersion }),
  };
}
