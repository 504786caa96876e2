/** Many counted lines at once, as they come out of a spreadsheet or a scanner's memory: a code and a number on each line. */

export interface Counted { sku: string; counted: number }
export interface Pasted { lines: Counted[]; faults: { line: number; text: string }[] }

/** A code may contain blanks: the last number on the line is the count. A code alone counts one; a code given twice adds up. */
export function pastedLines(text: string): Pasted {
  const sums = new Map<string, number>(), faults: Pasted['faults'] = [];
  for (const [n, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const parts = /^(.*?)(?:\s*[\t;,]\s*|\s+)(-?[\d.]+)$/.exec(line);
    const sku = (parts?.[1] ?? line).trim().replaceAll(/^"|"$/g, ''), counted = parts ? Number(parts[2]) : 1;
    if (sku === '' || !Number.isInteger(counted) || counted < 0) { if (n > 0 || !/^(sku|code|barcode)\b/i.test(line)) faults.push({ line: n + 1, text: line }); continue; }
    if (n === 0 && /^(sku|code|barcode)\b/i.test(line) && !parts) continue;
    sums.set(sku, (sums.get(sku) ?? 0) + counted);
  }
  return { lines: [...sums].map(([sku, counted]) => ({ sku, counted })), faults };
}
