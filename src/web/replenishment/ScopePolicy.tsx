/** Planning values of the whole store or of one supplier: what applies where an item has none of its own. */
import { Button, Drawer, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { write } from '../api/client.ts';
import { policyQuery, vendorsQuery, type PolicyBody } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { POLICY_FIELDS, shown, typed } from './policy-fields.ts';

/** `scope` is `default` or `vendor:<name>`; undefined closes. */
export function ScopePolicy({ scope, change }: { scope: string | undefined; change(scope: string | undefined): void }) {
  const store = useStore(), vendors = useQuery({ ...vendorsQuery(store.storeId), enabled: scope !== undefined });
  return (
    <Drawer opened={scope !== undefined} onClose={() => change(undefined)} size={420} title={<strong>Planning values</strong>}>
      {scope !== undefined && (
        <div className="stack">
          <Select label="Of" allowDeselect={false} searchable value={scope} onChange={(value) => change(value ?? 'default')} data={[{ value: 'default', label: 'The whole store (default)' }, { group: 'Suppliers', items: (vendors.data?.vendors ?? []).map((vendor) => ({ value: `vendor:${vendor}`, label: vendor })) }]} />
          <p className="dim">{scope === 'default' ? 'Used wherever neither the item nor its supplier has a value.' : 'Used for this supplier’s items that have no value of their own. Empty fields follow the store.'}</p>
          <ScopeForm key={scope} scope={scope} />
        </div>
      )}
    </Drawer>
  );
}

function ScopeForm({ scope }: { scope: string }) {
  const store = useStore(), client = useQueryClient(), query = useQuery(policyQuery(store.storeId, scope));
  const [texts, setTexts] = useState<Record<string, string>>({});
  useEffect(() => { if (query.data) setTexts(Object.fromEntries(POLICY_FIELDS.map((field) => [field.key, String(shown(field, query.data[field.key]) ?? '')]))); }, [query.data]);
  const save = useMutation({
    mutationFn: (body: PolicyBody) => write<PolicyBody>('PUT', `/policies/${encodeURIComponent(scope)}`, { store: store.storeId }, body),
    onSuccess: (body) => {
      client.setQueryData(policyQuery(store.storeId, scope).queryKey, body);
      notifications.show({ message: 'Saved. The plan is being computed again.' });
      void client.invalidateQueries({ queryKey: ['replenishment'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines rows={7} height={30} />;
  const entries = POLICY_FIELDS.map((field) => ({ field, entry: typed(field, texts[field.key] ?? '') }));
  const changed = entries.filter(({ field, entry }) => 'value' in entry && entry.value !== (query.data[field.key] ?? null));
  const faulty = entries.some(({ entry }) => 'fault' in entry);
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(Object.fromEntries(changed.map(({ field, entry }) => [field.key, (entry as { value: number | null }).value]))); }}>
      {entries.map(({ field, entry }) => <TextInput key={field.key} size="sm" label={`${field.label}, ${field.unit}`} description={field.hint} inputMode="decimal" placeholder={scope === 'default' ? 'built-in value' : 'as the store'} value={texts[field.key] ?? ''} error={'fault' in entry ? entry.fault : undefined} onChange={(event) => { const { value } = event.currentTarget; setTexts((old) => ({ ...old, [field.key]: value })); }} />)}
      <Button type="submit" size="sm" loading={save.isPending} disabled={faulty || changed.length === 0}>{changed.length === 0 ? 'No change to save' : `Save ${changed.length} ${changed.length === 1 ? 'value' : 'values'}`}</Button>
    </form>
  );
}
