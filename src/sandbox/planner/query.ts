/** The planner's way of asking: `<field>=v` or `<field>_<op>=v`, `<field>_sort=asc|desc`, `page` from 0, `limit` up to 1,000, `fields`. */
const OPS: Record<string, (value: unknown, wanted: string) => boolean> = {
  eq: (value, wanted) => String(value ?? '') === wanted, eqi: (value, wanted) => String(value ?? '').toLowerCase() === wanted.toLowerCase(), ne: (value, wanted) => String(value ?? '') !== wanted,
  gt: (value, wanted) => Number(value) > Number(wanted), gte: (value, wanted) => Number(value) >= Number(wanted), lt: (value, wanted) => Number(value) < Number(wanted), lte: (value, wanted) => Number(value) <= Number(wanted),
  range: (value, wanted) => { const [from, to] = wanted.split('-').map(Number); return Number(value) >= from! && Number(value) <= to!; },
  match: (value, wanted) => new RegExp(wanted).test(String(value ?? '')), in: (value, wanted) => wanted.split(',').includes(String(value ?? '')),
};
export const MOST = 1_000;
const DEFAULT_LIMIT = 100;

export interface Asked { rows: Record<string, unknown>[]; start: number; limit: number; total: number }

export function ask(records: readonly Record<string, unknown>[], query: URLSearchParams): Asked {
  let rows = [...records];
  const page = Math.max(0, Math.trunc(Number(query.get('page') ?? 0)) || 0), limit = Math.min(MOST, Math.max(1, Math.trunc(Number(query.get('limit') ?? DEFAULT_LIMIT)) || DEFAULT_LIMIT));
  for (const [key, wanted] of query) {
    if (key === 'page' || key === 'limit' || key === 'fields' || key.endsWith('_sort')) continue;
    const cut = key.lastIndexOf('_'), op = cut > 0 ? OPS[key.slice(cut + 1)] : undefined, field = op ? key.slice(0, cut) : key, test = op ?? OPS['eq']!;
    rows = rows.filter((row) => test(row[field], wanted));
  }
  const sort = [...query].find(([key]) => key.endsWith('_sort'));
  if (sort) {
    const field = `${sort[0].slice(0, -5)}`, key = (row: Record<string, unknown>): string | number => (row[`${field}#`] ?? row[field] ?? '') as string | number, sign = sort[1] === 'desc' ? -1 : 1;
    rows.sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * sign; });
  }
  const fields = query.get('fields')?.split(',').map((field) => field.trim());
  const chosen = rows.slice(page * limit, page * limit + limit).map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => !key.endsWith('#') && (!fields || key === 'id' || key === 'warehouse' || fields.includes(key)))));
  return { rows: chosen, start: page * limit, limit, total: rows.length };
}
