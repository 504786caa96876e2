/** The styles of the web UI are one sheet: what one file gives a class, another does not take for something else. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('gives the look of a class in one stylesheet, which all pages share: app.css says what is everywhere, a folder what is its own', () => {
  const folder = new URL('../../src/web/', import.meta.url), where = new Map<string, Set<string>>();
  for (const file of globSync('**/*.css', { cwd: folder })) {
    const rules = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/@media print \{(?:[^{}]*\{[^{}]*\})*\s*\}/g, '').replaceAll(/@[^{}]+\{/g, '');
    for (const [, selectors] of rules.matchAll(/([^{}]+)\{/g)) {
      for (const selector of selectors!.split(',')) {
        const only = [...selector.matchAll(/\.([\w-]+)/g)].map(([, name]) => name!);
        if (only.length === 1 && /^\s*\./.test(selector)) where.set(only[0]!, (where.get(only[0]!) ?? new Set()).add(file));
      }
    }
  }
  expect(where.size).toBeGreaterThan(200);
  const shared = [...where].filter(([, files]) => files.size > 1 && !files.has('app.css')).map(([name, files]) => `.${name}: ${[...files].join(', ')}`);
  expect(shared).toEqual([]);
});
