/** What a supplier sells: each item's price, minimum, case and price breaks, changed in a drawer. */
import { ActionIcon, Button, Drawer, NumberInput, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient, keepPreviousData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { write } from '../api/client.ts';
import { supplierItemsQuery, type Supplier, type SupplierItem } from '../api/purchasing-queries.ts';
import { ItemPicker } from '../mapping/ItemPicker.tsx';
import { amountFault, minorOf, typed, wholeOf } from '../purchasing/look.ts';
import { useStore } from '../shell/store.tsx';
import { Find } from '../table/Toolbar.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { money, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';

export function SupplierItems({ supplier, q, item, change }: { supplier: Supplier; q: string | undefined; item: number | undefined; change(part: { q?: string | undefined; item?: number | undefined }): void }) {
  const store = useStore(), query = useInfiniteQuery({ ...supplierItemsQuery(String(supplier.supplierId), { store: store.storeId, q, limit: 100 }), placeholderData: keepPreviousData }), rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const [added, setAdded] = useState<SupplierItem | null>(null), open = rows.find((row) => row.itemId === item) ?? (added?.itemId === item ? added : null);
  const begin = (hit: { itemId: number; sku: string | null; title: string }): void => {
    setAdded({ itemId: hit.itemId, sku: hit.sku, title: hit.title, supplierSku: null, unitCost: null, itemCost: null, moq: null, casePack: null, priceBreaks: [], volumeCm3: null, weightG: null, leadTimeDays: null, preferred: true, updatedAt: '', updatedBy: '' });
    change({ item: hit.itemId });
  };
  return (
    <Panel flush>
      <div className="lines-foot top"><Find value={q} placeholder="SKU, title or supplier’s code" change={(next) => change({ q: next })} /><ItemPicker label="Add an item" placeholder="Add an item: SKU, title, barcode" hideLabel pick={begin} /></div>
      {query.isError && rows.length === 0 ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : query.isPending ? <div className="panel-body"><Lines rows={6} /></div> : rows.length === 0 ? <EmptyState title={q ? 'Nothing fits' : 'It sells nothing yet'}>{q ? 'Try another word.' : 'Add the items you buy from it, or bring its terms in from CSV.'}</EmptyState> : (
        <Wide label="Items of the supplier">
          <table className="plain lines">
            <thead><tr><th>Item</th><th>Supplier’s code</th><th className="num">Unit cost</th><th className="num">Shop’s cost</th><th className="num">Minimum</th><th className="num">Case</th><th>Price breaks</th><th className="num">Lead time</th><th>Bought here</th></tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={row.itemId}>
                <td><button type="button" className="number-button name" onClick={() => change({ item: row.itemId })}>{row.sku || 'no SKU'}</button><br /><span className="dim small">{row.title}</span></td><td>{row.supplierSku ?? <span className="dim">–</span>}</td><td className="num">{money(row.unitCost, supplier.currency)}</td><td className="num dim">{money(row.itemCost, store.currency)}</td>
                <td className="num">{row.moq === null ? '–' : units(row.moq)}</td><td className="num">{row.casePack === null ? '–' : units(row.casePack)}</td><td>{row.priceBreaks.length === 0 ? <span className="dim">–</span> : row.priceBreaks.map((one) => `${units(one.from)}: ${money(one.unitCost, supplier.currency)}`).join(', ')}</td><td className="num">{row.leadTimeDays === null ? <span className="dim">–</span> : `${row.leadTimeDays} d`}</td><td>{row.preferred ? 'yes' : <span className="dim">no</span>}</td>
              </tr>))}</tbody>
          </table>
          {query.hasNextPage && <div className="more"><Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button></div>}
        </Wide>
      )}
      <Drawer opened={open !== null} onClose={() => change({ item: undefined })} size={460} title={<span><strong>{open?.sku || 'no SKU'}</strong><br /><span className="small dim">{open?.title}</span></span>}>{open && <Terms key={`${open.itemId}/${open.updatedAt}`} supplier={supplier} row={open} close={() => change({ item: undefined })} />}</Drawer>
    </Panel>
  );
}

function Terms({ supplier, row, close }: { supplier: Supplier; row: SupplierItem; close(): void }) {
  const store = useStore(), client = useQueryClient(), { currency } = supplier;
  const [sku, setSku] = useState(row.supplierSku ?? ''), [cost, setCost] = useState(typed(row.unitCost, currency)), [moq, setMoq] = useState(row.moq), [pack, setPack] = useState(row.casePack), [lead, setLead] = useState(row.leadTimeDays), [volume, setVolume] = useState(row.volumeCm3), [weight, setWeight] = useState(row.weightG), [preferred, setPreferred] = useState(row.preferred);
  const [breaks, setBreaks] = useState(() => row.priceBreaks.map((one) => ({ from: String(one.from), cost: typed(one.unitCost, currency) })));
  const read = breaks.map((one) => ({ from: wholeOf(one.from), unitCost: minorOf(one.cost, currency) })), wrong = minorOf(cost, currency) === undefined || read.some((one) => one.from == null || one.from < 2 || one.unitCost == null);
  const save = useMutation({
    mutationFn: () => write('PUT', `/suppliers/${supplier.supplierId}/items`, { store: store.storeId }, { items: [{ itemId: row.itemId, seenAt: row.updatedAt || null, supplierSku: sku.trim() || null, unitCost: minorOf(cost, currency) ?? null, moq, casePack: pack, priceBreaks: read, volumeCm3: volume, weightG: weight, leadTimeDays: lead, preferred }] }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['suppliers'] }); close(); },
  });
  const whole = (label: string, value: number | null, set: (to: number | null) => void, suffix: string, least = 1) => <NumberInput size="sm" label={label} min={least} allowDecimal={false} suffix={suffix} value={value ?? ''} onChange={(to) => set(to === '' ? null : Number(to))} />;
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <TextInput size="sm" label="Supplier’s code" value={sku} maxLength={200} onChange={(event) => setSku(event.currentTarget.value)} />
      <TextInput size="sm" label={`Unit cost (${currency})`} description={row.itemCost === null ? undefined : `Left empty: the shop’s own cost${currency === store.currency ? `, ${money(row.itemCost, store.currency)}` : ' does not serve, it is in another currency'}`} inputMode="decimal" value={cost} error={amountFault(cost, currency)} onChange={(event) => setCost(event.currentTarget.value)} />
      <div className="two-up">{whole('Minimum (MOQ)', moq, setMoq, ' units')}{whole('Case pack', pack, setPack, ' units')}</div>
      <fieldset className="breaks"><legend>Price breaks</legend>
        {breaks.map((one, n) => (
          <div key={n} className="row tight"><TextInput aria-label={`From units, break ${n + 1}`} placeholder="from units" inputMode="numeric" value={one.from} error={read[n]!.from == null || read[n]!.from < 2} onChange={(event) => { const from = event.currentTarget.value; setBreaks((old) => old.map((each, k) => (k === n ? { ...each, from } : each))); }} /><TextInput aria-label={`Unit cost, break ${n + 1}`} placeholder={`cost in ${currency}`} inputMode="decimal" value={one.cost} error={read[n]!.unitCost == null} onChange={(event) => { const next = event.currentTarget.value; setBreaks((old) => old.map((each, k) => (k === n ? { ...each, cost: next } : each))); }} /><ActionIcon variant="subtle" color="gray" aria-label={`Take break ${n + 1} off`} onClick={() => setBreaks((old) => old.filter((_, k) => k !== n))}><IconTrash size={16} /></ActionIcon></div>))}
        {breaks.length < 20 && <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => setBreaks((old) => [...old, { from: '', cost: '' }])}>A break</Button>}
      </fieldset>
      <div className="two-up">{whole('Volume of a unit', volume, setVolume, ' cm³', 0)}{whole('Weight of a unit', weight, setWeight, ' g', 0)}</div>
      {whole('Lead time of this item', lead, setLead, ' days', 0)}
      <Switch label="Replenishment buys it here" description="It is then bought from no other supplier" checked={preferred} onChange={(event) => setPreferred(event.currentTarget.checked)} />
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={wrong}>Save</Button></div>
    </form>
  );
}
