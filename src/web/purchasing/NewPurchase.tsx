/** An empty order: from whom, to where. Its lines are added on its page. */
import { Button, Modal, NativeSelect, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { supplierNamesQuery, type PurchaseDetail } from '../api/purchasing-queries.ts';
import { locationsQuery } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';

export function NewPurchase({ open, close }: { open: boolean; close(): void }) {
  return <Modal opened={open} onClose={close} title={<strong>Empty order</strong>}>{open && <Make />}</Modal>;
}

function Make() {
  const store = useStore(), client = useQueryClient(), navigate = useNavigate(), suppliers = useQuery(supplierNamesQuery(store.storeId)).data?.rows ?? [], places = useQuery(locationsQuery(store.storeId)).data?.locations.filter((each) => each.isActive) ?? [];
  const [supplier, setSupplier] = useState<string | null>(null), [place, setPlace] = useState(''), [key] = useState(() => crypto.randomUUID()), locationId = Number(place || places[0]?.locationId);
  const make = useMutation({
    mutationFn: () => write<PurchaseDetail>('POST', '/purchase-orders', { store: store.storeId }, { supplierId: Number(supplier), locationId, key }),
    onSuccess: async (made) => { await client.invalidateQueries({ queryKey: ['purchase-orders'] }); await navigate({ to: '/purchase-orders/$purchaseOrderId', params: { purchaseOrderId: String(made.purchaseOrderId) } }); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <Select size="sm" label="Supplier" placeholder="Choose" searchable value={supplier} data={suppliers.map((s) => ({ value: String(s.supplierId), label: s.name }))} onChange={setSupplier} data-autofocus nothingFoundMessage="No supplier is called so" />
      <NativeSelect size="sm" label="Deliver to" value={String(locationId)} onChange={(event) => setPlace(event.currentTarget.value)} data={places.map((each) => ({ value: String(each.locationId), label: each.name }))} />
      {make.isError && <ErrorState title="The order was not made" error={make.error} />}
      <div className="row"><Button type="submit" size="sm" loading={make.isPending} disabled={!supplier || !locationId}>Make it</Button><Link to="/suppliers" search={{ show: 'new' }} className="small">A new supplier</Link></div>
    </form>
  );
}
