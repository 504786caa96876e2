/** Planning values of the whole store, of a class, a category or of one supplier: what applies where an item has none of its own. */
import { Button, Drawer, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { BUILT_IN } from '../../domain/replenishment/policy.ts';
import { write } from '../api/client.ts';
import { policyQuery, vendorsQuery, type PolicyBody } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { fieldsOf, KIND_WORDS, POLICY_FIELDS as ALL, shown, typed, type PolicyField } from './policy-fields.ts';

/** `scope` is `default`, `class:<A|B|C>`, `category:<product type>` or `vendor:<name>`; undefined closes. */
export function ScopePolicy({ scope, change }: { scope: string | undefined; change(scope: string | undefined): void }) {
  const store = useStore(), vendors = useQuery({ ...vendorsQuery(store.storeId), enabled: scope !== undefined });
  return (
    <Drawer opened={scope !== undefined} onClose={() => change(undefined)} size={420} title={<strong>Planning values</strong>}>
      {scope !== undefined && (
        <div className="stack">
          <Select label="Of" allowDeselect={false} searchable value={scope} onChange={(value) => change(value ?? 'default')} data={[{ value: 'default', label: 'The whole store (default)' }, { group: 'Classes by value', items: ['A', 'B', 'C'].map((letter) => ({ value: `class:${letter}`, label: `Class ${letter}` })) }, { group: 'Categories', items: (vendors.data?.categories ?? []).map((category) => ({ value: `category:${category}`, label: category })) }, { group: 'Suppliers', items: (vendors.data?.vendors ?? []).map((vendor) => ({ value: `vendor:${vendor}`, label: vendor })) }]} />
          <p className="dim">{scope === 'default' ? 'Used wherever neither the item, its supplier, its category nor its class has a value.' : scope.startsWith('class:') ? 'Used for items of this class that have no value of their own or of their supplier: a higher target for A, say. Empty fields follow the store.' : scope.startsWith('category:') ? 'Used for items of this product type that have no value of their own or of their supplier: another holding cost for furniture, say. Empty fields follow the class, then the store.' : 'Used for this supplier’s items that have no value of their own. Empty fields follow the category, the class, then the store.'}</p>
          <ScopeForm key={scope} scope={scope} />
        </div>
      )}
    </Drawer>
  );
}

function ScopeForm({ scope }: { scope: string }) {
  const store = useStore(), client = useQueryClient(), query = useQuery(policyQuery(store.storeId, scope));
  const [texts, setTexts] = useState<Record<string, string>>({});
  useEffect(() => { if (query.data) setTexts(Object.fromEntries(ALL.map((field) => [field.key, shown(field, query.data[field.key]) ?? '']))); }, [query.data]);
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
  const kind = texts['kind'] || (scope === 'default' ? 'cycle service' : null);
  const entries = (kind === null ? ALL : fieldsOf(kind)).map((field) => ({ field, entry: typed(field, texts[field.key] ?? '') }));
  const changed = entries.filter(({ field, entry }) => 'value' in entry && entry.value !== (query.data[field.key] ?? null));
  const faulty = entries.some(({ entry }) => 'fault' in entry);
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate({ ...Object.fromEntries(changed.map(({ field, entry }) => [field.key, (entry as { value: number | string | null }).value])), version: query.data.version ?? 0 }); }}>
      {entries.map(({ field, entry }) => <Entry key={field.key} field={field} text={texts[field.key] ?? ''} fault={'fault' in entry ? entry.fault : undefined} placeholder={scope === 'default' ? builtIn(field) : 'as the store'} change={(value) => setTexts((old) => ({ ...old, [field.key]: value }))} />)}
      <Button type="submit" size="sm" loading={save.isPending} disabled={faulty || changed.length === 0}>{changed.length === 0 ? 'No change to save' : `Save ${changed.length} ${changed.length === 1 ? 'value' : 'values'}`}</Button>
    </form>
  );
}

/** What applies where the store says nothing, with its number. */
function builtIn(field: PolicyField): string {
  return field.kind === 'choice' ? KIND_WORDS[BUILT_IN.kind] : `${shown(field, BUILT_IN[field.key]) ?? 'none'}, built in`;
}

function Entry({ field, text, fault, placeholder, change }: { field: PolicyField; text: string; fault: string | undefined; placeholder: string; change(text: string): void }) {
  const label = field.unit === '' ? field.label : `${field.label}, ${field.unit}`;
  return field.kind === 'choice'
    ? <Select size="sm" label={label} description={field.hint} clearable placeholder={placeholder} value={text === '' ? null : text} data={Object.entries(KIND_WORDS).map(([value, words]) => ({ value, label: words }))} onChange={(value) => change(value ?? '')} />
    : <TextInput size="sm" type={field.kind === 'day' ? 'date' : 'text'} label={label} description={field.hint} inputMode="decimal" placeholder={placeholder} value={text} error={fault} onChange={(event) => change(event.currentTarget.value)} />;
}
