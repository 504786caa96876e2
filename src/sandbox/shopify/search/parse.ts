/**
 * Shopify's search syntax (`query:` arguments), the part the simulated store knows: `field:value`, comparators `:> :>= :< :<=`,
 * single or double quotes, comma lists (any of), AND, OR, NOT, a leading minus, brackets; two terms side by side mean AND.
 * Free text without a field is not simulated and says so: a filter must never be ignored in silence.
 */
import { GraphQLError } from 'graphql';

export type Comparator = '=' | '>' | '>=' | '<' | '<=';
export interface Term { kind: 'term'; field: string; comparator: Comparator; value: string; quoted: boolean }
export type Search = Term | { kind: 'and' | 'or'; parts: Search[] } | { kind: 'not'; part: Search } | { kind: 'everything' };

export function searchError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'NOT_SIMULATED' } });
}

const FIELD = /[A-Za-z_][A-Za-z0-9_.]*(?=:)/y;
const WORD = /[^\s()]+/y;

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  private blank(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  /** Takes `word` when it stands here as a whole word. */
  private keyword(word: string): boolean {
    this.blank();
    const next = this.text[this.at + word.length];
    if (!this.text.startsWith(word, this.at) || (next !== undefined && !/[\s(]/.test(next))) return false;
    this.at += word.length;
    return true;
  }

  private sign(sign: string): boolean {
    this.blank();
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  end(): boolean {
    this.blank();
    return this.at >= this.text.length;
  }

  either(): Search {
    const parts = [this.both()];
    while (this.keyword('OR')) parts.push(this.both());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'or', parts };
  }

  private both(): Search {
    const parts = [this.one()];
    while (!this.end() && this.text[this.at] !== ')' && !this.ahead('OR')) {
      this.keyword('AND');
      parts.push(this.one());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'and', parts };
  }

  private ahead(word: string): boolean {
    const start = this.at;
    const found = this.keyword(word);
    this.at = start;
    return found;
  }

  private one(): Search {
    if (this.keyword('NOT') || this.sign('-')) return { kind: 'not', part: this.one() };
    if (this.sign('(')) {
      const inner = this.either();
      if (!this.sign(')')) throw searchError(`search: bracket not closed in "${this.text}"`);
      return inner;
    }
    return this.term();
  }

  private term(): Search {
    this.blank();
    const field = this.take(FIELD);
    if (field === null) throw searchError(`search: "${this.text.slice(this.at)}" names no field; free text search is not simulated`);
    this.at++; // the colon
    let comparator: Comparator = '=';
    for (const sign of ['>=', '<=', '>', '<'] as const) {
      if (this.sign(sign)) { comparator = sign; break; }
    }
    this.blank();
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") {
      const close = this.text.indexOf(quote, this.at + 1);
      if (close < 0) throw searchError(`search: quote not closed after ${field}`);
      const value = this.text.slice(this.at + 1, close);
      this.at = close + 1;
      return { kind: 'term', field, comparator, value, quoted: true };
    }
    const value = this.take(WORD);
    if (value === null) throw searchError(`search: ${field} has no value`);
    const choices = value.split(',').filter((choice) => choice !== '');
    const terms = choices.map((choice): Term => ({ kind: 'term', field, comparator, value: choice, quoted: false }));
    return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind: 'or', parts: terms };
  }
}

/** The tree of a search text; blank or absent text matches everything. Throws NOT_SIMULATED naming what it cannot read. */
export function parseSearch(text: string | null | undefined): Search {
  if (text === null || text === undefined || text.trim() === '') return { kind: 'everything' };
  const reader = new Reader(text);
  const search = reader.either();
  if (!reader.end()) throw searchError(`search: cannot read "${text}"`);
  return search;
}
