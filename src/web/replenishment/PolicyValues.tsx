/** Planning values of one item at one location, changed in place: Enter keeps, Esc leaves. A value set here beats rule and default. */
import { ActionIcon, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconRestore } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { PolicyBody, RecommendationDetail } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { day, units } from '../ui/format.ts';
import { fieldsOf, KIND_WORDS, shown, typed, type PolicyField } from './policy-fields.ts';
import './waterfall.css';

const SOURCE: Record<string, string> = { user: 'set here', rule: 'rule', default: 'default' };
type Value = string | number | null;

export function PolicyValues({ itemId, locationId, policy }: { itemId: number; locationId: number; policy: RecommendationDetail['policy'] }) {
  const store = useStore(), client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: PolicyBody) => write<PolicyBody>('PUT', `/policies/${encodeURIComponent(`item:${itemId}@${locationId}`)}`, { store: store.storeId }, body),
    onSuccess: async () => {
      notifications.show({ message: 'Saved. The plan is being computed again.' });
      await client.invalidateQueries({ queryKey: ['advice', store.storeId, itemId] });
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const kind = policy['kind']?.value as string | null | undefined;
  return <div>{fieldsOf(kind).map((field) => <Row key={field.key} field={field} current={policy[field.key]} saving={save.isPending} save={(value) => save.mutate({ [field.key]: value } as PolicyBody)} />)}</div>;
}

function Row({ field, current, saving, save }: { field: PolicyField; current: RecommendationDetail['policy'][string] | undefined; saving: boolean; save(value: Value): void }) {
  const value = shown(field, current?.value), [text, setText] = useState<string | null>(null);
  const entry = text === null ? null : typed(field, text), fault = entry !== null && 'fault' in entry ? entry.fault : null;
  const commit = (): void => {
    if (entry === null || 'fault' in entry) return;
    setText(null);
    if (entry.value !== (current?.value ?? null)) save(entry.value);
  };
  return (
    <div className="policy-row">
      <span title={field.hint}>{field.label}</span>
      {field.kind === 'choice' ? (
        <Select size="xs" w={210} aria-label={field.label} allowDeselect={false} value={value} disabled={saving} data={Object.entries(KIND_WORDS).map(([kind, label]) => ({ value: kind, label }))} onChange={(next) => { if (next !== null && next !== value) save(next); }} />
      ) : text === null ? (
        <span className="row">
          <span className="num"><strong>{value === null ? 'none' : field.kind === 'day' ? day(value) : Number.isInteger(Number(value)) ? units(Number(value)) : value}</strong> <span className="dim">{value === null ? '' : value === '1' ? field.unit.replace(/s$/, '') : field.unit}</span></span>
          <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Change ${field.label.toLowerCase()}`} disabled={saving} onClick={() => setText(value ?? '')}><IconPencil size={14} /></ActionIcon>
        </span>
      ) : (
        <form onSubmit={(event) => { event.preventDefault(); commit(); }}>
          <TextInput w={field.kind === 'day' ? 140 : 96} type={field.kind === 'day' ? 'date' : 'text'} autoFocus aria-label={field.label} value={text} error={fault} inputMode="decimal" onChange={(event) => setText(event.currentTarget.value)} onBlur={commit} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); setText(null); } }} />
        </form>
      )}
      <span className="row"><span className="tag" title={current?.reason}>{SOURCE[current?.source ?? 'default'] ?? current?.source}</span>
        {current?.source === 'user' && <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Take away the ${field.label.toLowerCase()} set here`} title="Use the rule’s value or the default" disabled={saving} onClick={() => save(null)}><IconRestore size={14} /></ActionIcon>}
      </span>
      {current && current.source !== 'default' && <span className="why small dim">{current.reason}</span>}
    </div>
  );
}
