/**
 * tidy: reads the source as a test does. Who may import whom, the purity of domain/, dead files, clocks in SQL, leftovers, runbooks, the glossary's
 * words, links. `node tools/tidy.ts [folder]` prints file:line: message and exits 1 when there is any; `npm run check` and tools/tidy.test.ts run it.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentFindings } from './tidy/documents.ts';
import { importFindings } from './tidy/imports.ts';
import { readTree, type Finding } from './tidy/tree.ts';
import { wordFindings } from './tidy/words.ts';

export type { Finding };

/** Everything untidy under `root`, in the order of files and lines. */
export function tidy(root: string): Finding[] {
  const tree = readTree(root);
  return [...importFindings(tree), ...wordFindings(tree), ...documentFindings(tree)]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

export const printed = ({ file, line, message }: Finding): string => `${file}:${line}: ${message}`;

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const findings = tidy(path.resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))));
  for (const finding of findings) console.log(printed(finding));
  if (findings.length > 0) process.exitCode = 1;
}
