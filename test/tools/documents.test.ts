/** The documents that people are handed: who owns what is what the code says, and each page of the handover names an owner and when it was tested. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROLES } from '../../src/domain/alerts/routing.ts';
import { peakRules } from '../../src/domain/push/peak.ts';
import { FLOWS } from '../../src/flows/contents.ts';
import { whoOwnsWhat } from '../../tools/owners.ts';

const folder = new URL('../../docs/handover/', import.meta.url);

it('who owns what is not older than the code: run `node tools/owners.ts`', () => {
  expect(readFileSync(new URL('who-owns-what.md', folder), 'utf8')).toBe(whoOwnsWhat());
});

const docs = new URL('../../docs/', import.meta.url), root = new URL('../../', import.meta.url);
/** For those who build Instep: nobody runs anything by it. */
const FOR_BUILDERS: readonly string[] = ['tour.md'];
const handed = ['', 'operating/', 'handover/'].flatMap((folder_) => readdirSync(new URL(folder_ === '' ? '.' : folder_, docs)).filter((file) => file.endsWith('.md') && !FOR_BUILDERS.includes(file)).map((file) => `${folder_}${file}`));

it.each(handed)('%s names its owner, a role, and tests that are there', (file) => {
  const front = /^---\nowner: (.+)\ntested: (.+)\n---\n# .+/.exec(readFileSync(new URL(file, docs), 'utf8'));
  expect(ROLES).toContain(front?.[1]);
  for (const [named] of front![2]!.matchAll(/\b(?:test|src|tools|bench)\/[\w./-]*\w/g)) expect([named, existsSync(new URL(named, root))]).toEqual([named, true]);
});

it('every figure of a list, of Today and of the Peak monitor has its formula', () => {
  const told = readFileSync(new URL('figures.md', docs), 'utf8'), web = readdirSync(new URL('src/web/', root), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx')).map((file) => readFileSync(new URL(`src/web/${file}`, root), 'utf8')).join('\n');
  const lists = [...web.matchAll(/header: '([^']+)',[^\n{}]*align: 'right'/g), ...web.matchAll(/\bfigure\('\w+', '([A-Z][^']*)'/g)].map((match) => match[1]!);
  const tiles = [...readFileSync(new URL('src/http/today-tiles.ts', root), 'utf8').matchAll(/tile\('\w+', '([^']+)'/g)].map((match) => match[1]!);
  const figures = { ordersPerMinute: 0, inboxAge: 0, pushAge: 0, lagIn: 0, lagOut: 0, bucketLeft: 1, deadLetters: 0, oversold: 0, webhookAge: null, orderAge: null };
  expect([lists.length > 60, tiles.length > 8]).toEqual([true, true]);
  expect([...new Set([...lists, ...tiles, ...peakRules(figures).map((rule) => rule.label)])].filter((name) => !told.includes(`**${name}**`))).toEqual([]);
});

it('the environment’s names in the document are those the code reads', () => {
  const named = (text: string): Set<string> => new Set([...text.matchAll(/\b(?:INSTEP_[A-Z_]+|DATABASE_URL)\b/g)].map(([name]) => name)), read = named(readFileSync(new URL('src/runtime/config.ts', root), 'utf8')), told = named(readFileSync(new URL('operating/environment.md', docs), 'utf8'));
  expect([...read].filter((name) => !told.has(name))).toEqual([]);
  // Read elsewhere: by the vault, and where the tests find their data.
  expect([...told].filter((name) => !read.has(name)).sort()).toEqual(['INSTEP_MASTER_KEY', 'INSTEP_SHARED']);
});

it('every flow is listed once', () => {
  const names = FLOWS.map((flow) => flow.name);
  expect(new Set(names).size).toBe(names.length);
});

it('every command of the command line and every option of it is on its page, and none that is not there', () => {
  const source = readFileSync(new URL('src/cli/main.ts', root), 'utf8'), told = readFileSync(new URL('cli.md', docs), 'utf8'), own = source.split(/\n(?=(?:const \w+ = )?(?:program|demo|rates)\.command\()/).slice(1);
  const commands = own.map((text) => { const [, parent, name] = /(program|demo|rates)\.command\('([\w-]+)'\)/.exec(text)!; return { name: parent === 'program' ? name! : `${parent} ${name}`, options: [...text.matchAll(/'(--[\w-]+)/g)].map((match) => match[1]!) }; });
  expect(commands.length).toBeGreaterThan(18);
  const sections = new Map(told.split(/\n(?=\| `)/).slice(1).map((row) => [/^\| `([\w -]+?)(?: <[^`]*)?`/.exec(row)?.[1], row]));
  expect([...sections.keys()].sort()).toEqual(commands.map((one) => one.name).filter((name) => name !== 'demo' && name !== 'rates').sort());
  for (const { name, options } of commands) for (const option of options.filter((one) => one !== '--json' && one !== '--store')) expect([name, option, sections.get(name)?.includes(`\`${option}\``)]).toEqual([name, option, true]);
});
