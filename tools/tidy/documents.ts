/** Documents that must keep pace with the code: runbooks, what flows raise, links, reasons for dependencies, decisions named in comments. */
import path from 'node:path';
import { isTypeScript, type Finding, type Tree } from './tree.ts';

interface Kind { kind: string; severity: string; owner: string; dueHours: string; offset: number }

const CATALOGUE = 'src/domain/exceptions/catalogue.ts';
const BUTTONS = 'src/domain/exceptions/fixes.ts';
const KIND = /\{\s*kind:\s*'([A-Z_0-9]+)',\s*severity:\s*(\d),\s*owner:\s*'([^']+)',\s*dueHours:\s*([\d.]+)/g;
/** The parts of every runbook, in this order. */
const PARTS = ['In one sentence', 'Who is hurt', 'Is it real?', 'Usual causes', 'Fix', 'Do not', 'Escalate', 'Afterwards', 'Undo'];

export function documentFindings(tree: Tree): Finding[] {
  return [...runbookFindings(tree), ...linkFindings(tree), ...dependencyFindings(tree), ...namedDocumentFindings(tree)];
}

function kindsOf(tree: Tree): Kind[] {
  const text = tree.file(CATALOGUE)?.text ?? '';
  return [...text.matchAll(KIND)].map((m) => ({ kind: m[1]!, severity: m[2]!, owner: m[3]!, dueHours: m[4]!, offset: m.index }));
}

function runbookFindings(tree: Tree): Finding[] {
  const catalogue = tree.file(CATALOGUE);
  if (!catalogue) return [];
  const findings: Finding[] = [], kinds = kindsOf(tree), buttons = new Set([...(tree.file(BUTTONS)?.text ?? '').matchAll(/\{\s*name:\s*'([a-z_]+)',\s*label:/g)].map((m) => m[1]!));
  for (const entry of kinds) {
    const runbook = tree.file(`docs/runbooks/${entry.kind}.md`);
    if (!runbook) { findings.push(catalogue.finding(entry.offset, `${entry.kind} has no runbook docs/runbooks/${entry.kind}.md`)); continue; }
    const said = (field: string): string => new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(runbook.text.split('\n---')[0]!)?.[1]?.trim() ?? '(missing)';
    const expected: Record<string, string> = { type: entry.kind, severity: `S${entry.severity}`, owner: entry.owner, clock: Number(entry.dueHours) < 1 ? `${Number(entry.dueHours) * 60}m` : `${entry.dueHours}h` };
    for (const [field, value] of Object.entries(expected)) {
      if (said(field) !== value) findings.push(runbook.finding(0, `front matter says ${field}: ${said(field)}, the catalogue ${value}`));
    }
    if (said('closes') === '(missing)') findings.push(runbook.finding(0, 'front matter does not say when it closes'));
    if (said('test') !== '(missing)' && !tree.file(said('test'))) findings.push(runbook.finding(0, `front matter names the test ${said('test')}, which is not there`));
    const pressed = [...runbook.text.matchAll(/\[button:\s*([^\]]+)\]/g)];
    if (pressed.length === 0) findings.push(runbook.finding(0, 'has no button: a reader must be able to begin from it'));
    for (const match of pressed) if (!buttons.has(match[1]!.trim())) findings.push(runbook.finding(match.index, `names the button ${match[1]!.trim()}, which ${BUTTONS} does not have`));
    const parts = [...runbook.text.matchAll(/^# (.+)$/gm)].map((m) => m[1]!.trim());
    if (parts.join('|') !== PARTS.join('|')) findings.push(runbook.finding(0, `has the parts ${parts.join(', ') || 'none'}; expected ${PARTS.join(', ')}`));
  }
  const names = new Set(kinds.map((entry) => entry.kind));
  for (const file of tree.under('docs/runbooks')) {
    if (file.path.endsWith('.md') && !names.has(path.posix.basename(file.path, '.md'))) findings.push(file.finding(0, 'is an orphan: the catalogue has no such kind'));
  }
  for (const flow of tree.under('src/flows').filter((file) => isTypeScript(file.path))) {
    const raises = /\braises:\s*\[([^\]]*)\]/.exec(flow.text);
    if (!raises) continue;
    const declared = [...raises[1]!.matchAll(/'([^']*)'/g)].map((m) => m[1]!);
    for (const kind of declared) if (!names.has(kind)) findings.push(flow.finding(raises.index, `raises ${kind}, which the catalogue does not have`));
    for (const match of flow.text.matchAll(/\bkind:\s*'([A-Z][A-Z_0-9]+)'/g)) {
      if (!declared.includes(match[1]!)) findings.push(flow.finding(match.index, `raises ${match[1]} without naming it in raises`));
    }
  }
  return findings;
}

/** Relative links lead somewhere. Pictures are made by the browser test and may be missing in a fresh tree. */
function linkFindings(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const file of tree.files.filter((f) => f.path.endsWith('.md'))) {
    for (const match of file.text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const target = match[1]!.split('#')[0]!;
      if (target === '' || /^[a-z]+:/i.test(target) || target.endsWith('.png')) continue;
      const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file.path), target)).replace(/\/$/, '');
      if (!tree.has(resolved)) findings.push(file.finding(match.index, `links to ${target}, which is not there`));
    }
  }
  return findings;
}

/** Every dependency has its reason written down. */
function dependencyFindings(tree: Tree): Finding[] {
  const manifest = tree.file('package.json'), reasons = tree.files.find((file) => /^docs\/decisions\/\d+-dependencies\.md$/.test(file.path));
  if (!manifest || !reasons) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest.text) as Record<string, Record<string, string>>;
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !reasons.text.includes(`\`${name}\``))
    .map((name) => manifest.finding(Math.max(0, manifest.text.indexOf(`"${name}"`)), `${name} has no reason in ${reasons.path}`));
}

/** Documents named in comments are there. */
function namedDocumentFindings(tree: Tree): Finding[] {
  return tree.files.filter((file) => isTypeScript(file.path) && !file.path.startsWith('tools/tidy')).flatMap((file) =>
    [...file.text.matchAll(/\bdocs\/[\w/.-]+\.md\b/g)].filter((match) => !tree.has(match[0])).map((match) => file.finding(match.index, `names ${match[0]}, which is not there`)));
}
