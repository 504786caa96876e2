/** Turns a parsed search into a predicate over records, field by field; a field nobody declared is an error, not a shrug. */
import { compareIds, splitGid } from '../gid.ts';
import { parseSearch, searchError, type Comparator, type Search, type Term } from './parse.ts';

/** What one search field does with one term: returns the test for it, or throws when the term makes no sense. */
export type SearchField<R> = (term: Term) => (record: R) => boolean;
export type SearchFields<R> = Record<string, SearchField<R>>;

function compares(comparator: Comparator, order: number): boolean {
  switch (comparator) {
    case '=': return order === 0;
    case '>': return order > 0;
    case '>=': return order >= 0;
    case '<': return order < 0;
    case '<=': return order <= 0;
  }
}

/** An instant, compared to the second as Shopify stores it; a bare day means its first second, and `:` alone means within that day. */
export function instantField<R>(get: (record: R) => string | null): SearchField<R> {
  return ({ field, comparator, value }) => {
    const at = value === 'now' ? Number.NaN : Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
    if (Number.isNaN(at)) throw searchError(`search: ${field} needs an ISO-8601 date or time, got "${value}"`);
    const length = comparator === '=' && value.length === 10 ? 10 : 19;
    const bound = new Date(at).toISOString().slice(0, length);
    return (record) => {
      const text = get(record)?.slice(0, length);
      return text !== undefined && compares(comparator, text < bound ? -1 : text > bound ? 1 : 0);
    };
  };
}

/** Text: equal without regard to case, or a prefix when the value ends in an unquoted `*`. */
export function textField<R>(get: (record: R) => string | null | readonly string[]): SearchField<R> {
  return ({ field, comparator, value, quoted }) => {
    if (comparator !== '=') throw searchError(`search: ${field} is text and has no order`);
    const wanted = value.toLowerCase();
    const prefix = !quoted && wanted.endsWith('*') ? wanted.slice(0, -1) : null;
    const hit = (text: string) => prefix === null ? text.toLowerCase() === wanted : text.toLowerCase().startsWith(prefix);
    return (record) => {
      const text = get(record);
      return text !== null && (typeof text === 'string' ? hit(text) : text.some(hit));
    };
  };
}

/** A numeric id, plain or as gid; ordered, so `id:>123` pages by id. */
export function idField<R>(get: (record: R) => string | null): SearchField<R> {
  return ({ field, comparator, value }) => {
    const wanted = splitGid(value)?.id ?? value;
    if (!/^\d+$/.test(wanted)) throw searchError(`search: ${field} needs an id, got "${value}"`);
    return (record) => {
      const id = get(record);
      return id !== null && compares(comparator, compareIds(id, wanted));
    };
  };
}

/** One of a closed set of words. `words` maps each accepted word to the test it stands for. */
export function wordField<R>(words: Record<string, (record: R) => boolean>): SearchField<R> {
  return ({ field, comparator, value }) => {
    const test = words[value.toLowerCase()];
    if (comparator !== '=' || test === undefined) {
      throw searchError(`search: ${field}:${value} is not simulated; known: ${Object.keys(words).join(', ')}`);
    }
    return test;
  };
}

export function flagField<R>(get: (record: R) => boolean): SearchField<R> {
  return wordField<R>({ true: (record) => get(record), false: (record) => !get(record) });
}

function compile<R>(search: Search, fields: SearchFields<R>): (record: R) => boolean {
  switch (search.kind) {
    case 'everything': return () => true;
    case 'not': { const inner = compile(search.part, fields); return (record) => !inner(record); }
    case 'and': { const parts = search.parts.map((part) => compile(part, fields)); return (record) => parts.every((part) => part(record)); }
    case 'or': { const parts = search.parts.map((part) => compile(part, fields)); return (record) => parts.some((part) => part(record)); }
    case 'term': {
      const field = Object.hasOwn(fields, search.field) ? fields[search.field] : undefined;
      if (field === undefined) throw searchError(`search: filter "${search.field}" is not simulated here; known: ${Object.keys(fields).join(', ')}`);
      return field(search);
    }
  }
}

/** The predicate of a `query:` argument over records whose searchable fields are `fields`. */
export function searchPredicate<R>(text: string | null | undefined, fields: SearchFields<R>): (record: R) => boolean {
  return compile(parseSearch(text), fields);
}
