/** Drafts from what replenishment recommends: one a supplier and location. What a draft already asks for is not asked for twice. */
import { Button, Modal, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { supplierNamesQuery, type MadePurchases } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { useLocations } from '../table/LocationVendorFilter.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';

export function FromRecommendations({ open, close }: { open: boolean; close(): void }) {
  return <Modal opened={open} onClose={close} size={560} title={<strong>Orders from recommendations</strong>}>{open && <Make close={close} />}</Modal>;
}

function Make({ close }: { close(): void }) {
  const store = useStore(), client = useQueryClient(), locations = useLocations(), suppliers = useQuery(supplierNamesQuery(store.storeId)).data?.rows ?? [];
  const [supplier, setSupplier] = useState<string | null>(null), [place, setPlace] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: () => write<MadePurchases>('POST', '/purchase-orders/from-recommendations', { store: store.storeId }, { ...(supplier ? { supplierId: Number(supplier) } : {}), ...(place ? { locationId: Number(place) } : {}) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['purchase-orders'] }),
  });
  if (make.data) return <Made result={make.data} close={close} />;
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <p className="dim">Every line of the replenishment worklist becomes a line of a draft at the supplier its item is bought from, with the supplier’s price at that quantity. Nothing is sent: you look at each draft first.</p>
      <Select size="sm" label="Supplier" placeholder="All suppliers" searchable clearable value={supplier} data={suppliers.map((s) => ({ value: String(s.supplierId), label: s.name }))} onChange={setSupplier} />
      <Select size="sm" label="Deliver to" placeholder="All locations" clearable value={place} data={locations.map((l) => ({ value: String(l.locationId), label: l.name }))} onChange={setPlace} />
      {make.isError && <ErrorState title="No order was made" error={make.error} />}
      <div><Button type="submit" size="sm" loading={make.isPending}>Make drafts</Button></div>
    </form>
  );
}

function Made({ result, close }: { result: MadePurchases; close(): void }) {
  const why = Map.groupBy(result.leftOut, (line) => line.why);
  return (
    <div className="stack">
      <p className="sentence">{result.made.length === 0 ? 'No new draft: there is nothing to order that no draft asks for.' : `${count(result.made.length, 'draft')} made.`}</p>
      {result.made.length > 0 && (
        <Wide label="Drafts made"><table className="plain boxed"><thead><tr><th>Order</th><th>Supplier</th><th>To</th><th className="num">Lines</th><th className="num">Units</th></tr></thead>
          <tbody>{result.made.map((one) => <tr key={one.purchaseOrderId}><td><Link to="/purchase-orders/$purchaseOrderId" params={{ purchaseOrderId: String(one.purchaseOrderId) }}>{one.reference}</Link></td><td>{one.supplier}</td><td>{one.locationName}</td><td className="num">{units(one.lines)}</td><td className="num">{units(one.units)}</td></tr>)}</tbody></table></Wide>
      )}
      {[...why].slice(0, 12).map(([reason, lines]) => <p key={reason} className="dim small">{count(lines.length, 'line')} left out: {reason}.</p>)}
      <div><Button variant={result.made.length === 0 ? 'filled' : 'default'} onClick={close}>Close</Button></div>
    </div>
  );
}
