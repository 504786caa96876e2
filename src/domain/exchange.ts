/**
 * Amounts of one currency in another, at a dated rate. A rate is a whole number of billionths of the store's currency for one unit of another; amounts stay
 * whole minor units on both sides, rounded half away from zero, as invoices are. What has no rate is not converted, and never at one.
 */
import { assert } from './assert.ts';
import type { Day } from './calendar.ts';
import { minorDigits } from './money.ts';

const SCALE = 1_000_000_000, DIGITS = 9;

export interface DatedRate { currency: string; since: Day; /** Of the store's currency for one unit. */ billionths: number }

/** Rates of a store; of one day and currency there is one. */
export class Rates {
  readonly #store: string;
  readonly #of = new Map<string, DatedRate[]>();

  constructor(storeCurrency: string, rates: readonly DatedRate[]) {
    this.#store = storeCurrency;
    for (const rate of [...rates].sort((a, b) => (a.since < b.since ? -1 : 1))) { const same = this.#of.get(rate.currency); if (same) same.push(rate); else this.#of.set(rate.currency, [rate]); }
  }

  /** Billionths of the store's currency for one unit of `currency` on a day: the latest rate not after it. Null: none is known. */
  on(currency: string, day: Day): number | null {
    if (currency === this.#store) return SCALE;
    return this.#of.get(currency)?.findLast((rate) => rate.since <= day)?.billionths ?? null;
  }

  /** Minor units in the store's currency on a day; null: no rate is known. */
  inStore(minor: number, currency: string, day: Day): number | null {
    const rate = this.on(currency, day);
    return rate === null ? null : toStore(minor, currency, this.#store, rate);
  }

  /** "no exchange rate of USD is known for 2026-11-26": why an amount could not be converted. */
  missing(currency: string, day: Day): string {
    const first = this.#of.get(currency)?.[0];
    return `no exchange rate of ${currency} is known for ${day}${first ? `, the first is of ${first.since}` : ''}: enter one under Settings → Exchange rates`;
  }
}

/** The sum of amounts in the store's currency on a day, and the currencies no rate is known of, whose amounts are not in it. */
export function sumInStore(rates: Rates, day: Day, amounts: Iterable<{ currency: string; minor: number }>): { minor: number; withoutRate: string[] } {
  const withoutRate = new Set<string>();
  let sum = 0;
  for (const { currency, minor } of amounts) {
    const there = minor === 0 ? 0 : rates.inStore(minor, currency, day);
    if (there === null) withoutRate.add(currency); else sum += there;
  }
  return { minor: sum, withoutRate: [...withoutRate].sort() };
}

/** Minor units of `currency` as minor units of the store's. */
export function toStore(minor: number, currency: string, storeCurrency: string, billionths: number): number {
  return scaled(minor, BigInt(billionths) * 10n ** BigInt(minorDigits(storeCurrency)), BigInt(SCALE) * 10n ** BigInt(minorDigits(currency)));
}

/** Minor units of the store's currency as minor units of another. */
export function fromStore(minor: number, storeCurrency: string, currency: string, billionths: number): number {
  return scaled(minor, BigInt(SCALE) * 10n ** BigInt(minorDigits(currency)), BigInt(billionths) * 10n ** BigInt(minorDigits(storeCurrency)));
}

/** value × numerator ÷ denominator, half away from zero. BigInt: the product may pass 2^53. */
function scaled(value: number, numerator: bigint, denominator: bigint): number {
  assert(Number.isSafeInteger(value), `not an exact number of minor units: ${value}`);
  const product = BigInt(Math.abs(value)) * numerator, whole = Number((2n * product + denominator) / (2n * denominator));
  assert(Number.isSafeInteger(whole), `${value} minor units are too many to convert`);
  return value < 0 && whole !== 0 ? -whole : whole;
}

/** "0.9231" as billionths; null where it is no rate: above zero, nine decimals and a million at most. */
export function rateOf(text: string): number | null {
  const parts = /^(\d{1,7})(?:[.,](\d{1,9}))?$/.exec(text.trim());
  if (!parts) return null;
  const billionths = Number(parts[1]) * SCALE + Number((parts[2] ?? '').padEnd(DIGITS, '0'));
  return billionths > 0 && billionths <= 1_000_000 * SCALE ? billionths : null;
}

/** The decimal text of a rate, without needless zeros: the inverse of `rateOf`. */
export function rateText(billionths: number): string {
  const text = String(billionths).padStart(DIGITS + 1, '0'), fraction = text.slice(-DIGITS).replace(/0+$/, '');
  return `${text.slice(0, -DIGITS)}${fraction === '' ? '' : `.${fraction}`}`;
}
