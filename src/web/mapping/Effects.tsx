/** What matches would do to stock: units that count as each item now and after, and what Shopify shows beside. */
import { Link } from '@tanstack/react-router';
import type { MatchImportResult, StockEffect } from '../api/mapping-queries.ts';
import { count, signed, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';

export function Effects({ effects, most = 12 }: { effects: readonly StockEffect[]; most?: number }) {
  return (
    <Wide label="Effect on stock">
      <table className="plain boxed">
        <thead><tr><th>Item</th><th className="num">On the shelf now</th><th className="num">After</th><th className="num">Change</th><th className="num">Shopify shows</th></tr></thead>
        <tbody>{effects.slice(0, most).map((each) => (
          <tr key={`${each.itemId}${each.warehouse}`}><td><Link to="/items/$itemId" params={{ itemId: String(each.itemId) }}>{each.sku || each.title}</Link>{each.codes.length > 0 && <div className="dim small">has {each.codes.slice(0, 3).join(', ')}{each.codes.length > 3 && ' …'} already</div>}</td><td className="num">{units(each.now)}</td><td className="num"><b>{units(each.after)}</b></td><td className="num">{signed(each.after - each.now)}</td><td className="num dim">{each.shown === null ? '–' : units(each.shown)}</td></tr>))}
        </tbody>
      </table>
      {effects.length > most && <p className="dim small">and {units(effects.length - most)} more items</p>}
    </Wide>
  );
}

/** What a file of matches would do to stock, before it is saved; and whether one person may. */
export function FileEffect({ seen: { preview } }: { seen: MatchImportResult }) {
  if (preview.effects.length === 0) return null;
  return (
    <div className="stack">
      <p className="sentence">{count(preview.intoItems, 'unit')} on the shelf would come to count as items, {units(preview.outOfItems)} would no longer.{preview.secondPerson && ` That takes more than ${count(preview.limit, 'unit')} from items: it waits for a second person.`}</p>
      <Effects effects={preview.effects} />
    </div>
  );
}
