/** Figures and other people's sentences within our own. */

/** Digits in groups of three: "1,200". */
export const grouped = (n: number): string => n.toLocaleString('en-GB');
/** "1 unit", "2 units", "1,200 units". */
export const some = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

/** Abbreviations keep their capitals. */
const ABBREVIATED: ReadonlySet<string> = new Set(['SKU', 'HMAC', 'PO', 'API']);

/** A kind of exception within a sentence: STOCK_NEGATIVE → "stock negative", PO_OVERDUE → "PO overdue". */
export const kindWords = (kind: string): string => kind.split('_').map((word) => (ABBREVIATED.has(word) ? word : word.toLowerCase())).join(' ');

/** What somebody else said, to end a sentence of ours with: without the full stops it may bring, as ours follows. */
export const unstopped = (said: string): string => said.trim().replace(/[.\s]+$/, '');
