/** The documents that people are handed: who owns what is what the code says, and each page of the handover names an owner and when it was tested. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FLOWS } from '../../src/flows/contents.ts';
import { whoOwnsWhat } from '../../tools/owners.ts';

const folder = new URL('../../docs/handover/', import.meta.url);

it('who owns what is not older than the code: run `node tools/owners.ts`', () => {
  expect(readFileSync(new URL('who-owns-what.md', folder), 'utf8')).toBe(whoOwnsWhat());
});

it.each(readdirSync(folder))('%s names its owner and how it was tested', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  expect(text).toMatch(/^---\nowner: .+\ntested: .+\n---\n# .+/);
});

it('every flow is listed once', () => {
  const names = FLOWS.map((flow) => flow.name);
  expect(new Set(names).size).toBe(names.length);
});
