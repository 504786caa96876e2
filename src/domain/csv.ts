/** One cell of CSV (RFC 4180): numbers stay numbers, text that a spreadsheet would take for a formula gets a leading apostrophe, and loses it where we read it again. */
export type Cell = string | number | null | undefined;

/** Text a spreadsheet would run, by any of these signs, narrow or full width; and such text with apostrophes before it, so that no text comes back as another one. */
const RUNS = /^'*(?:[\s\u0000-\u001f]*[=+\-@|%＝＋－＠｜％]|[\t\r\n])/;
const defused = (text: string): string => (RUNS.test(text) ? `'${text}` : text);
/** The text a cell of ours was made of. */
export const fused = (text: string): string => (text.startsWith("'") && RUNS.test(text.slice(1)) ? text.slice(1) : text);

export function cell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = defused(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A whole file, with the byte-order mark spreadsheets want. */
export function csvText(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
