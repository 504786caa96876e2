/** Who may import whom (deps.json), the purity of domain/, files nobody imports, barrels and drawers. */
import { resolveImport, isTest, isTypeScript, type Finding, type Tree, type TreeFile } from './tree.ts';

/** Folder under src/ → what it may import of src/. `*` stands for one folder name, the same on both sides. The longest key that fits counts. */
export type ImportRules = Record<string, string[]>;

/** Files that are started, not imported. */
const ENTRIES = new Set(['src/cli/main.ts', 'src/sandbox/main.ts', 'src/compose.ts']);
/** A page's own files are found by its HTML. */
const SCRIPT = /<script[^>]*\bsrc="\/?([^"]+\.tsx?)"/g;

export function importFindings(tree: Tree): Finding[] {
  const rulesFile = tree.file('deps.json');
  if (!rulesFile) return [{ file: 'deps.json', line: 1, message: 'is missing: it says who may import whom' }];
  const rules = JSON.parse(rulesFile.text) as ImportRules;
  const findings: Finding[] = [];
  for (const file of tree.under('src').filter((f) => isTypeScript(f.path))) {
    findings.push(...ruleFindings(tree, file, rules));
    if (file.path.startsWith('src/domain/') && !isTest(file.path)) findings.push(...purityFindings(file));
    if (/\/index\.tsx?$/.test(file.path)) findings.push(file.finding(0, 'is a barrel: import the file that holds the thing'));
    if (/\/(?:utils?|helpers?|common|misc)(?:\.tsx?$|\/)/.test(file.path)) findings.push(file.finding(0, 'is a drawer: name the file by the thought in it'));
  }
  return [...findings, ...deadFindings(tree)];
}

function ruleFindings(tree: Tree, file: TreeFile, rules: ImportRules): Finding[] {
  const inSource = file.path.slice('src/'.length).replace(/\.tsx?$/, '');
  if (inSource === 'compose') return [];
  const allowed = allowedFor(inSource, rules);
  if (allowed === null) return [file.finding(0, `has no rule in deps.json (src/${inSource})`)];
  const findings: Finding[] = [];
  for (const { specifier, offset, started } of file.imports()) {
    if (!specifier.startsWith('.')) continue;
    const target = resolveImport(file.path, specifier);
    if (/\.(?:ts|tsx|css|json)$/.test(specifier) && !tree.has(target)) findings.push(file.finding(offset, `imports ${specifier}, which is not there`));
    if (started) continue;
    if (!target.startsWith('src/')) {
      if (!isTest(file.path) && isTypeScript(target)) findings.push(file.finding(offset, `imports ${target}, outside src/`));
      continue;
    }
    const name = target.slice('src/'.length).replace(/\.tsx?$/, '');
    if (!allowed.some((prefix) => name === prefix || name.startsWith(`${prefix}/`))) {
      findings.push(file.finding(offset, `may not import src/${name}; deps.json allows it ${allowed.join(', ')}`));
    }
  }
  return findings;
}

/** What a file may import, or null when no rule speaks of it. */
export function allowedFor(name: string, rules: ImportRules): string[] | null {
  let best: { key: string; star: string } | null = null;
  for (const key of Object.keys(rules)) {
    const match = new RegExp(`^${key.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '([^/]+)')}(?:/|$)`).exec(name);
    if (match && (best === null || key.length > best.key.length)) best = { key, star: match[1] ?? '' };
  }
  return best && rules[best.key]!.map((prefix) => prefix.replace('*', best.star));
}

const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\.now\s*\(/g, 'asks the clock (Date.now): time is an argument'],
  [/\bnew Date\s*(?:\(\s*\)|(?![\s(.\w]))/g, 'asks the clock (new Date()): time is an argument'],
  [/\bDate\s*\(\s*\)/g, 'asks the clock (Date()): time is an argument'],
  [/\bperformance\.now\b/g, 'asks the clock (performance.now): time is an argument'],
  [/\bMath\.random\b/g, 'rolls dice (Math.random): a seed is an argument'],
  [/\bcrypto\.(?:randomUUID|getRandomValues)\b/g, 'rolls dice (crypto): ids are arguments'],
  [/\b(?:process\.|globalThis\.|setTimeout\b|setInterval\b|fetch\()/g, 'reaches outside: domain/ is pure'],
];

function purityFindings(file: TreeFile): Finding[] {
  const findings: Finding[] = [];
  for (const { specifier, offset } of file.imports()) {
    if (!specifier.startsWith('.')) findings.push(file.finding(offset, `imports ${specifier}: domain/ has neither packages nor node:`));
  }
  const { code } = file.source();
  const lines = new Set<number>();
  for (const [pattern, message] of IMPURE) {
    for (const match of code.matchAll(pattern)) {
      const finding = file.finding(match.index, message);
      if (!lines.has(finding.line)) findings.push(finding);
      lines.add(finding.line);
    }
  }
  return findings;
}

/** A file that nothing but its own test imports is dead, however well tested. */
function deadFindings(tree: Tree): Finding[] {
  const used = new Set(ENTRIES);
  for (const file of tree.files) {
    if (file.path.endsWith('.html')) {
      const folder = file.path.replace(/[^/]+$/, '');
      for (const match of file.text.matchAll(SCRIPT)) used.add(`${folder}${match[1]!.replace(/^\.?\//, '')}`);
    }
    if (!isTypeScript(file.path)) continue;
    const own = file.path.replace(/\.test(\.tsx?)$/, '$1');
    for (const { specifier } of file.imports()) {
      if (!specifier.startsWith('.')) continue;
      const target = resolveImport(file.path, specifier);
      if (target !== file.path && (target !== own || own === file.path)) used.add(target);
    }
  }
  return tree.under('src').filter((file) => isTypeScript(file.path) && !/\.test\.tsx?$/.test(file.path) && !used.has(file.path))
    .map((file) => file.finding(0, 'is dead: nothing imports it but its own test'));
}
