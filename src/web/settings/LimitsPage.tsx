/** Limits of a store: what one person may do alone, and how its items find those of other stores. */
import { Button, NumberInput, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-settings.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { Page, Panel } from '../ui/page.tsx';
import { DriftTolerancePanel } from './DriftTolerancePanel.tsx';
import { RepairPolicyPanel } from './RepairPolicyPanel.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

type View = Of<typeof Contract.LimitsView>;

export function LimitsPage() {
  const store = useStore(), query = useQuery(one<View>(['limits', store.storeId], '/settings/limits', { store: store.storeId }));
  return (
    <Page title="Limits">
      <SettingsTabs />
      {query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !query.data ? <Panel><Lines rows={6} /></Panel> : <><Form key={store.storeId} view={query.data} /><div className="limits"><RepairPolicyPanel /></div><div className="limits"><DriftTolerancePanel /></div></>}
    </Page>
  );
}

function Form({ view }: { view: View }) {
  const store = useStore(), client = useQueryClient(), [limit, setLimit] = useState<number | string>(view.repairLimit), [match, setMatch] = useState(view.matchItems);
  const valid = typeof limit === 'number' && Number.isInteger(limit) && limit >= 0, changed = limit !== view.repairLimit || match !== view.matchItems;
  const save = useMutation({
    mutationFn: () => write<View>('PUT', '/settings/limits', { store: store.storeId }, { repairLimit: limit as number, matchItems: match }),
    onSuccess: (saved) => { client.setQueryData(['limits', store.storeId], saved); notifications.show({ message: 'Saved' }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <form className="stack limits" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <Panel title="Alone, or with a second person">
        <div className="stack"><NumberInput label="Units one person repairs alone" value={limit} onChange={setLimit} min={0} max={1_000_000} allowDecimal={false} thousandSeparator="," maw={340} disabled={!view.mayChange} error={valid ? null : 'A whole number, 0 or more'} />
        <p className="small dim">Repairs of drift, and changes of matches that take units from an item, wait above this for the approval of somebody else. 0: every one of them.</p>
        <p className="small dim">Other limits have their own place: first pushes and buffers under <AppLink to="/settings/locations">Locations</AppLink>, purchase orders under <AppLink to="/purchase-orders?tab=settings">Purchase orders, Settings</AppLink>, matches taken by themselves under <AppLink to="/mapping?tab=rules">Mapping, Rules</AppLink>, back-ups under <AppLink to="/settings/backups">Back-ups</AppLink>.</p></div>
      </Panel>
      <Panel title="Items of several stores">
        <div className="stack"><SegmentedControl className="limits-choice" value={match} onChange={(value) => setMatch(value as View['matchItems'])} data={[{ value: 'same SKU', label: 'The same SKU is the same item' }, { value: 'by hand', label: 'Each store’s items are its own' }]} disabled={!view.mayChange} />
          <p className="small dim">For variants that are new from now on{view.stores === 1 ? '; there is one store, so nothing changes before a second one is connected' : ''}. Items that are joined share the shelf of a warehouse. What was joined before stays as it is.</p></div>
      </Panel>
      <div className="row"><Button type="submit" loading={save.isPending} disabled={!view.mayChange || !valid || !changed}>Save</Button>{!view.mayChange && <span className="dim small">Only administrators change limits.</span>}</div>
    </form>
  );
}
