/** What a line is of: its code, and its title where that says more. */
import type { ReturnCase } from '../api/stock-queries.ts';

export function Goods({ line }: { line: Pick<ReturnCase['lines'][number], 'sku' | 'title'> }) {
  return <span className="two-line"><b>{line.sku || line.title}</b>{line.sku && line.title !== line.sku && <span className="dim">{line.title}</span>}</span>;
}
