/**
 * Which font draws a letter. Latin as Windows knows it needs no font: every reader of PDF has Helvetica. A paper with any other letter is set in Noto Sans, whose
 * packages hold each script in slices of some hundred letters with a list of what is in which: only slices that a paper needs are opened, cut down to its
 * letters, fixed to a weight and embedded. A letter no font has is named, and drawn as a box with its code.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Weight = 'regular' | 'bold';
/** A slice of a family: `noto-sans-sc/117`, or a font every reader has. */
type Slice = string;
export interface Letters {
  /** Per code point of the text, the name of its font; null where no font has it, '' where there is nothing to draw. */
  fontsOf(text: string, weight: Weight): (string | null)[];
  /** Fonts to embed, by name. */
  embedded: ReadonlyMap<string, Buffer>;
}

/** Any script; then those of Chinese characters, whose shapes differ by country. */
const FAMILIES = ['noto-sans', 'noto-sans-hebrew', 'noto-sans-arabic', 'noto-sans-thai'], HAN = { sc: 'noto-sans-sc', tc: 'noto-sans-tc', jp: 'noto-sans-jp', kr: 'noto-sans-kr' };
const WINDOWS = /^[\n\u0020-\u007e\u00a0-\u00ff\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u0160\u0161\u017d\u017e\u0152\u0153\u0178\u2122]*$/u;
/** Joiners, direction marks and selectors of shapes: nothing to see. */
const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{Cc}]$/u;
/** Labels, digits and amounts of every paper. */
const ALWAYS = Array.from({ length: 0x7e - 0x20 + 1 }, (_, n) => String.fromCharCode(0x20 + n)).join('') + '·–';
const WGHT: Record<Weight, number> = { regular: 400, bold: 700 };

const need = createRequire(import.meta.url);
const ranges = new Map<string, { slice: string; from: number; to: number }[]>();
/** What lies in which slice of a family, as its package lists it. */
function rangesOf(family: string): { slice: string; from: number; to: number }[] {
  let known = ranges.get(family);
  if (!known) {
    const listed = need(`@fontsource-variable/${family}/unicode.json`) as Record<string, string>;
    known = Object.entries(listed).flatMap(([slice, said]) => said.split(',').map((range) => { const [from, to] = range.slice(2).split('-').map((hex) => Number.parseInt(hex, 16)); return { slice: `${family}/${slice.replaceAll(/[[\]]/g, '')}`, from: from!, to: to ?? from! }; }));
    ranges.set(family, known);
  }
  return known;
}
function fileOf(slice: Slice): Buffer {
  const [family, name] = slice.split('/');
  return readFileSync(need.resolve(`@fontsource-variable/${family}/files/${family}-${name}-wght-normal.woff2`));
}
const held = new Map<Slice, ReadonlySet<number>>();
/** The code points a slice really has: its list names whole blocks. */
async function heldBy(slice: Slice): Promise<ReadonlySet<number>> {
  let known = held.get(slice);
  if (!known) {
    const { create } = await import('fontkit');
    known = new Set((create(fileOf(slice)) as { characterSet: number[] }).characterSet);
    held.set(slice, known);
  }
  return known;
}

/** The order of families for these texts: a Chinese character among kana is Japanese, among Hangul Korean, beside Bopomofo traditional, else simplified. */
function familiesFor(text: string): string[] {
  const { sc, tc, jp, kr } = HAN;
  const han = /[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d]/u.test(text) ? [jp, sc, tc, kr] : /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/u.test(text) ? [kr, sc, tc, jp] : /[\u3100-\u312f\u31a0-\u31bf]/u.test(text) ? [tc, sc, jp, kr] : [sc, tc, jp, kr];
  return [...FAMILIES, ...han];
}

/** Every letter of the texts with its slice, null for one that no font has. */
async function choose(text: string): Promise<Map<string, Slice | null>> {
  const families = familiesFor(text), chosen = new Map<string, Slice | null>();
  for (const letter of new Set(text)) {
    if (UNSEEN.test(letter)) continue;
    const code = letter.codePointAt(0)!;
    let found: Slice | null = null;
    search: for (const family of families) for (const { slice, from, to } of rangesOf(family)) if (code >= from && code <= to && (await heldBy(slice)).has(code)) { found = slice; break search; }
    chosen.set(letter, found);
  }
  return chosen;
}

/** Letters, each once, that no font has. Opens no font for texts in Latin letters. */
export async function unprintable(texts: readonly string[]): Promise<string[]> {
  const text = texts.join('\n').normalize('NFC');
  return WINDOWS.test(text) ? [] : [...await choose(text)].filter(([, slice]) => slice === null).map(([letter]) => letter);
}

/** Fonts for a paper that holds these texts, those of `bold` in bold type too. */
export async function lettersFor(texts: readonly string[], bold: readonly string[]): Promise<Letters> {
  const whole = [...texts, ...bold].join('\n').normalize('NFC');
  if (WINDOWS.test(whole)) {
    const name: Record<Weight, string> = { regular: 'Helvetica', bold: 'Helvetica-Bold' };
    return { embedded: new Map(), fontsOf: (text, weight) => Array.from(text, (letter) => (UNSEEN.test(letter) ? '' : name[weight])) };
  }
  const chosen = await choose(whole + ALWAYS), embedded = new Map<string, Buffer>(), { default: subset } = await import('subset-font');
  const used: Record<Weight, string> = { regular: whole + ALWAYS, bold: bold.join('\n').normalize('NFC') + ALWAYS };
  for (const weight of ['regular', 'bold'] as const) {
    const bySlice = Map.groupBy(new Set(used[weight]), (letter) => chosen.get(letter) ?? null);
    for (const [slice, letters] of bySlice) if (slice !== null) embedded.set(`${slice}/${weight}`, await subset(fileOf(slice), letters.join(''), { targetFormat: 'truetype', variationAxes: { wght: WGHT[weight] } }));
  }
  return {
    embedded,
    fontsOf: (text, weight) => Array.from(text, (letter) => { if (UNSEEN.test(letter)) return ''; const slice = chosen.get(letter); return slice ? `${slice}/${weight}` : null; }),
  };
}
