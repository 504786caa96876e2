/** A supplier by name; its terms are on its page. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { Supplier } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';

export function NewSupplier({ open, close }: { open: boolean; close(): void }) {
  return <Modal opened={open} onClose={close} title={<strong>New supplier</strong>}>{open && <Make />}</Modal>;
}

function Make() {
  const store = useStore(), client = useQueryClient(), navigate = useNavigate(), [name, setName] = useState(''), [email, setEmail] = useState(''), [currency, setCurrency] = useState(store.currency);
  const make = useMutation({
    mutationFn: () => write<Supplier>('POST', '/suppliers', { store: store.storeId }, { name: name.trim(), email: email.trim() || null, currency: currency.trim().toUpperCase() }),
    onSuccess: async (made) => { await client.invalidateQueries({ queryKey: ['suppliers'] }); await navigate({ to: '/suppliers/$supplierId', params: { supplierId: String(made.supplierId) }, search: { tab: 'terms' } }); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <TextInput size="sm" label="Name" required value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <TextInput size="sm" label="E-mail for orders" type="email" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <TextInput size="sm" label="Currency it sells in" value={currency} maxLength={3} onChange={(event) => setCurrency(event.currentTarget.value)} />
      {make.isError && <ErrorState title="The supplier was not made" error={make.error} />}
      <div><Button type="submit" size="sm" loading={make.isPending} disabled={name.trim() === '' || !/^[A-Za-z]{3}$/.test(currency.trim())}>Make it</Button></div>
    </form>
  );
}
