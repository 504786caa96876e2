/** The tiles of Today: what each role looks at first in the morning. */
import { some } from '../domain/wording.ts';
import type { DigestNumbers } from '../store/digests.ts';
import type { RoleNumbers } from '../store/today.ts';
import type { Of, Tile, TodayRole } from './contract.ts';

type One = Of<typeof Tile>;
const number = (value: number): string => value.toLocaleString('en-GB');

/** Five for everyone, four for a role. */
export function tilesFor(role: Of<typeof TodayRole>, n: DigestNumbers, r: RoleNumbers, open: { all: number; overdue: number }): One[] {
  const tile = (key: string, label: string, value: number, detail: string, link: string, tone: One['tone']): One => ({ key, label, value: number(value), detail, tone, link });
  const warns = (value: number): One['tone'] => (value > 0 ? 'warn' : 'good'), fails = (value: number): One['tone'] => (value > 0 ? 'bad' : 'good');
  const drift = tile('drift', 'Unexplained units', n.unexplained_units, `${number(n.drift_rows)} ${n.drift_rows === 1 ? 'level differs' : 'levels differ'} in Shopify now`, n.drift_cases > 0 ? '/exceptions?kind=STOCK_DRIFT' : '/stock?view=drift', fails(n.unexplained_units));
  const order = tile('order', 'To order by today', n.due_lines, n.forecast_as_of === null ? 'no forecast yet' : `forecast of ${n.forecast_as_of}`, '/replenishment?view=due', warns(n.due_lines));
  const out = tile('out', 'Sold out', n.out_of_stock, 'sold in the last 28 days, none available', '/stock?view=out+of+stock', warns(n.out_of_stock));
  const cases = tile('exceptions', 'Exceptions', open.all, open.all === 0 ? 'nothing open' : open.overdue === 0 ? 'none overdue' : `${number(open.overdue)} overdue`, role === 'everyone' ? '/exceptions' : `/exceptions?owner=${role}`, open.overdue > 0 ? 'bad' : warns(open.all));
  const late = tile('purchase', 'Purchase orders overdue', r.po_overdue, `${number(r.po_today)} due today, ${number(r.po_to_approve)} to approve`, r.po_overdue === 0 && r.po_to_approve > 0 ? '/purchase-orders?view=awaiting+approval' : r.po_overdue === 0 ? '/purchase-orders' : '/purchase-orders?view=overdue', fails(r.po_overdue));
  switch (role) {
    case 'ecommerce': return [drift, tile('pushes', 'Levels not written', r.push_failed, `${number(r.push_held)} more ${r.push_held === 1 ? 'is' : 'are'} held for a person`, r.push_failed === 0 && r.push_held > 0 ? '/push?view=held' : '/push?view=failed', r.push_failed > 0 ? 'bad' : warns(r.push_held)), tile('mapping', 'Names to settle', r.unmapped, 'unknown, missing or doubled SKUs and locations', r.listings > 0 ? '/mapping?tab=variants' : '/mapping?view=unmatched', warns(r.unmapped)), cases];
    case 'planner': return [order, late, out, cases];
    case 'warehouse': return [tile('parcels', 'Parcels late in Shopify', r.parcels_late, `${some(r.orders_stuck, 'order')} the warehouse did not take`, r.parcels_late === 0 && r.orders_stuck > 0 ? '/fulfilments?tab=orders&view=stuck' : '/fulfilments?view=late', r.parcels_late > 0 ? 'bad' : warns(r.orders_stuck)),
      tile('returns', 'Returns to inspect', r.returns_waiting, 'received, sold by nobody until then', '/returns', warns(r.returns_waiting)), tile('arriving', 'Deliveries today', r.po_today, `${number(r.po_overdue)} overdue`, r.po_overdue > 0 ? '/purchase-orders?view=overdue' : '/purchase-orders?view=on+order', warns(r.po_overdue)), cases];
    case 'everyone': return [drift, order, late, out, cases];
  }
}
