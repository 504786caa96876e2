/**
 * The part of ShopifyQL that a question over one table of adjustments needs: FROM, SHOW, WHERE with = and IN, GROUP BY, WITH TIMEZONE 'UTC', SINCE, UNTIL, ORDER BY and LIMIT,
 * in any order. What is not known here is a parse error, as Shopify has them: in the answer, not in place of it.
 */
interface Condition { column: string; values: string[] }
export interface ShopifyqlQuery {
  table: string; show: string[]; where: Condition[]; groupBy: string[];
  /** Dates or times of UTC, both ends included; null: the first one known, and now. */
  since: string | null; until: string | null;
  orderBy: { column: string; descending: boolean } | null; limit: number;
}

interface Token { text: string; quoted: boolean }
const CLAUSES = ['FROM', 'SHOW', 'WHERE', 'GROUP', 'WITH', 'SINCE', 'UNTIL', 'ORDER', 'LIMIT'];
/** Rows of an answer that asks for no number of them. */
const USUAL_LIMIT = 1_000;
const WHEN = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z?)?$/;

class ParseError extends Error {}

/** @throws Never: what cannot be read is said in `error`. */
export function parseShopifyql(source: string): ShopifyqlQuery | { error: string } {
  try { return parse(tokensOf(source)); } catch (error) {
    if (error instanceof ParseError) return { error: error.message };
    throw error;
  }
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [], token = /\s*(?:'((?:[^'\\]|\\.)*)'|([A-Za-z0-9_:.-]+)|([=,()]))/y;
  for (let at = 0; at < source.trimEnd().length;) {
    token.lastIndex = at;
    const found = token.exec(source);
    if (found === null) throw new ParseError(`Unexpected input: ${source.slice(at, at + 12).trim()}`);
    tokens.push(found[1] === undefined ? { text: found[2] ?? found[3]!, quoted: false } : { text: found[1].replace(/\\(.)/g, '$1'), quoted: true });
    at = token.lastIndex;
  }
  return tokens;
}

function parse(tokens: Token[]): ShopifyqlQuery {
  let at = 0;
  const is = (word: string): boolean => tokens[at] !== undefined && !tokens[at]!.quoted && tokens[at]!.text.toUpperCase() === word;
  const next = (): Token => { const token = tokens[at++]; if (token === undefined) throw new ParseError('Unexpected end of input'); return token; };
  const want = (word: string): void => { if (!is(word)) throw new ParseError(`Unexpected input: ${tokens[at]?.text ?? 'end'}. Expected ${word}`); at++; };
  const word = (): string => { const token = next(); if (token.quoted || !/^[a-z_0-9]+$/i.test(token.text) || CLAUSES.includes(token.text.toUpperCase())) throw new ParseError(`Unexpected input: ${token.text}`); return token.text; };
  const words = (): string[] => { const found = [word()]; while (is(',')) { at++; found.push(word()); } return found; };
  const when = (): string => { const { text } = next(); if (!WHEN.test(text)) throw new ParseError(`Unexpected input: ${text}. Expected a date`); return text; };
  const condition = (): Condition => {
    const column = word();
    if (is('=')) { at++; return { column, values: [next().text] }; }
    want('IN'); want('(');
    const values = [next().text];
    while (is(',')) { at++; values.push(next().text); }
    want(')');
    return { column, values };
  };
  const query: ShopifyqlQuery = { table: '', show: [], where: [], groupBy: [], since: null, until: null, orderBy: null, limit: USUAL_LIMIT };
  while (at < tokens.length) {
    const clause = next().text.toUpperCase();
    if (clause === 'FROM') query.table = word();
    else if (clause === 'SHOW') query.show = words();
    else if (clause === 'WHERE') { query.where.push(condition()); while (is('AND')) { at++; query.where.push(condition()); } }
    else if (clause === 'GROUP') { want('BY'); query.groupBy = words(); }
    else if (clause === 'WITH') { want('TIMEZONE'); if (next().text !== 'UTC') throw new ParseError('not simulated: a time zone other than UTC'); }
    else if (clause === 'SINCE') query.since = when();
    else if (clause === 'UNTIL') query.until = when();
    else if (clause === 'ORDER') { want('BY'); query.orderBy = { column: word(), descending: is('DESC') }; if (is('DESC') || is('ASC')) at++; }
    else if (clause === 'LIMIT') { query.limit = Number(next().text); if (!Number.isSafeInteger(query.limit) || query.limit < 1) throw new ParseError('LIMIT must be a positive number'); }
    else throw new ParseError(`Unexpected input: ${clause}`);
  }
  if (query.table === '') throw new ParseError('Missing FROM');
  if (query.show.length === 0) throw new ParseError('Missing SHOW');
  return query;
}
