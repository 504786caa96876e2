/** A period as it is shown, printed, saved and shared: the same figures, signature and acts everywhere. */
import { heardSince, periodFigures, unsignable } from '../domain/audit/period.ts';
import type { PeriodReport } from '../domain/audit/period-report.ts';
import { dayOf } from '../domain/calendar.ts';
import { VERSION } from '../runtime/version.ts';
import { periodActs } from '../store/period-acts.ts';
import { findSigned, periodRows, type SignedPeriod } from '../store/signed-periods.ts';
import type { StoreRow } from '../store/stores.ts';
import type { Services } from './app.ts';
import type { PeriodView } from './contract-audit.ts';
import type { Of } from './contract.ts';

export const signature = (row: SignedPeriod) => ({ at: row.signed_at, by: row.signed_by, role: row.signed_role, note: row.note, digest: row.digest, chain: row.chain });

/** The day of the shop's calendar on which its levels were first counted. */
export const began = (store: StoreRow): string | null => (store.imported_at === null ? null : dayOf(store.imported_at, store.time_zone));

/** Signed figures as they were signed, with what was heard since; else as the ledger has them. */
export async function periodView({ db, clock }: Services['house'], store: StoreRow, from: string, to: string): Promise<Of<typeof PeriodView>> {
  const figures = periodFigures(await periodRows(db, store.store_id, from, to)), signed = await findSigned(db, store.store_id, from, to);
  return { from, to, ledgerBegan: began(store), unsignable: unsignable(from, to, dayOf(clock.now().toISOString(), store.time_zone), began(store)), figures: signed?.figures ?? figures, signed: signed && signature(signed), heardSince: signed ? heardSince(signed.figures, figures) : [] };
}

export async function periodReport(house: Services['house'], apiVersion: string, store: StoreRow, from: string, to: string): Promise<PeriodReport> {
  const { figures, signed, heardSince: heard } = await periodView(house, store, from, to);
  return {
    shop: { name: store.name || store.shop_domain, domain: store.shop_domain, timeZone: store.time_zone }, from, to, madeAt: house.clock.now().toISOString(), figures, signed, heardSince: heard,
    acts: await periodActs(house.db, store.store_id, from, to, { instep: VERSION, api: apiVersion }),
  };
}
