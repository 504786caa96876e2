/**
 * Forms of a code that people take for the same: without case and punctuation, without leading zeros, with its parts in order. A form is for finding;
 * whether two codes are one is decided in match.ts, with what the form has lost taken off the confidence.
 */

/** Letters and digits alone, upper case, wide forms folded: "tee-blu m" → "TEEBLUM". */
export function plain(code: string): string {
  return code.normalize('NFKC').toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Runs of letters and runs of digits, in order: "TEE01-B" → ["TEE", "01", "B"]. */
export function runs(code: string): string[] {
  return code.normalize('NFKC').toUpperCase().match(/\p{N}+|\p{L}+/gu) ?? [];
}

/** Parts as a person set them apart by punctuation: "WH1-TEE/M" → ["WH1", "TEE", "M"]. */
export function parts(code: string): string[] {
  return code.normalize('NFKC').toUpperCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** As `plain`, each run of digits without its leading zeros: what a spreadsheet makes of "000123". */
export function unzeroed(code: string): string {
  return runs(code).map((run) => run.replace(/^0+(?=\d)/, '')).join('');
}

/** As `plain`, with what is misread for a digit turned into it: O → 0, I and L → 1. */
export function misread(code: string): string {
  return plain(code).replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

/** The parts in alphabetical order: equal for codes whose parts were swapped. */
export function sortedParts(code: string): string {
  return parts(code).sort().join(' ');
}

/** Everything that is left when one character is taken out, and the whole: two codes one typing error apart share one of these. */
export function oneOut(text: string): string[] {
  const out = [text];
  for (let n = 0; n < text.length; n++) out.push(text.slice(0, n) + text.slice(n + 1));
  return [...new Set(out)];
}

/** Whether two codes differ by one typing error in their letters alone: a letter wrong, missing, added or two beside each other swapped. Digits must agree. */
export function oneLetterApart(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1 || a.replaceAll(/\D/g, '') !== b.replaceAll(/\D/g, '')) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  const [left, right] = [a.slice(start), b.slice(start)];
  if (left.length === right.length) return left.slice(1) === right.slice(1) || (left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2));
  return left.length > right.length ? left.slice(1) === right : right.slice(1) === left;
}
