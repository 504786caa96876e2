/** The documents that ship with Instep, to be read and searched in it, offline. */
import { readdir, readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Refusal, type Services } from '../app.ts';

const DOCS = new URL('../../../docs/', import.meta.url);
/** Folders that are for people who run Instep, in the order they are listed. Decisions and pictures are for those who build it. */
const FOLDERS = [['handover', 'First things'], ['', 'How it works'], ['operating', 'Running it'], ['runbooks', 'Runbooks']] as const;
const NAME = /^(?:(?:handover|operating|runbooks)\/)?[A-Za-z0-9_-]+$/;

const Page = z.object({ name: z.string(), title: z.string(), group: z.string(), owner: z.string().nullable(), tested: z.string().nullable() }).meta({ id: 'HelpPage' });
export interface HelpText { name: string; title: string; group: string; owner: string | null; tested: string | null; markdown: string }

/** Of a runbook: when it was practised last, by which test, and how a person practises it. */
const drill = (last: string | null, test: string | null, type: string | null): string | null => (last === null ? null : [last, test, type && `practise it: instep demo raise ${type}`].filter(Boolean).join(', '));

let pages: Promise<HelpText[]> | null = null;

async function read(): Promise<HelpText[]> {
  const found: HelpText[] = [];
  for (const [folder, group] of FOLDERS) {
    const files = (await readdir(new URL(folder === '' ? '.' : `${folder}/`, DOCS))).filter((file) => file.endsWith('.md')).sort((a, b) => (a === 'start-here.md' ? -1 : b === 'start-here.md' ? 1 : a < b ? -1 : 1));
    for (const file of files) {
      const markdown = await readFile(new URL(folder === '' ? file : `${folder}/${file}`, DOCS), 'utf8'), front = /^---\n([\s\S]*?)\n---\n/.exec(markdown)?.[1] ?? '', name = (folder === '' ? '' : `${folder}/`) + file.slice(0, -3);
      const said = (field: string): string | null => new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(front)?.[1]?.trim() ?? null;
      const heading = /^# (.+)$/m.exec(markdown)?.[1] ?? name;
      found.push({ name, group, title: folder === 'runbooks' ? (said('type') ?? name.split('/')[1]!) : heading, owner: said('owner'), tested: said('tested') ?? drill(said('last_drill'), said('test'), said('type')), markdown });
    }
  }
  return found;
}

export function helpRoutes(app: FastifyInstance, _services: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const all = (): Promise<HelpText[]> => (pages ??= read().catch((error) => { pages = null; throw error; }));
  const head = ({ markdown: _, ...page }: HelpText): z.infer<typeof Page> => page;

  api.get('/api/v1/help', { schema: { tags: ['help'], summary: 'The documents, or those with all the words asked for and the line they are in', querystring: z.object({ q: z.string().max(200).optional() }), response: { 200: z.object({ pages: z.array(Page.extend({ line: z.string().nullable() })) }) } } }, async (request) => {
    const words = (request.query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return {
      pages: (await all()).flatMap((page) => {
        const text = `${page.title}\n${page.markdown}`.toLowerCase();
        if (!words.every((word) => text.includes(word))) return [];
        const line = words.length === 0 ? null : page.markdown.split('\n').find((each) => words.every((word) => each.toLowerCase().includes(word))) ?? page.markdown.split('\n').find((each) => each.toLowerCase().includes(words[0]!)) ?? null;
        return [{ ...head(page), line: line?.replace(/[|#*`[\]]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 200) ?? null }];
      }),
    };
  });

  api.get('/api/v1/help/page', { schema: { tags: ['help'], summary: 'One document as Markdown', querystring: z.object({ name: z.string().regex(NAME) }), response: { 200: Page.extend({ markdown: z.string() }) } } }, async (request) => {
    const page = (await all()).find((each) => each.name === request.query.name);
    if (!page) throw new Refusal(404, `There is no document ${request.query.name}`);
    return page;
  });
}
