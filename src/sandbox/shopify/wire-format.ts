/** How records look on the wire: money as decimal text, instants to the second. */

const digitsOf = new Map<string, number>();

/** Decimal places of a currency (JPY 0, EUR 2, KWD 3) by ISO 4217 as Node's ICU knows it. */
export function currencyDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digitsOf.set(currency, digits);
  }
  return digits;
}

/** Integer minor units as Shopify's `Money` text: 1250 EUR is `12.50`. */
export function moneyText(minorUnits: number, currency: string): string {
  const digits = currencyDigits(currency);
  if (digits === 0) return String(minorUnits);
  const text = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
  return `${minorUnits < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Decimal text to minor units; null when the text is no number or has more places than the currency. */
export function minorUnitsOf(text: string, currency: string): number | null {
  const digits = currencyDigits(currency);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return null;
  const units = Number(`${match[2]}${fraction.padEnd(digits, '0')}`);
  return Number.isSafeInteger(units) ? (match[1] === '-' ? -units : units) : null;
}

/** MoneyV2 in the shop's currency. */
export function moneyV2(minorUnits: number, currency: string): { amount: string; currencyCode: string } {
  const amount = moneyText(minorUnits, currency);
  return { amount: amount.includes('.') ? amount.replace(/(\.\d+?)0+$/, '$1') : `${amount}.0`, currencyCode: currency };
}

/** MoneyBag; the simulated shop sells in one currency, so presentment and shop money agree. */
export function moneyBag(minorUnits: number, currency: string): { shopMoney: unknown; presentmentMoney: unknown } {
  const money = moneyV2(minorUnits, currency);
  return { shopMoney: money, presentmentMoney: money };
}

/** `DateTime` as Shopify prints it: UTC, whole seconds. */
export function instant(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

export function instantOrNull(iso: string | null): string | null {
  return iso === null ? null : instant(iso);
}
