/** The source is tidy, and each rule fires on a small tree that breaks it and on nothing else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { importsOf, sourceText } from './tidy/source-text.ts';
import { printed, tidy } from './tidy.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'instep-tidy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let trees = 0;
type Files = Record<string, string>;

const RULES = JSON.stringify({ domain: ['domain'], store: ['domain', 'store'], flows: ['domain', 'store'], 'flows/contents': ['flows'], connectors: ['domain'], 'connectors/*': ['domain', 'connectors/http', 'connectors/*'], sandbox: ['sandbox'], web: ['domain', 'web'] });
const RUNBOOK = `---\ntype: STOCK_LOST\nseverity: S2\nowner: ecommerce\nclock: 4h\ncloses: it is found\n---\n${
  ['In one sentence', 'Who is hurt', 'Is it real?', 'Usual causes', 'Fix', 'Do not', 'Escalate', 'Afterwards', 'Undo'].map((part) => `# ${part}\nWords.\n`).join('')}[button: look_again]\n`;
const FIXES = `export const fixes = [{ name: 'look_again', label: 'Look again', run: 'a-flow' }];\n`;
const CATALOGUE = `export const kinds = [{ kind: 'STOCK_LOST', severity: 2, owner: 'ecommerce', dueHours: 4, closes: 'it is found' }];\n`;

/** A tree without a fault. */
const SOUND: Files = {
  'deps.json': RULES,
  'src/compose.ts': `import { count } from './flows/count.ts';\nimport { kinds } from './domain/exceptions/catalogue.ts';\nimport { fixes } from './domain/exceptions/fixes.ts';\nexport const house = [count, kinds, fixes];\n`,
  'src/domain/exceptions/catalogue.ts': CATALOGUE,
  'src/domain/exceptions/fixes.ts': FIXES,
  'src/store/levels.ts': `export const LEVELS = 'select quantity from level where at <= $1'; // never now()\nexport const now = (): string => 'an argument';\n`,
  'src/flows/count.ts': `import { LEVELS, now } from '../store/levels.ts';\nexport const count = { raises: ['STOCK_LOST'], sql: LEVELS, at: now() };\n`,
  'docs/runbooks/STOCK_LOST.md': RUNBOOK,
};

/** Findings of the sound tree with these files added, replaced or (null) taken away. */
function findings(changes: Record<string, string | null>): string[] {
  const root = path.join(folder, String(trees++));
  for (const [name, text] of Object.entries({ ...SOUND, ...changes })) {
    if (text === null) continue;
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return tidy(root).map(printed);
}

/** A file that is used, so that only what the case is about is found. */
const used = (name: string, text: string): Files => ({ [name]: text, 'test/uses.ts': `import '../${name}';\n` });

test('this repository is tidy', () => {
  expect(tidy(fileURLToPath(new URL('..', import.meta.url))).map(printed)).toEqual([]);
});

test('a sound tree has no findings', () => { expect(findings({})).toEqual([]); });

const CASES: [rule: string, changes: Record<string, string | null>, finding: string | RegExp][] = [
  ['a folder imports what deps.json does not allow', used('src/store/x.ts', `import { count } from '../flows/count.ts';\nexport const x = count;\n`), /^src\/store\/x\.ts:1: may not import src\/flows\/count/],
  ['a flow imports another flow', used('src/flows/other.ts', `export { count } from './count.ts';\n`), /^src\/flows\/other\.ts:1: may not import src\/flows\/count/],
  ['a connector imports another connector', { ...used('src/connectors/a/x.ts', `import { y } from '../b/y.ts';\nexport const x = y;\n`), 'src/connectors/b/y.ts': 'export const y = 1;\n' }, /^src\/connectors\/a\/x\.ts:1: may not import src\/connectors\/b\/y/],
  ['a type-only import counts too', used('src/store/x.ts', `import type {\n  Count,\n} from '../flows/count.ts';\nexport type X = Count;\n`), /^src\/store\/x\.ts:3: may not import/],
  ['a dynamic import counts too', used('src/sandbox/x.ts', `export const x = () => import('../domain/exceptions/catalogue.ts');\n`), /^src\/sandbox\/x\.ts:1: may not import src\/domain/],
  ['a folder nobody made a rule for', used('src/magic/x.ts', 'export const x = 1;\n'), 'src/magic/x.ts:1: has no rule in deps.json (src/magic/x)'],
  ['an import of a file that is not there', used('src/store/x.ts', `import { y } from './gone.ts';\nexport const x = y;\n`), 'src/store/x.ts:1: imports ./gone.ts, which is not there'],
  ['the rules are missing', { 'deps.json': null }, 'deps.json:1: is missing: it says who may import whom'],
  ['domain imports a package', used('src/domain/x.ts', `import { z } from 'zod';\nexport const x = z;\n`), /^src\/domain\/x\.ts:1: imports zod/],
  ['domain imports node:', used('src/domain/x.ts', `import fs from 'node:fs';\nexport const x = fs;\n`), /^src\/domain\/x\.ts:1: imports node:fs/],
  ['domain asks Date.now', used('src/domain/x.ts', `\nexport const x = () => Date.now();\n`), /^src\/domain\/x\.ts:2: asks the clock/],
  ['domain makes a Date of now', used('src/domain/x.ts', `export const x = new Date();\n`), /^src\/domain\/x\.ts:1: asks the clock/],
  ['domain rolls dice', used('src/domain/x.ts', `export const x = Math.random();\n`), /^src\/domain\/x\.ts:1: rolls dice/],
  ['a file nobody imports', { 'src/store/lonely.ts': 'export const x = 1;\n' }, 'src/store/lonely.ts:1: is dead: nothing imports it but its own test'],
  ['a file only its own test imports', { 'src/store/lonely.ts': 'export const x = 1;\n', 'src/store/lonely.test.ts': `import './lonely.ts';\n` }, /^src\/store\/lonely\.ts:1: is dead/],
  ['a barrel', used('src/store/index.ts', `export { LEVELS } from './levels.ts';\n`), /^src\/store\/index\.ts:1: is a barrel/],
  ['a drawer', used('src/store/utils.ts', 'export const x = 1;\n'), /^src\/store\/utils\.ts:1: is a drawer/],
  ['a statement asks the clock', used('src/store/x.ts', 'export const X = `\n  update level set at = now() where ${1} = 1`;\n'), /^src\/store\/x\.ts:2: SQL calls now\(\)/],
  ['a migration makes ids', { 'src/store/migrations/0001_a.sql': '-- gen_random_uuid() in a comment is only talk\ncreate table a (id uuid default gen_random_uuid());\n' }, /^src\/store\/migrations\/0001_a\.sql:2: SQL calls gen_random_uuid\(\)/],
  ['a leftover', used('src/store/x.ts', `// ${'TO'}${'DO'}: later\nexport const x = 1;\n`), /^src\/store\/x\.ts:1: .*finish it/],
  ['a skipped test', { 'test/x.test.ts': `test${'.skip'}('later', () => {});\n` }, /^test\/x\.test\.ts:1: .*every test runs/],
  ['a lonely test', { 'test/x.test.ts': `describe${'.only'}('this', () => {});\n` }, /^test\/x\.test\.ts:1: .*every test runs/],
  ['a kind without a runbook', { 'docs/runbooks/STOCK_LOST.md': null }, /^src\/domain\/exceptions\/catalogue\.ts:1: STOCK_LOST has no runbook/],
  ['a runbook without a kind', { 'docs/runbooks/STOCK_FOUND.md': RUNBOOK }, /^docs\/runbooks\/STOCK_FOUND\.md:1: is an orphan/],
  ['a runbook of another owner', { 'docs/runbooks/STOCK_LOST.md': RUNBOOK.replace('owner: ecommerce', 'owner: finance') }, 'docs/runbooks/STOCK_LOST.md:1: front matter says owner: finance, the catalogue ecommerce'],
  ['a runbook that lacks a part', { 'docs/runbooks/STOCK_LOST.md': RUNBOOK.replace('# Do not\nWords.\n', '') }, /^docs\/runbooks\/STOCK_LOST\.md:1: has the parts/],
  ['a runbook without a button', { 'docs/runbooks/STOCK_LOST.md': RUNBOOK.replace('[button: look_again]', '') }, /^docs\/runbooks\/STOCK_LOST\.md:1: has no button/],
  ['a runbook with a button nobody made', { 'docs/runbooks/STOCK_LOST.md': RUNBOOK.replace('look_again', 'pray') }, /names the button pray, which/],
  ['a flow raises an unknown kind', { 'src/flows/count.ts': `import { LEVELS } from '../store/levels.ts';\nexport const count = { raises: ['STOCK_GONE'], sql: LEVELS };\n` }, 'src/flows/count.ts:2: raises STOCK_GONE, which the catalogue does not have'],
  ['a flow raises what it does not name', { 'src/flows/count.ts': `import { LEVELS } from '../store/levels.ts';\nexport const count = { raises: [], sql: LEVELS, found: { kind: 'STOCK_LOST' } };\n` }, 'src/flows/count.ts:2: raises STOCK_LOST without naming it in raises'],
  ['another word for quantity', used('src/store/x.ts', `export const ${'q'}${'ty'} = 1;\n`), /^src\/store\/x\.ts:1: .*the glossary says quantity/],
  ['another spelling of fulfilment', used('src/store/x.ts', `export const fulfil${'l'}ment = 1;\n`), /^src\/store\/x\.ts:1: .*the glossary says fulfilment/],
  ['a place of one machine', { 'docs/x.md': `Look in /wor${'k/'}main.\n` }, /^docs\/x\.md:1: names a place of one machine/],
  ['an address of a registry in the lock file', { 'package-lock.json': `{\n"resol${'ved'}": "https://packages.example/x.tgz"}\n` }, /^package-lock\.json:2: names a place/],
  ['a link that leads nowhere', { 'README.md': 'See [the tour](docs/tour.md).\n' }, 'README.md:1: links to docs/tour.md, which is not there'],
  ['a dependency without a reason', { 'package.json': '{\n"dependencies": { "left": "1.0.0" } }\n', 'docs/decisions/002-dependencies.md': 'None.\n' }, 'package.json:2: left has no reason in docs/decisions/002-dependencies.md'],
  ['a comment that names a missing document', used('src/store/x.ts', `/** See docs/${'gone'}.md */\nexport const x = 1;\n`), 'src/store/x.ts:1: names docs/gone.md, which is not there'],
];

describe('each rule finds its fault, and that alone', () => {
  test.each(CASES)('%s', (_rule, changes, finding) => {
    const found = findings(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(finding);
  });
});

describe('what is allowed stays allowed', () => {
  const allowed: [string, Record<string, string | null>][] = [
    ['contents may import flows', used('src/flows/contents.ts', `import { count } from './count.ts';\nexport const FLOWS = [count];\n`)],
    ['a connector imports itself', { ...used('src/connectors/a/x.ts', `import { y } from './y.ts';\nexport const x = y;\n`), 'src/connectors/a/y.ts': 'export const y = 1;\n' }],
    ['a comment or a string may speak of the clock in domain', used('src/domain/x.ts', `// not Date.now()\nexport const x = 'Math.random()', at = new Date(0), read = new Date ('2026-11-24');\n`)],
    ['a thread is started, not imported', { ...used('src/store/x.ts', `export const x = new URL('../flows/thread.ts', import.meta.url);\n`), 'src/flows/thread.ts': 'export const t = 1;\n' }],
    ['a page is found by its HTML', { 'src/web/index.html': '<script type="module" src="/main.tsx"></script>\n', 'src/web/main.tsx': 'export const page = 1;\n' }],
    ['the fact key keeps the outside’s spelling', used('src/store/x.ts', `export const key = 'shopify:fulfil${'l'}ment/7:line/1';\n`)],
    ['tests skip where a condition says so', { 'test/x.test.ts': `test${'.skipIf'}(true)('without the data', () => {});\n` }],
  ];
  test.each(allowed)('%s', (_rule, changes) => { expect(findings(changes)).toEqual([]); });
});

describe('a source taken apart', () => {
  test('comments, strings, templates and regular expressions are told apart', () => {
    const { code, literals } = sourceText('const a = "x // y"; // z\nconst b = /["\'`]\\/*/g; const c = `p ${a + `q`} r`; /* "s" */');
    expect(literals.map((literal) => literal.text)).toEqual(['x // y', `p ${' '.repeat(10)} r`, 'q']);
    expect(code).toBe('const a = "      ";     \nconst b = /        /g; const c = `  ${a + ` `}  `;          ');
  });
  test('imports of every form are found, and none in a comment or string', () => {
    const source = `import a from 'a';\nimport type { B } from "b";\nimport 'c';\nexport * from './d.ts';\nconst e = await import('./e.ts');\n// import f from 'f'\nconst g = "import h from 'h'";\nnew URL('./i.ts', import.meta.url);`;
    expect(importsOf(sourceText(source)).map((found) => found.specifier)).toEqual(['a', 'b', 'c', './d.ts', './e.ts', './i.ts']);
  });
});
