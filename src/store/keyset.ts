/** Keyset paging for lists that can be sorted by several columns: the cursor is the last row's sort value and key, never an offset. */

export interface SortColumn { sql: string; type: 'int' | 'text' | 'date' | 'float8' | 'timestamptz' }
export interface Keyset { value: string | null; key: number[] }

export function encodeCursor(keyset: Keyset): string {
  return Buffer.from(JSON.stringify([keyset.value, ...keyset.key])).toString('base64url');
}

/** Null for no cursor; throws on one that was not made here. */
export function decodeCursor(cursor: string | undefined, keys: number): Keyset | null {
  if (!cursor) return null;
  const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Array.isArray(parsed) || parsed.length !== keys + 1 || !parsed.slice(1).every((k) => Number.isInteger(k))) throw new Error('cursor: not one of ours');
  return { value: parsed[0] === null ? null : String(parsed[0]), key: parsed.slice(1) as number[] };
}

/**
 * WHERE and ORDER BY for a sort column with key columns behind it. Nulls are last in both directions. `from` is the number of the first free parameter;
 * the parameters are returned.
 */
export function keysetSql(column: SortColumn, dir: 'asc' | 'desc', keyColumns: string[], after: Keyset | null, from: number): { where: string; orderBy: string; values: unknown[] } {
  const op = dir === 'asc' ? '>' : '<';
  const keys = `(${keyColumns.join(', ')})`;
  const orderBy = `${column.sql} ${dir} nulls last, ${keyColumns.join(', ')}`;
  if (!after) return { where: 'true', orderBy, values: [] };
  const keyParams = `(${keyColumns.map((_, n) => `$${from + 1 + n}::int`).join(', ')})`;
  const value = `$${from}::${column.type}`;
  const where = `case when ${value} is null then ${column.sql} is null and ${keys} > ${keyParams}
    else ${column.sql} is null or ${column.sql} ${op} ${value} or (${column.sql} = ${value} and ${keys} > ${keyParams}) end`;
  return { where, orderBy, values: [after.value, ...after.key] };
}

/** "a, b\nc" → several SKUs; one entry → words to look for. */
export function searchTerms(q: string | undefined): { skus: string[] | null; words: string | null } {
  const parts = (q ?? '').split(/[,\n\r\t;]+/).map((part) => part.trim()).filter(Boolean);
  if (parts.length === 0) return { skus: null, words: null };
  return parts.length === 1 ? { skus: null, words: parts[0]!.replaceAll(/[%_\\]/g, '\\$&') } : { skus: parts.map((p) => p.toLowerCase()).slice(0, 2_000), words: null };
}
