/** What can be done with the chosen lines: purchase orders, or setting them aside. */
import { Button, Drawer } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { Recommendation } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { lineId } from './columns.tsx';
import { DecisionForm } from './DecisionForm.tsx';
import { costWords } from './Totals.tsx';

interface Made { made?: { purchaseOrderId: number; reference: string; supplier: string; locationName: string; lines: number; units: number }[]; leftOut?: { sku: string | null; why: string }[] }

/** `whatIf` are the quantities of the sliders: what is seen is what is ordered. */
export function SelectionBar({ rows, whatIf, clear }: { rows: readonly Recommendation[]; whatIf: ReadonlyMap<string, number> | null; clear(): void }) {
  const store = useStore(), client = useQueryClient(), [aside, setAside] = useState<'excluded' | 'snoozed' | null>(null);
  const quantityOf = (row: Recommendation): number => whatIf?.get(lineId(row)) ?? row.quantity, ordered = rows.filter((row) => quantityOf(row) > 0), costs = new Map<string, number>();
  for (const row of ordered) if (row.unitCost !== null) costs.set(row.currency, (costs.get(row.currency) ?? 0) + row.unitCost * quantityOf(row));
  const create = useMutation({
    mutationFn: () => write<Made>('POST', '/purchase-orders/from-recommendations', { store: store.storeId }, { lines: ordered.map((row) => ({ itemId: row.itemId, locationId: row.locationId, quantity: quantityOf(row) })) }),
    onSuccess: clear,
    onSettled: () => client.invalidateQueries({ queryKey: ['replenishment'] }),
  });
  if (rows.length === 0 && !create.data) return null;
  return (
    <div className="selection" role="region" aria-label="Chosen lines">
      {rows.length > 0 && (
        <div className="row">
          <strong>{count(rows.length, 'line')} chosen</strong><span className="dim">{units(ordered.reduce((sum, row) => sum + quantityOf(row), 0))} units · {costWords([...costs].map(([currency, cost]) => ({ currency, cost })))}</span>
          <Button size="xs" loading={create.isPending} disabled={ordered.length === 0} onClick={() => create.mutate()}>Create purchase orders</Button>
          <Button size="xs" variant="default" onClick={() => setAside('excluded')}>Exclude…</Button>
          <Button size="xs" variant="default" onClick={() => setAside('snoozed')}>Snooze…</Button>
          <Button size="xs" variant="subtle" onClick={() => { create.reset(); clear(); }}>Choose none</Button>
        </div>
      )}
      {create.isError && <ErrorState title="No purchase order was made" error={create.error} />}
      {create.data && (
        <div className="stack">
          <p role="status">{create.data.made?.length ? <>Made {create.data.made.map((order, n) => <span key={order.purchaseOrderId}>{n > 0 && ', '}<AppLink to={`/purchase-orders/${order.purchaseOrderId}`}>{order.reference}</AppLink> ({order.supplier}, {order.locationName}: {units(order.units)} units)</span>)}.</> : 'No purchase order was needed.'} {rows.length === 0 && <Button size="compact-xs" variant="subtle" onClick={() => create.reset()}>Close</Button>}</p>
          {create.data.leftOut?.slice(0, 5).map((line) => <p key={`${line.sku}${line.why}`} className="small dim">Left out: {line.sku || 'no SKU'}: {line.why}</p>)}
        </div>
      )}
      <Drawer opened={aside !== null} onClose={() => setAside(null)} size={460} title={<strong>{aside === 'snoozed' ? 'Snooze' : 'Exclude'} {count(rows.length, 'line')}</strong>}>
        {aside !== null && <DecisionForm rows={rows} start={aside} close={() => { setAside(null); clear(); }} />}
      </Drawer>
    </div>
  );
}
