/** No text holds U+0000, and PostgreSQL keeps none: a request with one is told so, by the field, before any route reads it. */
import type { FastifyInstance } from 'fastify';
import { Refusal } from './app.ts';

const NUL = '\u0000';
/** A workbook, a picture, or a text of two bytes a letter. */
export const NOT_CSV = 'this is not a CSV file: save the sheet as “CSV (UTF-8)” and choose that';

/** Where U+0000 stands in a body or a query, `lines.3.sku`; null where it does not. Names of fields count as text. */
export function nulIn(value: unknown): string | null {
  const waiting: { at: string; value: unknown }[] = [{ at: '', value }];
  for (let next; (next = waiting.pop());) {
    if (typeof next.value === 'string') { if (next.value.includes(NUL)) return next.at; continue; }
    if (typeof next.value !== 'object' || next.value === null || ArrayBuffer.isView(next.value)) continue;
    for (const [key, inner] of Object.entries(next.value)) {
      if (key.includes(NUL)) return next.at || 'body';
      waiting.push({ at: next.at === '' ? key : `${next.at}.${key}`, value: inner });
    }
  }
  return null;
}

/** Throws a 400 that names the field. Webhooks are bytes to us until they are verified, and pass by. */
export function textOnly(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    for (const [part, value] of [['body', request.body], ['query', request.query], ['path', request.params]] as const) {
      const field = nulIn(value);
      if (field !== null) throw new Refusal(400, `${field || part}: ${field === 'csv' ? NOT_CSV : 'holds a character that is no text (U+0000)'}`);
    }
  });
}
