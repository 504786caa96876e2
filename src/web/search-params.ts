/** What an address may say. Anything else is as if it were not there: a mistyped link opens the page without the filter. */

/** Text up to `most` characters; empty is absent. */
export function text(value: unknown, most = 300): string | undefined {
  const written = typeof value === 'number' ? String(value) : value;
  return typeof written === 'string' && written !== '' && written.length <= most ? written : undefined;
}

/** In place of a location's id, where a page can speak of all of them together. */
export const ALL_LOCATIONS = 0;

/** A whole number above zero. */
export function positive(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** One of the words. */
export function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

/** An item at a location, and the state or figure asked about: `39@1:available`. */
export interface Subject { itemId: number; locationId: number; figure: string }

export function subjectText({ itemId, locationId, figure }: Subject): string {
  return `${itemId}@${locationId}:${figure}`;
}

export function subject(value: string | undefined): Subject | null {
  const parts = /^(\d{1,9})@(\d{1,9}):([\w ]{1,40})$/.exec(value ?? '');
  return parts ? { itemId: Number(parts[1]), locationId: Number(parts[2]), figure: parts[3]! } : null;
}

/** A calendar day, YYYY-MM-DD. */
export const dayText = (value: unknown): string | undefined => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined);
