/** From which value on another person approves, by currency; how late is still on time and how much more is still as ordered; and what planning may spend over all suppliers. */
import { Button, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { purchaseSettingsQuery, supplierNamesQuery, type PurchaseSettings as Settings } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { minorOf, typed } from './look.ts';

export function PurchaseSettings({ open, close }: { open: boolean; close(): void }) {
  const store = useStore(), query = useQuery({ ...purchaseSettingsQuery(store.storeId), enabled: open });
  return <Modal opened={open} onClose={close} title={<strong>Approval, tolerances and budget</strong>}>{open && (query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : query.data ? <Form key={query.data.version} settings={query.data} close={close} /> : <Lines rows={4} />)}</Modal>;
}

function Form({ settings, close }: { settings: Settings; close(): void }) {
  const store = useStore(), client = useQueryClient(), suppliers = useQuery(supplierNamesQuery(store.storeId)).data?.rows ?? [];
  const currencies = [...new Set([store.currency, ...Object.keys(settings.approvalLimits), ...suppliers.map((s) => s.currency)])];
  const [limits, setLimits] = useState<Record<string, string>>(() => Object.fromEntries(Object.entries(settings.approvalLimits).map(([currency, minor]) => [currency, typed(minor, currency)]))), [grace, setGrace] = useState(settings.overdueToleranceDays), [over, setOver] = useState<number | string>(settings.overTolerancePercent ?? '');
  const [budget, setBudget] = useState(typed(settings.planBudget, store.currency)), [per, setPer] = useState(settings.planBudgetPer), planBudget = minorOf(budget, store.currency);
  const read = currencies.map((currency) => ({ currency, minor: minorOf(limits[currency] ?? '', currency) })), wrong = planBudget === undefined || read.some(({ minor }) => minor === undefined);
  const save = useMutation({
    mutationFn: () => write<Settings>('PUT', '/purchase-settings', { store: store.storeId }, { version: settings.version, overdueToleranceDays: grace, overTolerancePercent: over === '' ? null : Number(over), planBudget: planBudget ?? null, planBudgetPer: per, approvalLimits: Object.fromEntries(read.flatMap(({ currency, minor }) => (minor == null ? [] : [[currency, minor]]))) }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['purchase-orders'] }); await client.invalidateQueries({ queryKey: ['replenishment'] }); notifications.show({ message: 'Saved.' }); close(); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <p className="dim">Above the limit somebody approves who neither made nor changed the order. Without any limit nothing waits. Once there is one, orders in a currency without a limit always wait: amounts are not compared across currencies.</p>
      {currencies.map((currency) => <TextInput key={currency} size="sm" label={`Limit in ${currency}`} placeholder="no limit" inputMode="decimal" value={limits[currency] ?? ''} error={minorOf(limits[currency] ?? '', currency) === undefined && 'not an amount'} onChange={(event) => { const { value } = event.currentTarget; setLimits((old) => ({ ...old, [currency]: value })); }} />)}
      <NumberInput size="sm" label="Days of grace" description="An order is late when it is expected longer ago than this" min={0} max={90} value={grace} onChange={(value) => setGrace(Number(value) || 0)} />
      <NumberInput size="sm" label="More than ordered" description="What comes beyond it is received with a note that says why" placeholder="any amount" suffix=" %" min={0} max={1_000} allowDecimal={false} value={over} onChange={setOver} />
      <TextInput size="sm" label="Planning budget" description="Most that is planned over all suppliers; lines bought in another currency are outside it" placeholder="no limit" inputMode="decimal" rightSection={<span className="dim small">{store.currency}</span>} rightSectionWidth={44} value={budget} error={planBudget === undefined && 'not an amount'} onChange={(event) => setBudget(event.currentTarget.value)} />
      <NativeSelect size="sm" label="The budget is for" value={per} disabled={budget.trim() === ''} data={[{ value: 'plan', label: 'what is planned' }, { value: 'month', label: 'a month, less what was ordered' }]} onChange={(event) => setPer(event.currentTarget.value as Settings['planBudgetPer'])} />
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={wrong}>Save</Button></div>
    </form>
  );
}
