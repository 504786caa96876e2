/** The files that are, or would be, in the repository, each read once. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { importsOf, lineOf, sourceText, type Import, type SourceText } from './source-text.ts';

export interface Finding { file: string; line: number; message: string }

export interface TreeFile {
  /** From the root, with forward slashes. */
  path: string;
  text: string;
  /** Of TypeScript files only; taken apart when first asked for. */
  source(): SourceText;
  imports(): Import[];
  finding(offset: number, message: string): Finding;
}

export interface Tree { root: string; files: TreeFile[]; file(path: string): TreeFile | undefined; under(folder: string): TreeFile[]; has(path: string): boolean }

/** What .gitignore leaves out, and what is not text. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.data', '.vite', 'test-results']);
const TEXT = /\.(?:ts|tsx|mjs|js|json|md|sql|yaml|yml|css|html|sh|svg)$|(?:^|\/)(?:Dockerfile|LICENSE|run|instep|\.npmrc|\.gitignore|\.dockerignore)$/;

export function readTree(root: string): Tree {
  const files: TreeFile[] = [], all = new Set<string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      all.add(name);
      if (entry.isDirectory()) visit(name);
      else if (entry.isFile() && TEXT.test(name) && statSync(path.join(root, name)).size < 2_000_000) files.push(treeFile(root, name));
    }
  };
  visit('');
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { root, files, file: (name) => byPath.get(name), under: (folder) => files.filter((file) => file.path.startsWith(`${folder}/`)), has: (name) => all.has(name) };
}

function treeFile(root: string, name: string): TreeFile {
  const text = readFileSync(path.join(root, name), 'utf8');
  let source: SourceText | null = null, imports: Import[] | null = null;
  return {
    path: name, text,
    source: () => (source ??= sourceText(text)),
    imports() { return (imports ??= importsOf(this.source())); },
    finding: (offset, message) => ({ file: name, line: lineOf(text, offset), message }),
  };
}

export const isTypeScript = (name: string): boolean => /\.tsx?$/.test(name) && !name.endsWith('.d.ts');
/** Tests and what only tests use. */
export const isTest = (name: string): boolean => /\.(?:test|fixture)\.tsx?$/.test(name) || name.startsWith('test/');

/** The file a relative import means, from the root. */
export function resolveImport(from: string, specifier: string): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier));
}
