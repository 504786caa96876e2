/** One line of CSV for a machine: RFC 4180, nothing changed in the cells, unlike what is written for people with spreadsheets. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => { const text = cell === null ? '' : String(cell); return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; }).join(',')}\r\n`;
}
