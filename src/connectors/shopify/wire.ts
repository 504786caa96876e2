/** Small turns between Shopify's wire and our words: gids, instants, money, numbers too big for JavaScript. */

/** gid://shopify/Order/123 → '123'; an InventoryLevel gid keeps only its path. Throws on anything else. */
export function idOf(gid: string): string {
  const match = /^gid:\/\/shopify\/\w+\/(\d+)/.exec(gid);
  if (!match) throw new Error(`not a Shopify id: ${gid}`);
  return match[1]!;
}

/** Any timestamp of Shopify's → ISO-8601 UTC with milliseconds, so that instants compare as text. */
export function instant(value: string): string {
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new Error(`not a timestamp: ${value}`);
  return new Date(time).toISOString();
}

/** '12.30' → 1230, without floats; currencies with other than two decimals are scaled by Intl's own table. */
export function minorUnits(decimal: string, currency: string): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
  if (!match) throw new Error(`not an amount: ${decimal}`);
  const digits = decimals(currency);
  const fraction = (match[3] ?? '').padEnd(digits, '0');
  const units = Number(match[2]! + fraction.slice(0, digits));
  const up = Number(fraction[digits] ?? '0') >= 5 ? 1 : 0; // half up, away from zero
  return (match[1] ? -1 : 1) * (units + up);
}

const decimalsOf = new Map<string, number>();
function decimals(currency: string): number {
  let digits = decimalsOf.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    decimalsOf.set(currency, digits);
  }
  return digits;
}

/** JSON.parse that keeps integers beyond 2^53 as text instead of rounding them. */
export function parseExact(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, function keep(this: unknown, _key: string, value: unknown, context?: { source?: string }) {
    return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && context?.source ? context.source : value;
  } as (key: string, value: unknown) => unknown);
}
