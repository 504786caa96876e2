/** From which value on another person approves, by currency, and who may up to which amount; how late is still on time and how much more is still as ordered; and what planning may spend over all suppliers. */
import { ActionIcon, Autocomplete, Button, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { purchaseSettingsQuery, supplierNamesQuery, type PurchaseSettings as Settings } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { Steady } from '../ui/Steady.tsx';
import { amountFault, minorOf, typed } from './look.ts';

export function PurchaseSettings({ open, close }: { open: boolean; close(): void }) {
  const store = useStore(), query = useQuery({ ...purchaseSettingsQuery(store.storeId), enabled: open });
  return <Modal opened={open} onClose={close} title={<strong>Approval, tolerances and budget</strong>}>{open && (query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : query.data ? <Steady of={query.data} by={(settings) => settings.version}>{(settings) => <Form settings={settings} close={close} />}</Steady> : <Lines rows={4} />)}</Modal>;
}

const ROLES = ['admin', 'ecommerce', 'planner', 'warehouse', 'finance', 'viewer'] as const;
type Role = (typeof ROLES)[number];
interface Draft { who: string; amount: string }

/** Who may approve up to which amount: a role, or one person, whose own amount goes before their role's. */
function Approvers({ approvers, currency, change }: { approvers: Draft[]; currency: string; change(next: Draft[]): void }) {
  const set = (n: number, part: Partial<Draft>): void => change(approvers.map((one, k) => (k === n ? { ...one, ...part } : one)));
  return (
    <fieldset className="approvers">
      <legend>Who may approve</legend>
      <p className="small dim">{approvers.length === 0 ? 'Anybody who neither made nor changed the order.' : 'Nobody else. A person’s own amount goes before that of their role; nobody approves an order of their own.'} Administrators change this.</p>
      {approvers.map((one, n) => (
        <div key={n} className="row">
          <Autocomplete size="sm" aria-label={`Approver ${n + 1}`} placeholder="role or e-mail address" data={[...ROLES]} value={one.who} error={one.who !== '' && !ROLES.includes(one.who as Role) && !one.who.includes('@')} onChange={(who) => set(n, { who })} />
          <TextInput size="sm" aria-label={`Approver ${n + 1}: up to, in ${currency}`} placeholder="any amount" inputMode="decimal" rightSection={<span className="dim small">{currency}</span>} rightSectionWidth={44} value={one.amount} error={minorOf(one.amount, currency) === undefined} onChange={(event) => set(n, { amount: event.currentTarget.value })} />
          <ActionIcon variant="subtle" color="gray" aria-label={`Take approver ${n + 1} away`} onClick={() => change(approvers.filter((_, k) => k !== n))}><IconTrash size={15} /></ActionIcon>
        </div>
      ))}
      <div><Button size="xs" variant="default" onClick={() => change([...approvers, { who: '', amount: '' }])}>Add an approver</Button></div>
    </fieldset>
  );
}

function Form({ settings, close }: { settings: Settings; close(): void }) {
  const store = useStore(), client = useQueryClient(), suppliers = useQuery(supplierNamesQuery(store.storeId)).data?.rows ?? [];
  const currencies = [...new Set([store.currency, ...Object.keys(settings.approvalLimits), ...suppliers.map((s) => s.currency)])];
  const [limits, setLimits] = useState<Record<string, string>>(() => Object.fromEntries(Object.entries(settings.approvalLimits).map(([currency, minor]) => [currency, typed(minor, currency)]))), [grace, setGrace] = useState(settings.overdueToleranceDays), [over, setOver] = useState<number | string>(settings.overTolerancePercent ?? '');
  const [approvers, setApprovers] = useState<Draft[]>(() => settings.approvers.map((one) => ({ who: one.email ?? one.role ?? '', amount: typed(one.amount, store.currency) }))), unnamed = approvers.some((one) => !ROLES.includes(one.who as Role) && !one.who.includes('@')) || approvers.some((one) => minorOf(one.amount, store.currency) === undefined);
  const [budget, setBudget] = useState(typed(settings.planBudget, store.currency)), [per, setPer] = useState(settings.planBudgetPer), planBudget = minorOf(budget, store.currency);
  const read = currencies.map((currency) => ({ currency, minor: minorOf(limits[currency] ?? '', currency) })), wrong = unnamed || planBudget === undefined || read.some(({ minor }) => minor === undefined);
  const save = useMutation({
    mutationFn: () => write<Settings>('PUT', '/purchase-settings', { store: store.storeId }, { version: settings.version, overdueToleranceDays: grace, overTolerancePercent: over === '' ? null : Number(over), planBudget: planBudget ?? null, planBudgetPer: per, approvers: approvers.map(({ who, amount }) => ({ ...(who.includes('@') ? { email: who.trim() } : { role: who as Role }), amount: minorOf(amount, store.currency) ?? null })), approvalLimits: Object.fromEntries(read.flatMap(({ currency, minor }) => (minor == null ? [] : [[currency, minor]]))) }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['purchase-orders'] }); await client.invalidateQueries({ queryKey: ['replenishment'] }); notifications.show({ message: 'Saved.' }); close(); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <p className="dim">Above the limit somebody approves who neither made nor changed the order. Without any limit nothing waits. An order in a currency without one is measured by the limit in {store.currency}, at the day’s exchange rate; where that is not known it waits.</p>
      {currencies.map((currency) => <TextInput key={currency} size="sm" label={`Limit in ${currency}`} placeholder="no limit" inputMode="decimal" value={limits[currency] ?? ''} error={amountFault(limits[currency] ?? '', currency)} onChange={(event) => { const { value } = event.currentTarget; setLimits((old) => ({ ...old, [currency]: value })); }} />)}
      <Approvers approvers={approvers} currency={store.currency} change={setApprovers} />
      <NumberInput size="sm" label="Days of grace" description="An order is late when it is expected longer ago than this" min={0} max={90} value={grace} onChange={(value) => setGrace(Number(value) || 0)} />
      <NumberInput size="sm" label="More than ordered" description="What comes beyond it is received with a note that says why" placeholder="any amount" suffix="%" min={0} max={1_000} allowDecimal={false} value={over} onChange={setOver} />
      <TextInput size="sm" label="Planning budget" description="Most that is planned over all suppliers; other currencies at today’s exchange rates" placeholder="no limit" inputMode="decimal" rightSection={<span className="dim small">{store.currency}</span>} rightSectionWidth={44} value={budget} error={amountFault(budget, store.currency)} onChange={(event) => setBudget(event.currentTarget.value)} />
      <NativeSelect size="sm" label="The budget is for" value={per} disabled={budget.trim() === ''} data={[{ value: 'plan', label: 'what is planned' }, { value: 'month', label: 'a month, less what was ordered' }]} onChange={(event) => setPer(event.currentTarget.value as Settings['planBudgetPer'])} />
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={wrong}>Save</Button></div>
    </form>
  );
}
