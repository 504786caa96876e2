/** CSV out, as a download. */
import type { FastifyReply } from 'fastify';
import { csvText, type Cell } from '../domain/csv.ts';

export function csv(reply: FastifyReply, name: string, header: string[], rows: Cell[][]): FastifyReply {
  return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '-')}.csv"`).send(csvText(header, rows));
}
