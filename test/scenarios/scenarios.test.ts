/** The set itself: every situation has its story, its row in the table and its test, and the other way round. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const here = new URL('./', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, here), 'utf8');
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
const rows = [...read('README.md').matchAll(/^\| (\d*) *\| \[([\w-]+)\]\(([\w-]+)\/story\.md\) \| (.+) \| \[[\w-]+\]\(([\w.-]+)\) \|$/gm)].map(([, no, name, folder, proved, test]) => ({ no, name, folder, proved, test: test! }));
const FINANCE = [18, 33];

describe('the scenarios', () => {
  it('cover the forty, but for what belongs to finance', () => {
    expect(rows.filter((row) => row.no !== '').map((row) => Number(row.no))).toEqual(Array.from({ length: 40 }, (_, n) => n + 1).filter((n) => !FINANCE.includes(n)));
  });
  it('have a folder each, and no folder without a row', () => expect(rows.map((row) => row.folder).sort()).toEqual(folders));
  it.each(rows)('$name: a story with its sources and its promise, and a test that bears its name', ({ no, name, folder, test }) => {
    const story = read(`${folder}/story.md`);
    expect(name).toBe(folder);
    expect(story).toContain('**Instep promises.**');
    if (no !== '') expect(story).toMatch(/^(?:Reported in\n- <https:|Seen in )/m);
    expect(read(test)).toContain(`describe('${folder}'`);
    if (existsSync(new URL(`${folder}/expect.json`, here))) expect(read(test)).toContain(`${folder}/expect.json`);
  });
});
