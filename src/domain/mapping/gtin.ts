/** Barcodes: GTIN-8, -12 (UPC), -13 (EAN) and -14 as one number of fourteen digits, when the check digit is right. Source: GS1 General Specifications §7.9. */

const LENGTHS: readonly number[] = [8, 12, 13, 14];

/** The check digit of a number without it: weights 3 and 1 from the right, up to the next ten. */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let n = 0; n < digits.length; n++) sum += Number(digits[digits.length - 1 - n]) * (n % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

/** Fourteen digits, or null when the text is no GTIN: another length, letters in it, a wrong check digit, nothing but zeros. Spaces and hyphens are passed over. */
export function gtinOf(text: string | null): string | null {
  const digits = (text ?? '').replaceAll(/[\s-]/g, '');
  if (!LENGTHS.includes(digits.length) || !/^\d+$/.test(digits) || /^0+$/.test(digits)) return null;
  return checkDigit(digits.slice(0, -1)) === Number(digits.at(-1)) ? digits.padStart(14, '0') : null;
}
