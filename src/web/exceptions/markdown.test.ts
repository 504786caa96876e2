import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentNamed, inline, parse, type Inline } from './markdown.ts';

const words = (parts: readonly Inline[]): string => parts.map((p) => ('text' in p ? p.text : 'code' in p ? p.code : 'bold' in p ? words(p.bold) : 'em' in p ? words(p.em) : 'button' in p ? '' : words(p.link))).join('');

it('reads buttons by their name', () => {
  expect(inline('From here: [button: read_orders] [button:check_drift]')).toEqual([{ text: 'From here: ' }, { button: 'read_orders' }, { text: ' ' }, { button: 'check_drift' }]);
});

it('reads tables, code that is indented, and links between documents', () => {
  expect(parse('| A | B |\n|---|--:|\n| 1 | `x` |\n\n    npm start\n\nsee [drift](../drift.md)')).toEqual([
    { table: { head: [[{ text: 'A' }], [{ text: 'B' }]], rows: [[[{ text: '1' }], [{ code: 'x' }]]] } }, { pre: 'npm start' }, { paragraph: [{ text: 'see ' }, { link: [{ text: 'drift' }], to: '../drift.md' }] },
  ]);
  expect([documentNamed('../drift.md', 'handover/start-here'), documentNamed('daily-check.md', 'handover/x'), documentNamed('operating/back-up.md#now', 'tour'), documentNamed('../operating/back-up.md', 'runbooks/STOCK_DRIFT')]).toEqual(['drift', 'handover/daily-check', 'operating/back-up', 'operating/back-up']);
});

describe('blocks', () => {
  it('reads headings, paragraphs, lists and code, and leaves front matter out', () => {
    expect(parse('---\nowner: x\n---\n# A\n\none\ntwo\n\n- a\n- b\n  more\n\n1. first\n2. second\n\n```\nx <b>\n```\n')).toEqual([
      { heading: [{ text: 'A' }], level: 1 }, { paragraph: [{ text: 'one two' }] }, { list: [[{ text: 'a' }], [{ text: 'b more' }]], ordered: false },
      { list: [[{ text: 'first' }], [{ text: 'second' }]], ordered: true }, { pre: 'x <b>' },
    ]);
  });
  it('ends with an open code fence at the end of the text', () => expect(parse('```\nnever closed')).toEqual([{ pre: 'never closed' }]));
});

describe('inline', () => {
  it('marks code, bold and links', () => expect(inline('a `b` **c `d`** [e](/stock)')).toEqual([{ text: 'a ' }, { code: 'b' }, { text: ' ' }, { bold: [{ text: 'c ' }, { code: 'd' }] }, { text: ' ' }, { link: [{ text: 'e' }], to: '/stock' }]));
  it('marks emphasis, and reads the label of what is no link', () => {
    expect(inline('a *storefront* or a *warehouse*; 2 * 3 * 4, `*/10 * * * *`')).toEqual([{ text: 'a ' }, { em: [{ text: 'storefront' }] }, { text: ' or a ' }, { em: [{ text: 'warehouse' }] }, { text: '; 2 * 3 * 4, ' }, { code: '*/10 * * * *' }]);
    expect(inline('in [`src/web/`](../src/web).')).toEqual([{ text: 'in ' }, { code: 'src/web/' }, { text: '.' }]);
  });
  it.each(['javascript:alert(1)', 'JavaScript:x', 'data:text/html,x', '//elsewhere.example', 'vbscript:x'])('makes no link of %s', (to) => expect(inline(`[x](${to})`).some((part) => 'link' in part)).toBe(false));
  it('never loses or makes up a letter of plain text', () => fc.assert(fc.property(fc.stringMatching(/^[a-zA-Z <>&"']*$/), (text) => { expect(words(inline(text))).toBe(text); })));
  it('never makes a link to another scheme', () => fc.assert(fc.property(fc.string(), fc.string(), (label, to) => {
    for (const part of inline(`[${label}](${to})`)) if ('link' in part) expect(part.to).toMatch(/^(https?:\/\/|mailto:|\/(?!\/)|#)/i);
  })));
});

const RUNBOOKS = import.meta.glob<string>('../../../docs/runbooks/*.md', { query: '?raw', import: 'default', eager: true });

it.each(Object.entries(RUNBOOKS))('%s reads as blocks with headings and no leftover marks', (_name, markdown) => {
  const blocks = parse(markdown);
  expect(blocks.some((block) => 'heading' in block)).toBe(true);
  for (const block of blocks) if ('paragraph' in block) expect(words(block.paragraph)).not.toMatch(/^(---|#|```)/);
});
