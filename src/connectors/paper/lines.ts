/**
 * Text set into lines of a width: broken where the language breaks (spaces, between Chinese characters, between Thai words), each line in the order it is read
 * (Unicode's bidirectional algorithm), each piece in the font its letters need. pdfkit does none of the three: it sets one font from left to right.
 */
import bidiFactory from 'bidi-js';
import type { Letters, Weight } from './letters.ts';

/** The part of it that is used; its own types name a module, not what the module gives. */
interface Bidi { getEmbeddingLevels(text: string, direction: 'auto'): { levels: Uint8Array; paragraphs: { level: number }[] }; getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string> }
const bidi = (bidiFactory as unknown as () => Bidi)();
/** A piece of one font and one direction; `font` null is a box with the letter's code. */
interface Piece { text: string; font: string | null; level: number; width: number }
export interface Line { pieces: Piece[]; width: number; /** Begins at the right. */ isRightToLeft: boolean }
export interface Pen { doc: PDFKit.PDFDocument; letters: Letters; size: number; weight: Weight }

export const lineHeight = (pen: Pen): number => pen.size * (pen.letters.embedded.size > 0 ? 1.4 : 1.16);
/** From the top of a line to the foot of its letters. */
const ascent = (pen: Pen): number => pen.size * (pen.letters.embedded.size > 0 ? 1.05 : 0.76);
const CODE_SIZE = 0.5;
const hex = (letter: string): string => letter.codePointAt(0)!.toString(16).toUpperCase();
/** Neither begins a line: closing marks; nor ends one: opening marks. */
const CLOSES = /^[\p{Pe}\p{Pf}\p{Po}\u3005\u30fc%‰°]/u, OPENS = /[\p{Ps}\p{Pi}]$/u;
const words = new Intl.Segmenter('und', { granularity: 'word' }), graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

export function linesOf(pen: Pen, given: string, width: number): Line[] {
  return given.normalize('NFC').split('\n').flatMap((paragraph) => paragraphLines(pen, paragraph, width));
}

function paragraphLines(pen: Pen, text: string, width: number): Line[] {
  const embedding = bidi.getEmbeddingLevels(text, 'auto'), mirrored = bidi.getMirroredCharactersMap(text, embedding.levels), fonts = fontsByUnit(pen, text), isRightToLeft = (embedding.paragraphs[0]?.level ?? 0) % 2 === 1, lines: Line[] = [];
  const pieces = (from: number, to: number): Piece[] => {
    const found: Piece[] = [];
    for (let at = from; at < to;) {
      const letter = String.fromCodePoint(text.codePointAt(at)!), font = fonts[at]!, level = embedding.levels[at]!, isSpace = letter === ' ', last = found.at(-1), shown = mirrored.get(at) ?? letter;
      at += letter.length;
      if (font === '') { if (last && /[\u200c\u200d]/.test(letter)) last.text += letter; continue; }
      if (last && font !== null && last.font === font && last.level === level && !isSpace && !last.text.endsWith(' ')) last.text += shown;
      else found.push({ text: shown, font, level, width: 0 });
    }
    for (const piece of found) piece.width = widthOf(pen, piece);
    return found;
  };
  const measured = (from: number, to: number): number => pieces(from, to).reduce((sum, piece) => sum + piece.width, 0);
  const trimmed = (from: number, to: number): number => { let end = to; while (end > from && text[end - 1] === ' ') end--; return end; };
  const end = (from: number, to: number): void => { const line = ordered(pieces(from, trimmed(from, to))); lines.push({ pieces: line, width: line.reduce((sum, piece) => sum + piece.width, 0), isRightToLeft }); };
  let start = 0;
  for (const [from, to] of chunks(text)) {
    if (measured(start, trimmed(start, to)) <= width) continue;
    if (from > start) { end(start, from); start = from; }
    // A word wider than the column is cut between letters.
    if (measured(start, trimmed(start, to)) > width) for (const { segment, index } of graphemes.segment(text.slice(from, to))) if (from + index > start && measured(start, from + index + segment.length) > width && segment !== ' ') { end(start, from + index); start = from + index; }
  }
  end(start, text.length);
  return lines;
}

/** Pieces that stay on one line: words with the space after them, single words of a language without spaces. */
function chunks(text: string): [from: number, to: number][] {
  const found: [number, number][] = [];
  let from = 0, before = '';
  for (const { segment, index } of words.segment(text)) {
    const mayBreak = before !== '' && (before.endsWith(' ') || ((UNSPACED.test(before) || UNSPACED.test(segment)) && !CLOSES.test(segment) && !OPENS.test(before))) && segment !== ' ';
    if (mayBreak) { found.push([from, index]); from = index; }
    before = segment;
  }
  if (from < text.length) found.push([from, text.length]);
  return found;
}

/** Rule L2: from the highest level down to the lowest odd one, turn what stands together; pieces that only hold marks are turned within themselves too. */
function ordered(pieces: Piece[]): Piece[] {
  const line = pieces.map((piece) => (piece.level % 2 === 1 && !/[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(piece.text) ? { ...piece, text: [...piece.text].reverse().join('') } : piece));
  for (let level = Math.max(0, ...line.map((piece) => piece.level)); level >= 1; level--) {
    for (let from = 0; from < line.length; from++) {
      let to = from;
      while (to < line.length && line[to]!.level >= level) to++;
      if (to > from) { line.splice(from, to - from, ...line.slice(from, to).reverse()); from = to; }
    }
  }
  return line;
}

/** Per UTF-16 unit, so that places in the text are places here. A mark above a letter is set with its letter where that font has it. */
function fontsByUnit(pen: Pen, text: string): (string | null)[] {
  const byLetter = pen.letters.fontsOf(text, pen.weight);
  return Array.from(text).flatMap((letter, n) => Array.from({ length: letter.length }, () => byLetter[n]!));
}
function widthOf(pen: Pen, piece: Piece): number {
  if (piece.font === null) return Math.max(pen.size * 0.7, pen.doc.font('Helvetica').fontSize(pen.size * CODE_SIZE).widthOfString(hex(piece.text)) + 2);
  return pen.doc.font(piece.font).fontSize(pen.size).widthOfString(piece.text);
}

/** Draws the lines from `y` on; answers where they end. Lines that are read from the right stand at the right of a left-aligned column. */
export function drawLines(pen: Pen, lines: readonly Line[], x: number, y: number, width: number, align: 'left' | 'right' | 'center' = 'left'): number {
  const { doc, size } = pen;
  for (const [n, line] of lines.entries()) {
    const foot = y + n * lineHeight(pen) + ascent(pen), free = width - line.width;
    let at = x + (align === 'center' ? free / 2 : align === 'right' || line.isRightToLeft ? free : 0);
    for (const piece of line.pieces) {
      if (piece.font === null) {
        doc.save().lineWidth(0.5).rect(at + 0.5, foot - size * 0.72, piece.width - 1, size * 0.86).stroke('#111111').restore();
        doc.font('Helvetica').fontSize(size * CODE_SIZE).text(hex(piece.text), at + 1.2, foot - size * 0.12, { lineBreak: false, baseline: 'alphabetic' });
      } else doc.font(piece.font).fontSize(size).text(piece.text, at, foot, { lineBreak: false, baseline: 'alphabetic' });
      at += piece.width;
    }
  }
  return y + lines.length * lineHeight(pen);
}
