/** A pasted column of SKUs, in the form the API takes: commas between them. */

/** Line breaks, tabs and semicolons become commas; blanks and doubles go. A single phrase stays as it is. */
export function searchTerms(typed: string): string {
  if (!/[\n\r\t;,]/.test(typed)) return typed.trim();
  return [...new Set(typed.split(/[\n\r\t;,]+/).map((term) => term.trim()).filter(Boolean))].join(',');
}

/** How the chip names a search: the phrase, or how many SKUs. */
export function searchLabel(q: string): string {
  const terms = q.split(',').filter(Boolean);
  return terms.length > 2 ? `${terms.length} SKUs: ${terms.slice(0, 2).join(', ')}, …` : terms.join(', ');
}
