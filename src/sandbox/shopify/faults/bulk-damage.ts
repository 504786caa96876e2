/** What goes wrong with bulk operations: damaged files, missing or doubled notices, links that lead nowhere. */

export const BULK_DAMAGES = ['truncated', 'missing-parent', 'duplicate-lines', 'fewer-rows', 'two-finishes', 'no-finish', 'expired-url', 'failed-partial'] as const;
export type BulkDamage = (typeof BULK_DAMAGES)[number];

interface Line { text: string; id: string | null; parent: string | null }

function linesOf(text: string): Line[] {
  return text.split('\n').filter((line) => line !== '').map((line) => {
    const object = JSON.parse(line) as { id?: string; __parentId?: string };
    return { text: line, id: object.id ?? null, parent: object.__parentId ?? null };
  });
}

const joined = (lines: readonly Line[]): string => lines.map((line) => `${line.text}\n`).join('');

/** Lines without some roots and everything below them. */
function withoutRoots(lines: readonly Line[], dropped: (root: Line, index: number) => boolean): Line[] {
  const gone = new Set<string>();
  let roots = 0;
  return lines.filter((line) => {
    const drop = line.parent === null ? dropped(line, roots++) : gone.has(line.parent);
    if (drop && line.id !== null) gone.add(line.id);
    return !drop;
  });
}

/** The result file as it is served. Damages that leave the file alone return it. */
export function damaged(text: string, damage: BulkDamage): string {
  const lines = linesOf(text);
  switch (damage) {
    // Cut inside a line: what ends before its last brace was not fetched whole.
    case 'truncated': return text.slice(0, Math.max(0, Math.floor(text.length * 0.7) - (text[Math.floor(text.length * 0.7) - 1] === '\n' ? 2 : 0)));
    case 'missing-parent': {
      const parents = new Set(lines.map((line) => line.parent));
      const orphaned = lines.findIndex((line) => line.id !== null && parents.has(line.id));
      return joined(lines.filter((_line, index) => index !== orphaned));
    }
    case 'duplicate-lines': return joined(lines.flatMap((line, index) => index % 3 === 0 ? [line, line] : [line]));
    case 'fewer-rows': return joined(withoutRoots(lines, (_root, index) => index % 10 === 0));
    case 'failed-partial': return joined(lines.slice(0, Math.ceil(lines.length / 2)));
    default: return text;
  }
}
