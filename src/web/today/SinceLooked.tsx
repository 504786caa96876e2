/** What happened while nobody looked, in a few links; nothing when nothing did. */
import type { Today } from '../api/queries.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';

export function SinceLooked({ numbers: n }: { numbers: NonNullable<Today['sinceLooked']> }) {
  const of = (value: number, one: string, many: string): string => `${units(value)} ${value === 1 ? one : many}`;
  const lines: [number, string, string][] = [
    [n.opened, `${of(n.opened, 'exception', 'exceptions')} opened, ${n.stillOpen === n.opened ? 'all still open' : `${units(n.stillOpen)} still open`}`, '/exceptions'], [n.resolved, `${of(n.resolved, 'exception', 'exceptions')} closed`, '/exceptions?tab=resolved'],
    [n.orders, `${of(n.orders, 'order', 'orders')} came in`, '/fulfilments?tab=orders&view=all'], [n.received, `${of(n.received, 'unit', 'units')} received`, '/purchase-orders?view=received'],
    [n.purchaseOrders, `${of(n.purchaseOrders, 'purchase order', 'purchase orders')} sent`, '/purchase-orders?view=on+order'], [n.edits, `${of(n.edits, 'edit', 'edits')} made in Shopify taken over`, '/stock?view=changed'],
  ];
  const happened = lines.filter(([value]) => value > 0);
  return (
    <Panel title="Since you last looked" aside={<span className="dim small"><Ago at={n.since} /></span>}>
      {happened.length === 0 ? <p className="dim">Nothing has happened.</p> : <ul className="lines">{happened.map(([, text, link]) => <li key={text}><AppLink to={link}>{text}</AppLink></li>)}</ul>}
    </Panel>
  );
}
