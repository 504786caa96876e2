/** What goes without a person, and whose product data is right. */
import { NumberInput, SegmentedControl, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { rulesQuery, type MappingRules } from '../api/mapping-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { percent } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';

export function RulesTab() {
  const store = useStore(), client = useQueryClient(), query = useQuery(rulesQuery(store.storeId)), rules = query.data;
  const change = useMutation({
    mutationFn: (body: object) => write<MappingRules>('PUT', '/mapping/rules', { store: store.storeId }, body),
    onSuccess: (now) => { client.setQueryData(rulesQuery(store.storeId).queryKey, now); notifications.show({ message: 'Saved' }); }, onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  if (query.isError && !rules) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!rules) return <Panel><Lines rows={6} /></Panel>;
  return (
    <div className="stack rules">
      <Panel title="Master of products">
        <div className="stack">
          <SegmentedControl aria-label="Master of products" value={rules.productMaster} onChange={(productMaster) => change.mutate({ productMaster })} data={[{ value: 'Shopify', label: 'Shopify' }, { value: 'warehouse', label: 'Inventory system' }]} />
          <p className="dim">{rules.productMaster === 'Shopify' ? 'SKUs are made in Shopify. One that is renamed there is right once somebody accepts it; the warehouse follows.' : 'SKUs are made in the inventory system. One that is renamed in Shopify is to be set back there: it cannot be accepted here.'} Mapping is by id, so that neither moves stock.</p>
        </div>
      </Panel>
      <Panel title="Matched without a person">
        <div className="stack">
          <p className="dim">Off unless switched on. Suggestions at least so sure are then taken every ten minutes, never for an item that has a code already, and stand in the history of the code. {percent(rules.measured)} and above was right in 99 of 100 on the corpus it was measured on.</p>
          {rules.warehouses.length === 0 && <p>No warehouse serves this store.</p>}
          {rules.warehouses.map((each) => <Auto key={each.warehouseId} each={each} measured={rules.measured} busy={change.isPending} save={(autoApproveAbove) => change.mutate({ warehouse: { warehouseId: each.warehouseId, autoApproveAbove } })} />)}
        </div>
      </Panel>
    </div>
  );
}

function Auto({ each, measured, busy, save }: { each: MappingRules['warehouses'][number]; measured: number; busy: boolean; save(above: number | null): void }) {
  const [draft, setDraft] = useState<number | null>(null), shown = draft ?? Math.round((each.autoApproveAbove ?? measured) * 1000) / 10, commit = (): void => { if (draft !== null && each.autoApproveAbove !== null) save(draft / 100); setDraft(null); };
  return (
    <div className="row auto-rule">
      <Switch label={each.name} checked={each.autoApproveAbove !== null} disabled={busy} onChange={(event) => save(event.currentTarget.checked ? measured : null)} />
      {each.autoApproveAbove !== null && <NumberInput aria-label={`Matched at ${each.name} when at least so sure`} suffix="%" min={90} max={100} step={0.5} decimalScale={1} w={110} value={shown} onChange={(value) => setDraft(Math.min(100, Math.max(90, Number(value) || 90)))} onBlur={commit} onKeyDown={(event) => { if (event.key === 'Enter') commit(); }} />}
    </div>
  );
}
