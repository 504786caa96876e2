/** A supplier's own terms. What somebody else saved meanwhile is never overwritten: the server says so, and what was typed stays until it is given up. */
import { Button, Chip, NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, write } from '../api/client.ts';
import { supplierQuery, type Supplier } from '../api/purchasing-queries.ts';
import { amountFault, minorOf, typed } from '../purchasing/look.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { Ago } from '../ui/time.tsx';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
type Draft = Omit<Supplier, 'minOrderCost' | 'budget'> & { minOrderCost: string; budget: string };

export function TermsForm({ supplier, saved }: { supplier: Supplier; saved(): void }) {
  const store = useStore(), client = useQueryClient(), key = supplierQuery(store.storeId, String(supplier.supplierId)).queryKey;
  const [draft, setDraft] = useState<Draft>(() => ({ ...supplier, minOrderCost: typed(supplier.minOrderCost, supplier.currency), budget: typed(supplier.budget, supplier.currency) })), set = (part: Partial<Draft>): void => setDraft((old) => ({ ...old, ...part }));
  const known = /^[A-Z]{3}$/.test(draft.currency), cost = known ? minorOf(draft.minOrderCost, draft.currency) : undefined, budget = known ? minorOf(draft.budget, draft.currency) : undefined, container = draft.containerVolumeCm3 !== null || draft.containerWeightG !== null;
  const save = useMutation({
    mutationFn: () => write<Supplier>('PUT', `/suppliers/${supplier.supplierId}`, { store: store.storeId }, {
      version: supplier.version, name: draft.name.trim(), email: draft.email?.trim() || null, contact: draft.contact, address: draft.address, notes: draft.notes, currency: draft.currency, leadTimeDays: draft.leadTimeDays, leadTimeToleranceDays: draft.leadTimeToleranceDays, orderDays: draft.orderDays,
      minOrderCost: cost ?? null, minOrderUnits: draft.minOrderUnits, containerVolumeCm3: draft.containerVolumeCm3, containerWeightG: draft.containerWeightG, minimumCounts: draft.minimumCounts, fillContainer: draft.fillContainer, mostContainers: draft.mostContainers, budget: budget ?? null, budgetPer: draft.budgetPer, paymentTerms: draft.paymentTerms, active: draft.active,
    }),
    onSuccess: async (next) => { saved(); client.setQueryData(key, next); notifications.show({ message: 'Saved.' }); await client.invalidateQueries({ queryKey: ['suppliers'] }); },
    onError: (error) => { if (error instanceof ApiError && error.status === 409) void client.invalidateQueries({ queryKey: ['suppliers'] }); },
  });
  const number = (field: 'leadTimeDays' | 'minOrderUnits' | 'mostContainers', label: string, suffix: string, description?: string, more: { min?: number; disabled?: boolean; placeholder?: string } = {}) => <NumberInput size="sm" label={label} description={description} min={0} {...more} allowDecimal={false} suffix={suffix} value={draft[field] ?? ''} onChange={(value) => set({ [field]: value === '' ? null : Number(value) })} />;
  // Litres and kilograms on screen; the smallest whole units are kept.
  const large = (field: 'containerVolumeCm3' | 'containerWeightG', label: string, suffix: string) => <NumberInput size="sm" label={label} min={0} decimalScale={3} suffix={suffix} value={draft[field] === null ? '' : draft[field] / 1_000} onChange={(value) => set({ [field]: value === '' || Number(value) === 0 ? null : Math.round(Number(value) * 1_000) })} />;
  return (
    <form className="terms" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <TextInput size="sm" label="Name" required value={draft.name} maxLength={200} onChange={(event) => set({ name: event.currentTarget.value })} />
      <TextInput size="sm" label="E-mail for orders" type="email" value={draft.email ?? ''} onChange={(event) => set({ email: event.currentTarget.value })} />
      <TextInput size="sm" label="Contact" value={draft.contact ?? ''} maxLength={200} onChange={(event) => set({ contact: event.currentTarget.value })} />
      <TextInput size="sm" label="Currency" description="The currency it sells in" value={draft.currency} maxLength={3} error={!known && 'three letters'} onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })} />
      {number('leadTimeDays', 'Lead time', ' days', 'From order to receipt, as stated')}
      <NumberInput size="sm" label="Tolerance" description="How late is still on time" min={0} max={90} allowDecimal={false} suffix=" days" value={draft.leadTimeToleranceDays} onChange={(value) => set({ leadTimeToleranceDays: Number(value) || 0 })} />
      <TextInput size="sm" label="Minimum order value" inputMode="decimal" rightSection={<span className="dim small">{draft.currency}</span>} rightSectionWidth={44} value={draft.minOrderCost} error={known && amountFault(draft.minOrderCost, draft.currency)} onChange={(event) => set({ minOrderCost: event.currentTarget.value })} />
      {number('minOrderUnits', 'Minimum order units', ' units')}
      <NativeSelect size="sm" label="The minimums are" value={draft.minimumCounts} data={[{ value: 'place', label: 'of the order of each place' }, { value: 'all places', label: 'of all places together' }]} onChange={(event) => set({ minimumCounts: event.currentTarget.value as Draft['minimumCounts'] })} />
      {large('containerVolumeCm3', 'Container volume', ' l')}
      {large('containerWeightG', 'Container weight', ' kg')}
      {number('mostContainers', 'Containers at most', '', undefined, { min: 1, disabled: !container, placeholder: container ? 'as many as it needs' : 'no container' })}
      <Switch className="level" label="Fill containers" description="With what is worth most" disabled={!container} checked={draft.fillContainer} onChange={(event) => set({ fillContainer: event.currentTarget.checked })} />
      <TextInput size="sm" label="Planning budget" inputMode="decimal" placeholder="no limit" rightSection={<span className="dim small">{draft.currency}</span>} rightSectionWidth={44} value={draft.budget} error={known && amountFault(draft.budget, draft.currency)} onChange={(event) => set({ budget: event.currentTarget.value })} />
      <NativeSelect size="sm" label="The budget is for" value={draft.budgetPer} disabled={draft.budget.trim() === ''} data={[{ value: 'plan', label: 'what is planned' }, { value: 'month', label: 'a month, less what was ordered' }]} onChange={(event) => set({ budgetPer: event.currentTarget.value as Draft['budgetPer'] })} />
      <div className="wide"><p className="field-label" id="order-days">Order days <span className="dim">none chosen: any day</span></p><Chip.Group multiple value={draft.orderDays.map(String)} onChange={(chosen) => set({ orderDays: chosen.map(Number).sort((a, b) => a - b) })}><div className="row" role="group" aria-labelledby="order-days">{WEEKDAYS.map((name, n) => <Chip key={name} size="xs" value={String(n + 1)}>{name}</Chip>)}</div></Chip.Group></div>
      <TextInput size="sm" className="wide" label="Payment terms" value={draft.paymentTerms ?? ''} maxLength={500} onChange={(event) => set({ paymentTerms: event.currentTarget.value })} />
      <Textarea size="sm" className="wide" label="Address" autosize minRows={2} maxRows={6} maxLength={1_000} value={draft.address ?? ''} onChange={(event) => set({ address: event.currentTarget.value })} />
      <Textarea size="sm" className="wide" label="Notes" autosize minRows={2} maxRows={10} maxLength={4_000} value={draft.notes ?? ''} onChange={(event) => set({ notes: event.currentTarget.value })} />
      <Switch label="Active: it may be ordered from" checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
      {save.isError && <div className="wide"><ErrorState title="It was not saved" error={save.error} /></div>}
      <div className="wide row"><Button type="submit" size="sm" loading={save.isPending} disabled={draft.name.trim() === '' || cost === undefined || budget === undefined}>Save terms</Button><span className="dim small">changed <Ago at={supplier.updatedAt} /> by {supplier.updatedBy}</span></div>
    </form>
  );
}
