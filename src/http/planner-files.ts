/** The starter files at permanent addresses, for Inventory Planner to fetch once a day: a full snapshot each, streamed, behind an unguessable token and, when wanted, a password. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STARTER_FILES, type StarterFile } from '../ports/planner.ts';
import { starterRows } from '../store/planner-files.ts';
import { plannerByFilesToken } from '../store/planner.ts';
import { findStore } from '../store/stores.ts';
import type { Services } from './app.ts';

export function plannerFileRoutes(app: FastifyInstance, { house }: Services): void {
  const nothing = (reply: FastifyReply): FastifyReply => reply.code(404).type('text/plain').send('There is no such file\n');
  app.get<{ Params: { token: string; place: string; name: string } }>('/planner-files/:token/:place/:name', { config: { public: true }, schema: { hide: true } as never }, async (request, reply) => {
    const { token, place, name } = request.params, connection = await plannerByFilesToken(house.db, token), file = STARTER_FILES.find((each) => `${each}.csv` === name);
    if (!connection || !file || !/^\d{1,19}$/.test(place)) return nothing(reply);
    if (connection.files_user !== null && connection.files_password !== null && !signedIn(request, connection.files_user, house.vault.open(`${connection.store_id}:planner_connection:files_password`, connection.files_password))) {
      return reply.code(401).header('www-authenticate', 'Basic realm="planner files", charset="UTF-8"').type('text/plain').send('User and password are needed\n');
    }
    const { rows: [known] } = await house.db.query('select from location where store_id = $1 and shopify_location_id = $2', [connection.store_id, place]);
    if (!known) return nothing(reply);
    const { currency } = (await findStore(house.db, connection.store_id))!;
    return reply.type('text/csv; charset=utf-8').header('cache-control', 'no-store').header('content-disposition', `attachment; filename="${name}"`)
      .send(Readable.from(text(file, starterRows(house.db, connection.store_id, file, place, connection.returns_on), currency)));
  });

  async function* text(file: StarterFile, pages: AsyncIterable<unknown[]>, currency: string): AsyncGenerator<string> {
    yield house.planners.starterHeader(file);
    for await (const rows of pages) yield house.planners.starterLines(file, rows, currency);
  }
}

function signedIn(request: FastifyRequest, user: string, password: string): boolean {
  const given = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '')?.[1], digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return given !== undefined && timingSafeEqual(digest(Buffer.from(given, 'base64').toString('utf8')), digest(`${user}:${password}`));
}
