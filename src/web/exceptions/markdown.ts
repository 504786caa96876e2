/** The small part of Markdown that runbooks use, as a tree, and their buttons. It carries text, never markup: what looks like HTML is shown as it is written. */

export type Inline = { text: string } | { code: string } | { bold: Inline[] } | { em: Inline[] } | { link: Inline[]; to: string } | { button: string };
export type Block = { heading: Inline[]; level: number } | { paragraph: Inline[] } | { list: Inline[][]; ordered: boolean } | { pre: string } | { table: { head: Inline[][]; rows: Inline[][][] } };

const TOKEN = /`([^`]+)`|\*\*(.+?)\*\*|\[button:\s*([a-z_]+)\]|\[([^\]]+)\]\(([^)\s]+)\)|(?<![\w*])\*(\p{L}(?:[^*]*[^\s*])?)\*(?![\w*])/u;

export function inline(text: string): Inline[] {
  const found = TOKEN.exec(text);
  if (!found) return text === '' ? [] : [{ text }];
  const before = text.slice(0, found.index), after = text.slice(found.index + found[0].length);
  const token: Inline[] = found[1] !== undefined ? [{ code: found[1] }] : found[2] !== undefined ? [{ bold: inline(found[2]) }] : found[3] !== undefined ? [{ button: found[3] }] : found[6] !== undefined ? [{ em: inline(found[6]) }] : safe(found[4]!, found[5]!);
  return [...(before === '' ? [] : [{ text: before }]), ...token, ...inline(after)];
}

/** Another document, beside this one or in a folder next to it. */
export const DOCUMENT = /^(?:\.\.?\/)*(?:[a-z]+\/)?[A-Za-z0-9_-]+\.md(?:#.*)?$/;

/** Only addresses of this site, documents, of the web and of mail become links; of anything else the label is read. */
function safe(label: string, to: string): Inline[] {
  return /^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(to) || DOCUMENT.test(to) ? [{ link: inline(label), to }] : inline(label);
}

/** Cells of a row; a bar inside code is written `\\|`. */
function cells(line: string): Inline[][] {
  return line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => inline(cell.trim().replaceAll('\\|', '|')));
}

/** The facts above a runbook are on the drawer already. */
function withoutFrontMatter(text: string): string {
  return text.replace(/^---\n[\s\S]*?\n---\n/, '');
}

export function parse(markdown: string): Block[] {
  const blocks: Block[] = [], lines = withoutFrontMatter(markdown.replaceAll('\r\n', '\n')).split('\n');
  let paragraph: string[] = [];
  const flush = (): void => { if (paragraph.length > 0) blocks.push({ paragraph: inline(paragraph.join(' ')) }); paragraph = []; };
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n]!;
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line), item = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/.exec(line);
    if (line.startsWith('```')) {
      flush();
      const body: string[] = [];
      while (++n < lines.length && !lines[n]!.startsWith('```')) body.push(lines[n]!);
      blocks.push({ pre: body.join('\n') });
    } else if (/^\s*\|/.test(line) && /^\s*\|[\s:|-]+\|\s*$/.test(lines[n + 1] ?? '')) {
      flush();
      const head = cells(line), rows: Inline[][][] = [];
      for (n += 2; n < lines.length && /^\s*\|/.test(lines[n]!); n++) rows.push(cells(lines[n]!));
      n--;
      blocks.push({ table: { head, rows } });
    } else if (/^ {4,}\S/.test(line) && paragraph.length === 0 && !item) {
      flush();
      const body: string[] = [];
      for (; n < lines.length && (/^ {4,}/.test(lines[n]!) || lines[n]!.trim() === ''); n++) body.push(lines[n]!.slice(4));
      n--;
      blocks.push({ pre: body.join('\n').trimEnd() });
    } else if (heading) {
      flush();
      blocks.push({ heading: inline(heading[2]!), level: heading[1]!.length });
    } else if (item) {
      flush();
      const ordered = item[2] !== undefined, previous = blocks.at(-1);
      // Indented lines below an item belong to it.
      let text = item[3]!;
      while (n + 1 < lines.length && /^\s{2,}\S/.test(lines[n + 1]!) && !/^\s*(?:[-*+]|\d+[.)])\s/.test(lines[n + 1]!)) text += ` ${lines[++n]!.trim()}`;
      if (previous && 'list' in previous && previous.ordered === ordered && lines[n - 1] !== undefined) previous.list.push(inline(text));
      else blocks.push({ list: [inline(text)], ordered });
    } else if (line.trim() === '') flush();
    else paragraph.push(line.trim());
  }
  flush();
  return blocks;
}

/** The name of the document a link in `base` leads to: `../drift.md` in `handover/start-here` is `drift`. */
export function documentNamed(to: string, base: string): string {
  const parts = base.split('/').slice(0, -1);
  for (const part of to.replace(/#.*$/, '').replace(/\.md$/, '').split('/')) { if (part === '..') parts.pop(); else if (part !== '.') parts.push(part); }
  return parts.join('/');
}
