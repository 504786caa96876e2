/**
 * How alike two titles are. Words that few items have weigh more (idf); sizes, colours and numbers are what makes two variants two things, so titles that
 * differ in one of them are of different goods however alike the rest is.
 */

/** Ways of saying one size. */
const SIZES: Readonly<Record<string, string>> = {
  xxs: 'xxs', xs: 'xs', s: 's', m: 'm', l: 'l', xl: 'xl', xxl: 'xxl', xxxl: 'xxxl', '2xl': 'xxl', '3xl': 'xxxl', small: 's', medium: 'm', large: 'l', 'x-large': 'xl', extralarge: 'xl', onesize: 'onesize', os: 'onesize',
};
const COLOURS: Readonly<Record<string, string>> = {
  black: 'black', blk: 'black', white: 'white', wht: 'white', blue: 'blue', blu: 'blue', navy: 'navy', nvy: 'navy', red: 'red', green: 'green', grn: 'green', grey: 'grey', gray: 'grey', gry: 'grey', pink: 'pink', pnk: 'pink', yellow: 'yellow', ylw: 'yellow',
  brown: 'brown', brn: 'brown', beige: 'beige', orange: 'orange', org: 'orange', purple: 'purple', prp: 'purple', cream: 'cream', sand: 'sand', olive: 'olive', teal: 'teal', gold: 'gold', silver: 'silver',
};
const STOP: ReadonlySet<string> = new Set(['the', 'a', 'an', 'of', 'and', 'with', 'for', 'in', 'size', 'colour', 'color', 'pcs', 'pc', 'default', 'title']);

function words(title: string): string[] {
  return (title.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !STOP.has(word));
}

/** A title as it is compared: its words, sizes and colours in their one form, and what tells variants apart. */
export interface Titled { words: ReadonlySet<string>; traits: ReadonlySet<string> }

export function titled(title: string): Titled {
  const set = new Set<string>(), traits = new Set<string>();
  for (const word of words(title)) {
    const size = SIZES[word], colour = COLOURS[word];
    set.add(size ?? colour ?? word);
    if (size !== undefined) traits.add(`size ${size}`);
    else if (colour !== undefined) traits.add(`colour ${colour}`);
    else if (/\d/.test(word)) traits.add(`number ${word.replace(/^0+(?=\d)/, '')}`);
  }
  return { words: set, traits };
}

/** Whether both titles name a trait of a kind (size, colour, number) and not the same ones (`differ`); or one names what the other leaves out (`missing`). */
export function traitsOf(a: Titled, b: Titled): 'same' | 'missing' | 'differ' {
  const only = [...a.traits].filter((t) => !b.traits.has(t)), other = [...b.traits].filter((t) => !a.traits.has(t));
  if (only.length === 0 && other.length === 0) return 'same';
  const kinds = (list: readonly string[]): Set<string> => new Set(list.map((t) => t.split(' ')[0]!));
  return [...kinds(only)].some((kind) => kinds(other).has(kind)) ? 'differ' : 'missing';
}

/** Weighted share of common words, 0 to 1 (a Jaccard index of idf weights). `weight` answers how much a word says; unknown words say most. */
export function titleLikeness(a: Titled, b: Titled, weight: (word: string) => number): number {
  let common = 0, all = 0;
  for (const word of a.words) { const w = weight(word); all += w; if (b.words.has(word)) common += w; }
  for (const word of b.words) if (!a.words.has(word)) all += weight(word);
  return all === 0 ? 0 : common / all;
}

/** idf over titles: ln(1 + n ÷ titles with the word). */
export function weightsOf(titles: Iterable<Titled>): (word: string) => number {
  const seen = new Map<string, number>();
  let n = 0;
  for (const title of titles) {
    n++;
    for (const word of title.words) seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  return (word) => Math.log(1 + n / (seen.get(word) ?? 1));
}
