/** Buffers of some goods apart from their location's: what is expected to be fought over in a rush, or is dear to oversell. */
import { ActionIcon, Autocomplete, Button, NumberInput, Popover, Select, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-settings.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import type { LocationView } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, percent, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';

type Rules = Of<typeof Contract.BufferRules>;
type Body = Of<typeof Contract.BufferRuleBody>;
const SCOPES = ['item', 'tag', 'product type', 'vendor'] as const;

export function BufferRules({ locations }: { locations: readonly LocationView[] }) {
  const store = useStore(), client = useQueryClient(), query = useQuery(one<Rules>(['push', 'buffer-rules', store.storeId], '/buffer-rules', { store: store.storeId }));
  const drop = useMutation({
    mutationFn: (ruleId: string) => write('DELETE', `/buffer-rules/${ruleId}`, { store: store.storeId }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['push'] }), onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  if (query.isError && !query.data) return <Panel title="Buffers of some goods"><ErrorState error={query.error} retry={() => void query.refetch()} /></Panel>;
  if (!query.data) return <Panel title="Buffers of some goods"><Lines rows={3} /></Panel>;
  const { rules } = query.data;
  return (
    <Panel flush title="Buffers of some goods" aside={<Add rules={query.data} locations={locations.filter((each) => each.authority === 'warehouse')} />}>
      {rules.length === 0 ? <div className="panel-body"><p className="dim">None: every level has its location’s buffer. A rule is of an item, a tag of the product, a product type or a vendor, for always or for a peak; the more specific wins, and the push queue says which it was.</p></div> : (
        <Wide label="Buffers of some goods">
          <table className="plain">
            <thead><tr><th>Of</th><th>Where</th><th>When</th><th className="num">Enough for</th><th className="num">At least</th><th className="num">At most</th><th className="num" title="Levels of these goods; a more specific rule may take some of them">Levels</th><th><span className="sr">Take away</span></th></tr></thead>
            <tbody>{rules.map((rule) => (
              <tr key={rule.ruleId}>
                <td><b>{rule.sku || rule.title || rule.name}</b> <span className="dim">{rule.scope}</span></td><td>{rule.location ?? 'everywhere'}</td><td>{rule.inPeak ? 'in a peak' : 'always'}</td>
                <td className="num">{rule.quantile === null ? <span className="dim">as usual</span> : percent(rule.quantile)}</td><td className="num">{rule.atLeast === 0 ? <span className="dim">–</span> : units(rule.atLeast)}</td><td className="num">{rule.capUnits === null ? <span className="dim">as usual</span> : units(rule.capUnits)}</td><td className="num">{units(rule.levels)}</td>
                <td className="num"><ActionIcon variant="subtle" color="gray" aria-label={`Take away the rule of ${rule.sku || rule.title || rule.name}`} loading={drop.isPending && drop.variables === rule.ruleId} onClick={() => drop.mutate(rule.ruleId)}><IconTrash size={16} /></ActionIcon></td>
              </tr>))}
            </tbody>
          </table>
        </Wide>)}
    </Panel>
  );
}

function Add({ rules, locations }: { rules: Rules; locations: readonly LocationView[] }) {
  const store = useStore(), client = useQueryClient(), [open, setOpen] = useState(false);
  const [scope, setScope] = useState<Body['scope']>('product type'), [name, setName] = useState(''), [where, setWhere] = useState(''), [inPeak, setInPeak] = useState(true), [quantile, setQuantile] = useState<number | string>(''), [least, setLeast] = useState<number | string>(''), [most, setMost] = useState<number | string>('');
  const save = useMutation({
    mutationFn: () => write('PUT', '/buffer-rules', { store: store.storeId }, { scope, name: name.trim(), locationId: where === '' ? null : Number(where), inPeak, quantile: quantile === '' ? null : Number((Number(quantile) / 100).toFixed(6)), atLeast: least === '' ? 0 : Number(least), capUnits: most === '' ? null : Number(most) } satisfies Body),
    onSuccess: async () => { setOpen(false); setName(''); notifications.show({ message: 'Saved. Levels of these goods are looked at again.' }); await client.invalidateQueries({ queryKey: ['push'] }); }, onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <Popover opened={open} onChange={setOpen} width={320} trapFocus position="bottom-end">
      <Popover.Target><Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => setOpen(!open)}>Add a rule…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Buffer of some goods">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
          <Select label="Of" value={scope} onChange={(value) => { setScope((value ?? 'product type') as Body['scope']); setName(''); }} data={SCOPES.map((value) => ({ value, label: capital(value) }))} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
          <Autocomplete label={scope === 'item' ? 'SKU' : 'Name'} value={name} onChange={setName} data={scope === 'item' ? [] : scope === 'vendor' ? rules.vendors : scope === 'tag' ? rules.tags : rules.productTypes} limit={12} maxLength={200} comboboxProps={{ withinPortal: false }} data-autofocus />
          <Select label="Where" value={where} onChange={(value) => setWhere(value ?? '')} data={[{ value: '', label: 'Every location Instep writes' }, ...locations.map((each) => ({ value: String(each.locationId), label: each.name }))]} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
          <Switch label="Only while a peak is on" checked={inPeak} onChange={(event) => setInPeak(event.currentTarget.checked)} />
          <NumberInput label="Enough for, percent" description="Of rushes during the lag; empty: as the location says" min={50} max={99.999} decimalScale={3} suffix="%" value={quantile} onChange={setQuantile} />
          <NumberInput label="At least, units" description="Withheld whatever sells, as far as there are any" min={0} max={1_000_000} value={least} onChange={setLeast} />
          <NumberInput label="At most, units" min={0} max={1_000_000} value={most} onChange={setMost} />
          <Button type="submit" loading={save.isPending} disabled={name.trim() === '' || (quantile === '' && least === '' && most === '')}>Save the rule</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
