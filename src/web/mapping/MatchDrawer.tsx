/** One code of a warehouse: what stands there under it, and whose it is. */
import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { read } from '../api/client.ts';
import type { MappingPage, MappingRow } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { ItemPicker } from './ItemPicker.tsx';
import { useMatch } from './match.ts';

/** `code` is `warehouse:sku`; one that is not in the list on screen is looked for. */
export function MatchDrawer({ code, listed, close }: { code: string | undefined; listed: MappingRow | undefined; close(): void }) {
  const store = useStore(), sku = code?.slice(code.indexOf(':') + 1) ?? '';
  const found = useQuery({
    queryKey: ['mapping', 'one', store.storeId, code], enabled: code !== undefined && listed === undefined,
    queryFn: async ({ signal }) => (await read<MappingPage>('/mapping', { store: store.storeId, q: sku, limit: 500 }, signal)).rows.find((row) => `${row.warehouseId}:${row.sku}` === code) ?? null,
  });
  const row = listed ?? found.data;
  return (
    <Drawer opened={code !== undefined} onClose={close} size={500} title={<span><strong>{sku}</strong><br /><span className="small dim">{row ? `A code of ${row.warehouse}` : ''}</span></span>}>
      {row ? <Match row={row} close={close} /> : found.isPending ? <Lines rows={6} /> : <EmptyState title="The warehouse names no such code">It may have been renamed there.</EmptyState>}
    </Drawer>
  );
}

function Match({ row, close }: { row: MappingRow; close(): void }) {
  const match = useMatch(), take = (itemId: number | null): void => match.mutate({ row, itemId }, { onSuccess: close });
  return (
    <div className="stack case">
      <p className="sentence">{row.itemId === null ? <>Nobody has said whose this is. {row.onHand === 0 ? 'Nothing stands there under it.' : `${count(row.onHand, 'unit')} on the shelf ${row.onHand === 1 ? 'is' : 'are'} kept, and sold by nobody.`}</> : <>It is <Link to="/items/$itemId" params={{ itemId: String(row.itemId) }}>{row.itemSku || row.itemTitle}</Link>, {row.itemTitle}.</>}</p>
      <Facts rows={[['On the shelf', units(row.onHand)], ['Of those unsellable', units(row.unsellable)], ['Last count', <Ago key="c" at={row.countedAt} />], ['Matched', row.matchedBy === 'nobody' ? 'not yet' : row.matchedBy === 'same SKU' ? 'by an identical SKU' : <>by {row.updatedBy}, <Ago at={row.updatedAt} /></>]]} />
      {row.suggestions.length > 0 && (
        <section><h3>Could be</h3>
          <ul className="suggestions">{row.suggestions.map((each) => <li key={each.itemId}><span className="two-line"><b>{each.sku || each.title}</b><span className="dim small">{each.title} · {each.why}</span></span><Button variant="default" disabled={match.isPending} onClick={() => take(each.itemId)} aria-label={`Match to ${each.sku || each.title}`}>Match</Button></li>)}</ul>
        </section>
      )}
      <section><h3>{row.itemId !== null ? 'It is another item' : row.suggestions.length > 0 ? 'Or find the item' : 'Find the item'}</h3><ItemPicker hideLabel label="Find the item" placeholder="SKU, title or barcode" pick={(hit) => take(hit.itemId)} /><p className="dim small">Choosing matches at once; the levels of both items are looked at again.</p></section>
      {row.itemId !== null && <div><Button variant="subtle" disabled={match.isPending} onClick={() => take(null)}>Take the match away</Button></div>}
    </div>
  );
}
