/** Small turns between Shopify's wire and our words: gids, instants, money, numbers too big for JavaScript. */

/** gid://shopify/Order/123 → '123'; an InventoryLevel gid keeps only its path. Throws on anything else. */
export function idOf(gid: string): string {
  // By hand: millions of them pass in a first import, and a match makes an array each.
  const start = gid.startsWith('gid://shopify/') ? gid.indexOf('/', 14) + 1 : 0;
  let end = start;
  while (end < gid.length && gid.charCodeAt(end) >= 48 && gid.charCodeAt(end) <= 57) end++;
  if (start <= 15 || end === start) throw new Error(`not a Shopify id: ${gid}`);
  return gid.slice(start, end);
}

/** Any timestamp of Shopify's → ISO-8601 UTC with milliseconds, so that instants compare as text. */
export function instant(value: string): string {
  if (value === lastInstant.value) return lastInstant.iso; // an order and its parts often share one
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new Error(`not a timestamp: ${value}`);
  const iso = new Date(time).toISOString();
  lastInstant = { value, iso };
  return iso;
}

let lastInstant = { value: '', iso: '' };

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
