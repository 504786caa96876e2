/**
 * Facts → report: every check with its gaps, and a score out of 100 that shows its arithmetic.
 *
 * Score = 100 × (1 − Σ weight × loss ÷ Σ weight) over the checks that could be made. Weight by severity 8, 4, 2, 1; loss = √(gaps ÷ things checked), so
 * that one bad SKU of ten thousand is seen (1 % of the check's weight) and a tenth of them costs a third. Rounded down: 100 means that nothing was found.
 */
import type { Role } from '../exceptions/catalogue.ts';
import type { Check, Gap } from './check.ts';
import { CHECKS } from './every-check.ts';
import type { AuditFacts } from './facts.ts';

export const WEIGHT: Readonly<Record<Check['severity'], number>> = { 1: 8, 2: 4, 3: 2, 4: 1 };
/** Gaps kept of one check, the dearest first; the sums are over all. */
export const MOST_GAPS = 1_000;

export interface CheckResult {
  id: string; title: string; severity: Check['severity']; owner: Role; fix: string;
  checked: number;
  /** Gaps in all, and those kept. */
  found: number; gaps: Gap[];
  units: number; money: number | null;
  /** Points of the score it took, one decimal. */
  lost: number;
  /** Why it could not be made; null when it was. */
  skipped: string | null;
}
export interface AuditReport {
  form: 1;
  at: string;
  shop: AuditFacts['shop'];
  score: number;
  /** The arithmetic of the score in a sentence. */
  explained: string;
  gaps: number; units: number; money: number | null;
  read: { variants: number; levels: number; locations: number; orders: number; ordersFrom: string | null };
  checks: CheckResult[];
}

export function audit(facts: AuditFacts, checks: readonly Check[] = CHECKS): AuditReport {
  const made = checks.map((check) => resultOf(check, facts)), weighed = made.filter((result) => result.skipped === null && result.checked > 0), whole = weighed.reduce((sum, result) => sum + WEIGHT[result.severity], 0);
  for (const result of weighed) result.lost = tenth((100 * WEIGHT[result.severity] * lossOf(result)) / whole);
  const exact = whole === 0 ? 0 : 100 * (1 - weighed.reduce((sum, result) => sum + WEIGHT[result.severity] * lossOf(result), 0) / whole), score = Math.floor(exact + 1e-9);
  const costly = weighed.filter((result) => result.lost > 0).sort((a, b) => b.lost - a.lost), skipped = made.filter((result) => result.skipped !== null).length;
  const money = made.filter((result) => result.money !== null);
  return {
    form: 1, at: facts.at, shop: facts.shop, score,
    explained: whole === 0 ? 'Nothing could be read, so nothing could be scored.' : `100 ${costly.length === 0 ? 'less nothing' : costly.slice(0, 6).map((result) => `− ${result.lost.toFixed(1)} ${uncapital(result.title)}`).join(' ')}${costly.length > 6 ? ` − ${costly.slice(6).reduce((sum, result) => sum + result.lost, 0).toFixed(1)} in ${costly.length - 6} more` : ''}, rounded down, over ${weighed.length} checks${skipped > 0 ? `; ${skipped} could not be made and do not count` : ''}.`,
    gaps: made.reduce((sum, result) => sum + result.found, 0), units: made.reduce((sum, result) => sum + result.units, 0), money: money.length === 0 ? null : money.reduce((sum, result) => sum + result.money!, 0),
    read: { variants: facts.variants.length, levels: facts.levels.length, locations: facts.locations.length, orders: facts.orders.read, ordersFrom: facts.orders.from },
    checks: made,
  };
}

/** Share of a check's weight that its gaps cost, 0 to 1. */
export function lossOf({ found, checked }: Pick<CheckResult, 'found' | 'checked'>): number {
  return checked === 0 ? 0 : Math.sqrt(Math.min(1, found / checked));
}

function resultOf(check: Check, facts: AuditFacts): CheckResult {
  const { id, title, severity, owner, fix } = check, lacks = check.needs.find((need) => (need === 'own' ? facts.own === null : facts.unread[need] !== undefined));
  const base = { id, title, severity, owner, fix, lost: 0 };
  if (lacks !== undefined) return { ...base, checked: 0, found: 0, gaps: [], units: 0, money: null, skipped: lacks === 'own' ? 'needs a store that is connected to Instep (--store)' : `${lacks} could not be read: ${facts.unread[lacks]}` };
  const { checked, gaps } = check.run(facts), known = gaps.filter((gap) => gap.money !== null);
  gaps.sort((a, b) => (b.money ?? 0) - (a.money ?? 0) || b.units - a.units || (a.subject < b.subject ? -1 : 1));
  return { ...base, checked, found: gaps.length, gaps: gaps.slice(0, MOST_GAPS), units: gaps.reduce((sum, gap) => sum + gap.units, 0), money: known.length === 0 ? null : known.reduce((sum, gap) => sum + gap.money!, 0), skipped: null };
}

/** For the middle of a sentence; what is written in capitals stays so. */
export const uncapital = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text);

const tenth = (value: number): number => Math.round(value * 10) / 10;
