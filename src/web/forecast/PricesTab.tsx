/** Prices planned ahead: so much off, for some items or all of a vendor's. The forecast expects what such prices sold before. */
import { ActionIcon, Button, Drawer, NumberInput, Select, Textarea, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDiscount, IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { PLANNED_PRICE_COLUMNS } from '../../domain/forecast/planned-price.ts';
import { address, write } from '../api/client.ts';
import { plannedPricesQuery, type PlannedPrice, type PlannedPriceBody } from '../api/forecast-queries.ts';
import { vendorsQuery } from '../api/queries.ts';
import { CsvImport } from '../mapping/CsvImport.tsx';
import { useStore } from '../shell/store.tsx';
import { Find } from '../table/Toolbar.tsx';
import '../table/table.css';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, day } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';

const route = getRouteApi('/app/forecast');

/** SKUs named in the list; the others are counted. */
const NAMED = 3;

export function PricesTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(plannedPricesQuery(store.storeId)), all = query.data?.plans;
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const words = (search.q ?? '').toLowerCase(), rows = all?.filter((plan) => words === '' || [plan.name, plan.vendor ?? '', plan.productType ?? '', ...plan.skus].some((text) => text.toLowerCase().includes(words)));
  const add = <Button leftSection={<IconDiscount size={15} />} onClick={() => change({ plan: 'new' }, false)}>Plan a price</Button>;
  return (
    <>
      <div className="toolbar">
        <Find value={search.q} placeholder="Name, SKU or vendor" change={(q) => change({ q })} />
        {add}<Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => change({ file: 'in' }, false)}>Import CSV</Button>
        <div className="end"><span className="dim small" role="status">{rows ? count(rows.length, 'planned price') : 'Reading…'}</span><Tooltip label="Download planned prices as CSV"><ActionIcon component="a" href={address('/planned-prices.csv', { store: store.storeId })} download variant="subtle" color="gray" size={30} aria-label="Download planned prices as CSV"><IconDownload size={17} /></ActionIcon></Tooltip></div>
      </div>
      {query.isError && !all ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !rows ? <Panel><Lines rows={6} /></Panel>
        : rows.length === 0 ? <Panel>{search.q ? <EmptyState title="No planned price is called that" action={<Button variant="default" onClick={() => change({ q: undefined })}>Show all</Button>} /> : <EmptyState title="No prices are planned" action={add}>Say which prices will be lower, and when. What lower prices sold before, for the item and for the whole catalogue, is what the next forecast expects of them. Prices of the past are read off Shopify by themselves.</EmptyState>}</Panel>
          : (
            <Panel flush className="scroll-panel"><Wide label="Planned prices">
              <table className="plain override-list named-list">
                <thead><tr><th>Name</th><th>From</th><th>To</th><th className="num">Off</th><th>For</th><th className="num">Items</th><th>Changed</th></tr></thead>
                <tbody>{rows.map((plan) => (
                  <tr key={plan.planId}>
                    <td><button type="button" className="number-button" onClick={() => change({ plan: plan.planId }, false)}>{plan.name}</button></td><td>{day(plan.from)}</td><td>{plan.to === plan.from ? <span className="dim">same day</span> : day(plan.to)}</td>
                    <td className="num">{plan.percentOff}%</td><td>{scopeOf(plan)}</td><td className="num">{plan.items}</td><td className="dim"><Ago at={plan.updatedAt} /> by {plan.updatedBy}</td>
                  </tr>))}
                </tbody>
              </table>
            </Wide></Panel>
          )}
      <Drawer opened={search.plan !== undefined} onClose={() => change({ plan: undefined })} size={440} title={<strong>{search.plan === 'new' ? 'Plan a price' : 'Planned price'}</strong>}>
        {search.plan !== undefined && all && <Editor key={search.plan} plan={all.find((each) => each.planId === search.plan)} close={() => change({ plan: undefined })} />}
      </Drawer>
      <CsvImport open={search.file === 'in'} close={() => change({ file: undefined })} title="Planned prices from CSV" path="/planned-prices/import" stale="planned-prices" columns={PLANNED_PRICE_COLUMNS} says="A line a plan, with dates like 2026-11-27. SKUs have semicolons between them; in their place a vendor or a product type; none of these is everything. What is there already is left as it is." />
    </>
  );
}

function scopeOf(plan: PlannedPrice) {
  if (plan.skus.length > 0) return plan.skus.slice(0, NAMED).join(', ') + (plan.skus.length > NAMED ? ` and ${plan.skus.length - NAMED} more` : '');
  if (plan.vendor === null && plan.productType === null) return <span className="dim">everything</span>;
  return [plan.vendor, plan.productType].filter(Boolean).join(', ');
}

function Editor({ plan, close }: { plan: PlannedPrice | undefined; close(): void }) {
  const store = useStore(), client = useQueryClient(), vendors = useQuery(vendorsQuery(store.storeId)).data?.vendors ?? [];
  const [name, setName] = useState(plan?.name ?? ''), [from, setFrom] = useState(plan?.from ?? ''), [to, setTo] = useState(plan?.to ?? ''), [off, setOff] = useState<number | string>(plan?.percentOff ?? 20);
  const [skus, setSkus] = useState(plan?.skus.join('\n') ?? ''), [vendor, setVendor] = useState<string | null>(plan?.vendor ?? null), [type, setType] = useState(plan?.productType ?? '');
  const listed = [...new Set(skus.split(/[\n,;]/).map((sku) => sku.trim()).filter(Boolean))];
  const body: PlannedPriceBody = { name: name.trim(), from, to: to || from, percentOff: Number(off), skus: listed, vendor: listed.length > 0 ? null : vendor, productType: listed.length > 0 ? null : type.trim() || null };
  const done = async (message: string): Promise<void> => { notifications.show({ message }); await client.invalidateQueries({ queryKey: ['planned-prices'] }); close(); };
  const save = useMutation({
    mutationFn: () => (plan ? write('PUT', `/planned-prices/${plan.planId}`, { store: store.storeId }, body) : write('POST', '/planned-prices', { store: store.storeId }, body)),
    onSuccess: () => done('Saved. The next forecast reckons with it.'),
  });
  const remove = useMutation({ mutationFn: () => write('DELETE', `/planned-prices/${plan!.planId}`, { store: store.storeId }), onSuccess: () => done('Removed. The next forecast does without it.') });
  const backwards = to !== '' && from !== '' && to < from, wrong = !(body.percentOff > 0 && body.percentOff < 100);
  return (
    <form className="stack" onSubmit={(submitted) => { submitted.preventDefault(); save.mutate(); }}>
      <TextInput size="sm" label="Name" value={name} maxLength={120} autoFocus onChange={(typed) => setName(typed.currentTarget.value)} />
      <div className="row"><TextInput size="sm" type="date" label="First day" value={from} onChange={(typed) => setFrom(typed.currentTarget.value)} /><TextInput size="sm" type="date" label="Last day" value={to} error={backwards ? 'before the first' : undefined} onChange={(typed) => setTo(typed.currentTarget.value)} /></div>
      <NumberInput size="sm" label="Below the price of the day" suffix="%" min={0.1} max={99.9} value={off} error={wrong ? 'above 0 and below 100' : undefined} onChange={setOff} w={180} />
      <Textarea size="sm" label="SKUs" description="One a line, or from a spreadsheet; none for a whole vendor, product type or everything" autosize minRows={3} maxRows={10} className="mono" value={skus} onChange={(typed) => setSkus(typed.currentTarget.value)} />
      {listed.length === 0 && <div className="row"><Select size="sm" label="Vendor" placeholder="All" searchable clearable data={vendors} value={vendor} onChange={setVendor} limit={100} clearButtonProps={{ 'aria-label': 'All vendors' }} /><TextInput size="sm" label="Product type" placeholder="All" value={type} maxLength={255} onChange={(typed) => setType(typed.currentTarget.value)} /></div>}
      <div className="row"><Button type="submit" size="sm" loading={save.isPending} disabled={body.name === '' || from === '' || backwards || wrong}>Save</Button>{plan && <Button size="sm" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>Remove</Button>}</div>
      {(save.error ?? remove.error) && <ErrorState title="It was not saved" error={(save.error ?? remove.error)!} />}
    </form>
  );
}
