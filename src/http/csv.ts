/** CSV out: RFC 4180 quoting, a byte-order mark for spreadsheets, and text that a spreadsheet would take for a formula defused. */
import type { FastifyReply } from 'fastify';

type Cell = string | number | null | undefined;

export function csv(reply: FastifyReply, name: string, header: string[], rows: Cell[][]): FastifyReply {
  return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '-')}.csv"`)
    .send(`\uFEFF${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`);
}

/** Numbers stay numbers; text beginning like a formula gets a leading apostrophe. */
export function cell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠|%]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
