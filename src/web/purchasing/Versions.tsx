/** Every version of an order, newest first, with what it changed. */
import type { PurchaseDetail, PurchaseVersion } from '../api/purchasing-queries.ts';
import { capital, day, money, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';

const WORDS: Record<string, string> = { state: 'State', locationId: 'Deliver to', orderedOn: 'Ordered on', expectedOn: 'Expected on', shipping: 'Shipping', duty: 'Duty', otherCost: 'Other cost', notes: 'Notes', ordered: 'Units', unitCost: 'Unit cost', supplierSku: 'Supplier’s code', received: 'Received', damaged: 'Damaged', cancelled: 'Cancelled' };
const MONEY = new Set(['shipping', 'duty', 'otherCost', 'unitCost']), SHOWN = 40;

export function Versions({ order }: { order: PurchaseDetail }) {
  return (
    <Panel>
      <ol className="versions">
        {order.versions.map((version) => (
          <li key={version.version}>
            <p><b>{version.version}</b> <span>{capital(version.what)}</span> <span className="dim">by {version.by}, <Ago at={version.at} /></span></p>
            {version.said && <p className="dim">“{version.said}”</p>}
            {version.changes.length > 0 && <ul className="diff">{version.changes.slice(0, SHOWN).map((change, n) => <li key={n}><Change change={change} currency={order.currency} /></li>)}</ul>}
            {version.changes.length > SHOWN && <p className="dim small">and {version.changes.length - SHOWN} more changes</p>}
          </li>))}
      </ol>
    </Panel>
  );
}

function Change({ change, currency }: { change: PurchaseVersion['changes'][number]; currency: string }) {
  const say = (value: string | number | null): string => (value === null || value === '' ? 'nothing' : typeof value === 'number' ? (MONEY.has(change.field) ? money(value, currency) : units(value)) : /^\d{4}-\d{2}-\d{2}$/.test(value) ? day(value) : value);
  const what = <>{change.sku && <b>{change.sku}</b>} {WORDS[change.field] ?? change.field}</>;
  if (change.field === 'ordered' && change.from === null) return <>{what}: <ins>{say(change.to)}</ins> <span className="dim">(new line)</span></>;
  if (change.field === 'ordered' && change.to === null) return <>{what}: <del>{say(change.from)}</del> <span className="dim">(line taken off)</span></>;
  return <>{what}: <del>{say(change.from)}</del> → <ins>{say(change.to)}</ins></>;
}
