/**
 * Which item a warehouse's code is, with the basis and a confidence. Each basis has a confidence of its own, measured on the corpus of match.test.ts (docs/decisions/029-mapping-suggestions.md
 * holds precision and recall at every threshold); titles that agree raise it, titles that tell another size, colour or number make it a guess. Several items on
 * the same basis are all guesses: a code never chooses between them.
 */
import { misread, oneLetterApart, oneOut, parts, plain, runs, sortedParts, unzeroed } from './code.ts';
import { gtinOf } from './gtin.ts';
import { titled, titleLikeness, traitsOf, weightsOf, type Titled } from './title.ts';

export interface MatchItem { itemId: number; sku: string | null; barcode: string | null; title: string }
/** `title` and `barcode` as the warehouse has them, where it told. */
export interface MatchCode { code: string; title: string | null; barcode: string | null }
export type Basis = 'same barcode' | 'same SKU' | 'same SKU but for case and punctuation' | 'same SKU but for leading zeros' | 'same SKU behind a prefix' | 'same SKU with parts swapped' | 'same SKU misread' | 'one letter apart' | 'like title';
export interface Suggestion { itemId: number; confidence: number; basis: Basis; /** In a sentence, with what speaks for and against. */ why: string }

/** From here on a suggestion may be taken without a person, where a warehouse is set so. */
export const AUTO_APPROVE = 0.97;
const SHOWN = 3, LEAST = 0.3;
/** Codes that must share a prefix, each naming a known SKU behind it, before the prefix is believed; and characters that must be left. */
const PREFIX_SUPPORT = 5, PREFIX_LEAVES = 4;
/** A word on more titles than this finds nothing; an item is looked at by title only when it shares a rarer one. */
const COMMON = 400;

type Index = Map<string, MatchItem[]>;
const put = (index: Index, key: string, item: MatchItem): void => {
  const known = key === '' ? [] : index.get(key);
  if (known === undefined) index.set(key, [item]);
  else if (key !== '' && known.length < 9) known.push(item);
};

/**
 * `codes` are all of the warehouse's codes: a prefix is learnt from many. `asked`, when given, are the only ones that will be asked for: of typing errors, a dozen keys an item, only theirs are
 * then kept (measured at 100,000 items and 2,000 codes: docs/decisions/029-mapping-suggestions.md). Answers the best suggestions of a code, best first.
 */
export function matcher(items: readonly MatchItem[], codes: readonly MatchCode[], asked?: readonly MatchCode[]): (code: MatchCode) => Suggestion[] {
  const byGtin: Index = new Map(), bySku: Index = new Map(), byPlain: Index = new Map(), byUnzeroed: Index = new Map(), bySorted: Index = new Map(), byMisread: Index = new Map(), byOneOut: Index = new Map(), byWord = new Map<string, MatchItem[]>();
  const titles = new Map(items.map((item) => [item.itemId, titled(item.title)]));
  const errors = asked && new Set(asked.flatMap(({ code }) => (plain(code).length >= 5 ? oneOut(plain(code)) : [])));
  for (const item of items) {
    const gtin = gtinOf(item.barcode), sku = item.sku?.trim() ?? '';
    if (gtin !== null) put(byGtin, gtin, item);
    for (const word of titles.get(item.itemId)!.words) { const known = byWord.get(word); if (known) known.push(item); else byWord.set(word, [item]); }
    if (sku === '') continue;
    put(bySku, sku, item); put(byPlain, plain(sku), item); put(byUnzeroed, unzeroed(sku), item); put(bySorted, sortedParts(sku), item); put(byMisread, misread(sku), item);
    if (plain(sku).length >= 5) for (const key of oneOut(plain(sku))) if (errors === undefined || errors.has(key)) put(byOneOut, key, item);
  }
  const weight = weightsOf(titles.values()), prefixes = prefixesOf(codes, byPlain);

  return (code) => {
    const found = new Map<number, { basis: Basis; confidence: number; shared: boolean }>();
    const add = (basis: Basis, hits: readonly MatchItem[] | undefined, confidence: (item: MatchItem) => number): void => {
      const sole = (hits?.length ?? 0) === 1;
      for (const item of hits ?? []) {
        const sure = sole ? confidence(item) : Math.min(0.5, confidence(item) / hits!.length);
        if (sure > (found.get(item.itemId)?.confidence ?? 0)) found.set(item.itemId, { basis, confidence: sure, shared: !sole });
      }
    };
    const text = code.code.trim(), bare = plain(text), long = bare.length >= PREFIX_LEAVES;
    const sameDigits = (item: MatchItem): boolean => runs(text).filter(isDigits).join(' ') === runs(item.sku!).filter(isDigits).join(' ');
    const gtin = gtinOf(code.barcode) ?? gtinOf(text);
    if (gtin !== null) add('same barcode', byGtin.get(gtin), () => 0.995);
    add('same SKU', bySku.get(text), () => 0.999);
    // "A-12-3" and "A-1-23" are the same characters and other numbers.
    add('same SKU but for case and punctuation', byPlain.get(bare), (item) => (sameDigits(item) ? 0.99 : 0.9));
    add('same SKU but for leading zeros', byUnzeroed.get(unzeroed(text)), () => (isDigits(bare) && long ? 0.975 : 0.94));
    const first = parts(text)[0] ?? '';
    if (prefixes.has(first)) add('same SKU behind a prefix', byPlain.get(bare.slice(first.length)), () => 0.98);
    if (parts(text).length > 1) for (const rest of [parts(text).slice(1), parts(text).slice(0, -1)]) if (rest.join('').length >= PREFIX_LEAVES) add('same SKU behind a prefix', byPlain.get(rest.join('')), () => 0.7);
    if (parts(text).length >= 3) add('same SKU with parts swapped', bySorted.get(sortedParts(text)), (item) => (parts(text).filter(isDigits).length < 2 ? 0.95 : plain(item.sku!) === bare ? 0.9 : 0.6));
    if (long) add('same SKU misread', byMisread.get(misread(text)), () => 0.9);
    if (bare.length >= 5) add('one letter apart', [...new Set(oneOut(bare).flatMap((key) => byOneOut.get(key) ?? []))].filter((item) => oneLetterApart(bare, plain(item.sku!))), () => 0.72);
    const title = code.title ? titled(code.title) : null;
    if (title) {
      const likely = new Set([...title.words].flatMap((word) => { const hits = byWord.get(word) ?? []; return hits.length <= COMMON ? hits : []; }));
      const alike = [...likely].map((item) => ({ item, like: titleLikeness(title, titles.get(item.itemId)!, weight) })).filter(({ item, like }) => like >= 0.55 && traitsOf(title, titles.get(item.itemId)!) !== 'differ').sort((a, b) => b.like - a.like).slice(0, SHOWN);
      // The second best nearly as good: the title does not tell them apart.
      const lone = alike.length === 1 || (alike[0]?.like ?? 0) - (alike[1]?.like ?? 0) > 0.08;
      for (const [n, { item, like }] of alike.entries()) if (!found.has(item.itemId)) found.set(item.itemId, { basis: 'like title', confidence: (lone && n === 0 ? 0.85 : 0.5) * like, shared: false });
    }
    const scored = [...found].map(([itemId, { basis, confidence, shared }]) => {
      const judgement = judged(title, titles.get(itemId)!, basis, confidence, weight);
      return { itemId, ...judgement, why: shared ? `${judgement.why}, which several items fit` : judgement.why };
    });
    return scored.filter((s) => s.confidence >= LEAST).sort((a, b) => b.confidence - a.confidence || a.itemId - b.itemId).slice(0, SHOWN);
  };
}

/** Lets the title speak: agreement halves the doubt, another size, colour or number makes it a guess. */
function judged(code: Titled | null, item: Titled, basis: Basis, confidence: number, weight: (word: string) => number): Omit<Suggestion, 'itemId'> {
  const round = (value: number): number => Math.floor(value * 1000) / 1000;
  if (!code || basis === 'like title') return { basis, confidence: round(confidence), why: basis };
  const like = titleLikeness(code, item, weight), traits = traitsOf(code, item);
  if (traits === 'differ') return { basis, confidence: round(Math.min(0.45, confidence)), why: `${basis}, but the titles tell another size, colour or number` };
  if (like < 0.2) return { basis, confidence: round(confidence * 0.8), why: `${basis}, but the titles have little in common` };
  if (like >= 0.7 && traits === 'same') return { basis, confidence: round(1 - (1 - confidence) * (basis === 'one letter apart' || basis === 'same SKU misread' ? 0.1 : 0.5)), why: `${basis}, and the titles agree` };
  return { basis, confidence: round(confidence), why: basis };
}

/** First parts that many codes put before a known SKU ("WH1-", "ACME_"). */
function prefixesOf(codes: readonly MatchCode[], byPlain: Index): Set<string> {
  const support = new Map<string, number>();
  for (const { code } of codes) {
    const [first, ...rest] = parts(code);
    if (first === undefined || rest.join('').length < PREFIX_LEAVES) continue;
    if (byPlain.get(rest.join(''))?.length === 1) support.set(first, (support.get(first) ?? 0) + 1);
  }
  return new Set([...support].filter(([, n]) => n >= PREFIX_SUPPORT).map(([first]) => first));
}

const isDigits = (text: string): boolean => /^\d+$/.test(text);
