/** One code of a warehouse: what stands there under it, and whose it is. */
import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { read } from '../api/client.ts';
import { previewQuery } from '../api/mapping-queries.ts';
import type { MappingPage, MappingRow } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, percent, units } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { CodeHistory, IgnoreCode } from './CodeHistory.tsx';
import { Effects } from './Effects.tsx';
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
  const match = useMatch(), [chosen, setChosen] = useState<Chosen | null>(null);
  const matched = { nobody: 'not yet', 'same SKU': 'by an identical SKU', suggestion: 'by a suggestion, approved by', 'by hand': 'by' } as const;
  // A row that was matched leaves the list before the answer is told, and this with it: the drawer closes by the promise, which does not mind.
  const save = (): void => { match.mutateAsync({ row, itemId: chosen!.itemId }).then(close, () => setChosen(null)); };
  if (chosen) return <Before row={row} chosen={chosen} busy={match.isPending} back={() => setChosen(null)} save={save} />;
  return (
    <div className="stack case">
      <p className="sentence">{row.itemId === null ? <>Nobody has said whose this is. {row.onHand === 0 ? 'Nothing stands there under it.' : `${count(row.onHand, 'unit')} on the shelf ${row.onHand === 1 ? 'is' : 'are'} kept, and sold by nobody.`}</> : <>It is <Link to="/items/$itemId" params={{ itemId: String(row.itemId) }}>{row.itemSku || row.itemTitle}</Link>, {row.itemTitle}.</>}</p>
      <Facts rows={[...(row.codeTitle ? [['The warehouse calls it', row.codeTitle] as const] : []), ...(row.codeBarcode ? [['Its barcode there', row.codeBarcode] as const] : []), ['On the shelf', units(row.onHand)], ['Of those unsellable', units(row.unsellable)], ['Last count', <Ago key="c" at={row.countedAt} />], ['Matched', <>{matched[row.matchedBy]}{(row.matchedBy === 'by hand' || row.matchedBy === 'suggestion') && <> {row.updatedBy}, <Ago at={row.updatedAt} /></>}</>]]} />
      {row.suggestions.length > 0 && (
        <section><h3>Could be</h3>
          <ul className="suggestions">{row.suggestions.map((each) => <li key={each.itemId}><span className="two-line"><b>{each.sku || each.title} <span className="sure">{percent(each.confidence)}</span></b><span className="dim small">{each.title} · {each.why}</span></span><Button variant="default" onClick={() => setChosen(each)} aria-label={`Look at a match to ${each.sku || each.title}`}>Look</Button></li>)}</ul>
        </section>
      )}
      <section><h3>{row.itemId !== null ? 'It is another item' : row.suggestions.length > 0 ? 'Or find the item' : 'Find the item'}</h3><ItemPicker hideLabel label="Find the item" placeholder="SKU, title or barcode" pick={setChosen} /><p className="dim small">What it does to stock is shown before it is saved. Codes of the same goods may share an item: their shelves add up.</p></section>
      {row.itemId !== null ? <div><Button variant="subtle" onClick={() => setChosen({ itemId: null, sku: null, title: '' })}>Take the match away…</Button></div> : <IgnoreCode row={row} close={close} />}
      <CodeHistory row={row} />
    </div>
  );
}

interface Chosen { itemId: number | null; sku: string | null; title: string }

/** The last look before a match is saved. */
function Before({ row, chosen, busy, back, save }: { row: MappingRow; chosen: Chosen; busy: boolean; back(): void; save(): void }) {
  const store = useStore(), query = useQuery({ ...previewQuery(store.storeId, { warehouseId: row.warehouseId, sku: row.sku, itemId: chosen.itemId }), staleTime: 0 }), shared = query.data?.effects.find((each) => each.itemId === chosen.itemId)?.codes.filter((code) => code !== row.sku) ?? [];
  return (
    <div className="stack case">
      <p className="sentence">{chosen.itemId === null ? <>{row.sku} would be nobody’s. Its stock is kept, and sold by nobody.</> : <>{row.sku} would be <b>{chosen.sku || chosen.title}</b>{chosen.sku && `, ${chosen.title}`}.</>}</p>
      {shared.length > 0 && <Banner>The item has {shared.length === 1 ? 'the code' : 'the codes'} {shared.slice(0, 4).join(', ')} at this warehouse already. Both shelves add up: right for two codes of the same goods, wrong for anything else.</Banner>}
      {query.isError ? <ErrorState error={query.error} /> : !query.data ? <Lines rows={3} /> : query.data.effects.length > 0 && <section><h3>Effect on stock</h3><Effects effects={query.data.effects} /></section>}
      <div className="row"><Button loading={busy} disabled={!query.data} onClick={save}>{chosen.itemId === null ? 'Take the match away' : 'Save the match'}</Button><Button variant="subtle" onClick={back}>Back</Button></div>
    </div>
  );
}
