/**
 * Money: an integer of minor units with its currency in the type, so that adding pounds to euros does not compile, and does not run.
 * No amount is ever a floating-point number of pounds: text goes to minor units digit by digit and back.
 */
import { assert } from './assert.ts';

export interface Money<C extends string = string> {
  readonly currency: C;
  /** Minor units (pence, cents, yen), a safe integer, signed. */
  readonly minor: number;
}

/** Decimal digits of the minor unit where they are not 2. Source: ISO 4217 list one. */
const DIGITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
};

/** Text that is no exact amount of its currency. The caller decides what a wrong amount on the wire means. */
export class MoneyFormatError extends Error {
  override readonly name = 'MoneyFormatError';
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Whether these three capitals are a currency, of today or of the past (ISO 4217 as Unicode's CLDR has it). */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

/** Decimal digits of a currency's minor unit (ISO 4217). */
export function minorDigits(currency: string): number {
  return DIGITS[currency] ?? 2;
}

/** `minor` minor units of `currency` (ISO 4217, three capitals). Throws AssertionError if either is not what it says. */
export function money<C extends string>(minor: number, currency: C): Money<C> {
  assert(Number.isSafeInteger(minor), `not an exact number of minor units: ${minor}`);
  assert(/^[A-Z]{3}$/.test(currency), `not a currency code: ${currency}`);
  return { currency, minor: minor === 0 ? 0 : minor };
}

/**
 * "12.30" GBP → 1230 minor units. Digits beyond the minor unit must be zeros: rounding is a decision and belongs to the caller.
 * Throws MoneyFormatError.
 */
export function parseDecimal<C extends string>(text: string, currency: C): Money<C> {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) throw new MoneyFormatError(`not a decimal amount: "${text}"`);
  const digits = minorDigits(currency);
  const fraction = parts[3] ?? '';
  if (/[1-9]/.test(fraction.slice(digits))) throw new MoneyFormatError(`"${text}" is finer than the minor unit of ${currency}`);
  const minor = Number(parts[2]! + fraction.slice(0, digits).padEnd(digits, '0'));
  if (!Number.isSafeInteger(minor)) throw new MoneyFormatError(`"${text}" is too large to be exact`);
  return money(parts[1] === '-' ? -minor : minor, currency);
}

/** The exact decimal text, with every digit of the minor unit: 1230 GBP → "12.30". The inverse of `parseDecimal`. */
export function toDecimal(amount: Money): string {
  const digits = minorDigits(amount.currency);
  const text = String(Math.abs(amount.minor)).padStart(digits + 1, '0');
  const sign = amount.minor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** For a reader: "£12.30" in `locale` (BCP 47). Formatted from the decimal text, so that no digit is lost. */
export function format(amount: Money, locale = 'en-GB'): string {
  const key = `${locale} ${amount.currency}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    const digits = minorDigits(amount.currency);
    formatter = new Intl.NumberFormat(locale, {
      style: 'currency', currency: amount.currency, minimumFractionDigits: digits, maximumFractionDigits: digits,
    });
    formatters.set(key, formatter);
  }
  return formatter.format(toDecimal(amount) as Intl.StringNumericLiteral);
}
const formatters = new Map<string, Intl.NumberFormat>();

/** a + b, of one currency. */
export function add<C extends string>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  assert(a.currency === b.currency, `cannot add ${b.currency} to ${a.currency}`);
  return money(a.minor + b.minor, a.currency);
}

/** a − b, of one currency. */
export function subtract<C extends string>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  return add(a, negate(b));
}

/** −a. */
export function negate<C extends string>(a: Money<C>): Money<C> {
  return money(-a.minor, a.currency);
}

/** a × n for a whole n: the price of n units. */
export function times<C extends string>(a: Money<C>, n: number): Money<C> {
  assert(Number.isSafeInteger(n), `not a whole multiple: ${n}`);
  return money(a.minor * n, a.currency);
}

/** The sum of amounts of `currency`; of none, zero. */
export function sum<C extends string>(amounts: readonly Money<C>[], currency: C): Money<C> {
  return amounts.reduce((total, amount) => add(total, amount), money(0, currency));
}

/**
 * Splits an amount in proportion to whole, non-negative weights by the largest remainder: the parts sum to the amount exactly, none is a
 * whole minor unit or more from its fair share, equal remainders go to the earlier part. Weights that are all zero share equally.
 */
export function split<C extends string>(amount: Money<C>, weights: readonly number[]): Money<C>[] {
  assert(weights.length > 0, 'nothing to split between');
  for (const weight of weights) assert(Number.isSafeInteger(weight) && weight >= 0, `not a whole, non-negative weight: ${weight}`);
  const shares = weights.some((weight) => weight > 0) ? weights.map(BigInt) : weights.map(() => 1n);
  const whole = shares.reduce((a, b) => a + b, 0n);
  const total = BigInt(Math.abs(amount.minor)); // BigInt: total × weight may pass 2^53
  const parts = shares.map((share) => (total * share) / whole);
  const remainders = shares.map((share, index) => ({ index, remainder: (total * share) % whole }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const left = Number(total - parts.reduce((a, b) => a + b, 0n));
  for (let k = 0; k < left; k++) parts[remainders[k]!.index]! += 1n;
  return parts.map((part) => money(amount.minor < 0 ? -Number(part) : Number(part), amount.currency));
}
