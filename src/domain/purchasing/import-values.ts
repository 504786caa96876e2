/** Values as people's files write them. Each reader answers the value, or a sentence that says what is wrong. */
import { dayFromNumber, dayNumber, type Day } from '../calendar.ts';
import { minorDigits } from '../money.ts';

/** A whole number, not negative: "12", "12.0", "1,200"; `of` units, days … */
export function readCount(text: string, of = 'units'): number | string {
  const plain = text.trim().replace(/^(\d{1,3}(?:,\d{3})+)(?=\.0*$|$)/, (whole) => whole.replaceAll(',', ''));
  if (!/^\d{1,9}(\.0*)?$/.test(plain)) return `not a whole number of ${of}: ${text}`;
  return Math.trunc(Number(plain));
}

/**
 * An amount → minor units: "12.50", "$1,299.00", "1.299,00 €", "3,5". Digits finer than the minor unit are rounded half up: averages of other systems have
 * four. One comma or point with exactly three digits behind it is thousands when it is a comma, a fraction when it is a point.
 */
export function readAmount(text: string, currency: string): number | string {
  const bare = text.trim().replaceAll(/[\s\u00a0'’]|[A-Za-z]{2,3}|[$€£¥₹]|kr\.?|zł/g, '');
  if (!/^[\d.,]+$/.test(bare)) return `not an amount: ${text}`;
  let plain: string | null = null;
  if (/^\d+(\.\d+)?$/.test(bare)) plain = bare;
  else if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)) plain = bare.replaceAll(',', '');
  else if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(bare)) plain = bare.replaceAll('.', '').replace(',', '.');
  else if (/^\d+,\d+$/.test(bare)) plain = bare.replace(',', '.');
  if (plain === null) return `not an amount: ${text}`;
  const digits = minorDigits(currency), [whole, fraction = ''] = plain.split('.') as [string, string?];
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0')) + ((fraction[digits] ?? '0') >= '5' ? 1 : 0);
  return Number.isSafeInteger(minor) && minor <= 1e13 ? minor : `too large an amount: ${text}`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A day: 2026-03-09 (a time behind it is ignored), 9 Mar 2026, Mar 9, 2026, 25/03/2026, 03/25/2026. 03/04/2026 is either of two days and refused. */
export function readDay(text: string): Day | string {
  const said = text.trim(), wrong = `not a day: ${text}; write YYYY-MM-DD`;
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(said), words = /^(\d{1,2})\.? ([A-Za-z]{3})[a-z]*\.?,? (\d{4})\b/.exec(said), american = /^([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})\b/.exec(said), slashed = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b/.exec(said);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3])) ?? wrong;
  if (words) return real(Number(words[3]), MONTHS.indexOf(words[2]!.toLowerCase()) + 1, Number(words[1])) ?? wrong;
  if (american) return real(Number(american[3]), MONTHS.indexOf(american[1]!.toLowerCase()) + 1, Number(american[2])) ?? wrong;
  if (!slashed) return wrong;
  const [a, b, year] = [Number(slashed[1]), Number(slashed[3]), Number(slashed[4])] as [number, number, number];
  // Points are written day first everywhere they are written.
  if (slashed[2] === '.' || a > 12 || a === b) return real(year, b, a) ?? wrong;
  return b > 12 ? real(year, a, b) ?? wrong : `${text} is either of two days; write YYYY-MM-DD`;
}

function real(year: number, month: number, day: number): Day | null {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1990 || year > 2200) return null;
  try { return dayFromNumber(dayNumber(text)); } catch { return null; }
}

export const isDay = (said: Day | string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(said);
/** yes/no as spreadsheets say it; null for anything else. */
export const readYes = (text: string): boolean | null => (/^(yes|y|true|1|x|ja)$/i.test(text.trim()) ? true : /^(no|n|false|0|nein)$/i.test(text.trim()) ? false : null);

/** A purchase order's state as other systems call it → ours; what is unknown is said. */
export function readState(text: string): 'draft' | 'sent' | 'part received' | 'closed' | 'cancelled' | null {
  const said = text.trim().toLowerCase();
  if (/cancel|void/.test(said)) return 'cancelled';
  if (/part/.test(said)) return 'part received';
  if (/clos|complet|archiv|fulfil|^received|done|paid/.test(said)) return 'closed';
  if (/draft|plan|new|saved|pending approval|awaiting/.test(said)) return 'draft';
  if (/order|open|sent|confirm|transit|ship|purchas|pending|progress|active|approved/.test(said)) return 'sent';
  return null;
}
