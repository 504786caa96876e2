/** One parcel: what is in it, where it is, what became of it in Shopify. */
import { Button, Drawer } from '@mantine/core';
import type { Shipment } from '../api/stock-queries.ts';
import { capital, count, units } from '../ui/format.ts';
import { Lines } from '../ui/feedback.tsx';
import { Facts } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { useTryNow } from './again.ts';
import { Late, Tracking } from './Late.tsx';
import { PARCEL_LOOK } from './ParcelsTab.tsx';

export function ParcelDrawer({ id, row, promise, close }: { id: string | undefined; row: Shipment | null; promise: number; close(): void }) {
  return (
    <Drawer opened={id !== undefined} onClose={close} size={500} title={<span><strong>{row ? `Parcel of ${row.orderName ?? row.orderId}` : 'Parcel'}</strong>{row && <><br /><span className="small dim">{row.documentId} · {row.warehouse}</span></>}</span>}>
      {row ? <Parcel row={row} promise={promise} /> : <Lines rows={6} />}
    </Drawer>
  );
}

function Parcel({ row, promise }: { row: Shipment; promise: number }) {
  const again = useTryNow(), look = PARCEL_LOOK[row.state];
  return (
    <div className="stack case">
      <div className="row"><Status tone={look.tone} pill>{look.word}</Status><Late row={row} promise={promise} /></div>
      {row.reason && <p className="sentence">{capital(row.reason)}.</p>}
      {row.state !== 'written' && row.state !== 'cancelled' && <div><Button loading={again.isPending} onClick={() => again.mutate(row)}>Try now</Button></div>}
      <Facts rows={[
        ['Dispatched', <Ago key="d" at={row.shippedAt} />], ['Told to us', <Ago key="t" at={row.receivedAt} />], ['In Shopify', row.writtenAt ? <Ago key="w" at={row.writtenAt} /> : 'not yet'], ['Location', row.locationName], ['Tracking', <Tracking key="p" row={row} />],
        ['Tries', units(row.attempts)], ...(row.fulfilmentIds.length > 0 ? [['Fulfilment in Shopify', <code key="f">{row.fulfilmentIds.join(', ')}</code>] as const] : []),
      ]} />
      <section><h3>{count(row.units, 'unit')} in it</h3>
        <table className="plain boxed"><thead><tr><th>SKU</th><th>Title</th><th className="num">Units</th></tr></thead><tbody>{row.lines.map((line, n) => <tr key={n}><td>{line.sku || <span className="dim">none</span>}</td><td>{line.title}</td><td className="num">{units(line.quantity)}</td></tr>)}</tbody></table>
      </section>
    </div>
  );
}
