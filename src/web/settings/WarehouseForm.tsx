/** Setting up a warehouse or changing one: what its way of speaking needs, and a secret that is shown once. */
import { Button, Drawer, PasswordInput, Select, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { Warehouse, WarehouseMade } from '../api/stock-queries.ts';
import { Banner, ErrorState } from '../ui/feedback.tsx';
import { CONNECTORS, fieldFault, newSecret, type Connector } from './connector-fields.ts';
import { CopyField } from './CopyField.tsx';

/** `of`: a warehouse, or `new`; undefined closes. */
export function WarehouseDrawer({ of, close }: { of: Warehouse | 'new' | undefined; close(): void }) {
  return <Drawer opened={of !== undefined} onClose={close} size={520} title={<strong>{of === 'new' || !of ? 'Add a warehouse' : of.name}</strong>}>{of && <Form key={of === 'new' ? 'new' : of.warehouseId} row={of === 'new' ? null : of} close={close} />}</Drawer>;
}

function Form({ row, close }: { row: Warehouse | null; close(): void }) {
  const client = useQueryClient(), [connector, setConnector] = useState<Connector>(row?.connector ?? 'warehouse-rest'), [name, setName] = useState(row?.name ?? '');
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(Object.entries(row?.settings ?? {}).map(([key, value]) => [key, value === null ? '' : String(value)]))), [secret, setSecret] = useState('');
  const kind = CONNECTORS[connector];
  const settings = (): Record<string, string> => Object.fromEntries(kind.fields.flatMap(({ key }) => (values[key]?.trim() ? [[key, values[key].trim()]] : [])));
  const save = useMutation({
    mutationFn: (given: string | undefined) => write<WarehouseMade>(row ? 'PUT' : 'POST', row ? `/warehouses/${row.warehouseId}` : '/warehouses', {}, { name: name.trim(), connector, settings: settings(), ...(given ? { secret: given } : {}) }),
    onSuccess: async (made, given) => {
      await client.invalidateQueries({ queryKey: ['warehouses'] });
      setSecret('');
      if (made.secret !== null || (connector === 'warehouse-rest' && given)) return;
      notifications.show({ message: row ? `${name} is changed` : `${name} is set up. Test it, then give it a location.` });
      close();
    },
  });
  const shown = save.data && (save.data.secret ?? (connector === 'warehouse-rest' ? save.variables ?? null : null));
  if (shown) return <Once secret={shown} made={save.data!} close={close} />;
  const fault = save.isError ? fieldFault(save.error.message) : null;
  const missing = name.trim() === '' || kind.fields.some((field) => !field.optional && !values[field.key]?.trim()) || (kind.secret !== null && !row?.hasSecret && secret === '');
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(secret || undefined); }}>
      <TextInput size="sm" label="Name" placeholder="Leeds" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={120} data-autofocus />
      <Select size="sm" label="How it speaks" allowDeselect={false} disabled={row !== null} value={connector} onChange={(to) => { if (to) { setConnector(to as Connector); save.reset(); } }} data={Object.entries(CONNECTORS).map(([value, { label }]) => ({ value, label }))} />
      <p className="dim">{kind.says}</p>
      <div className="field-grid">
        {kind.fields.map((field) => (
          <TextInput key={field.key} size="sm" className={field.half ? '' : 'full'} label={field.optional ? `${field.label} (optional)` : field.label} placeholder={field.placeholder} description={field.hint} value={values[field.key] ?? ''} autoComplete="off"
            error={fault?.field === field.key ? fault.fault : undefined} onChange={(event) => { const { value } = event.currentTarget; setValues((old) => ({ ...old, [field.key]: value })); }} />
        ))}
      </div>
      {kind.secret && (kind.secret.lines
        ? <Textarea size="sm" autosize minRows={2} maxRows={6} className="mono" label={kind.secret.label} description={kind.secret.hint} placeholder={row?.hasSecret ? 'kept as it is when empty' : ''} value={secret} autoComplete="off" spellCheck={false} error={fault?.field === 'secret' ? fault.fault : undefined} onChange={(event) => setSecret(event.currentTarget.value)} />
        : <PasswordInput label={kind.secret.label} placeholder={row?.hasSecret ? 'kept as it is when empty' : ''} value={secret} autoComplete="new-password" error={fault?.field === 'secret' ? fault.fault : undefined} onChange={(event) => setSecret(event.currentTarget.value)} />)}
      {save.isError && !fault && <ErrorState title="It was not saved" error={save.error} />}
      <div className="row">
        <Button type="submit" size="sm" loading={save.isPending} disabled={missing}>{row ? 'Save' : 'Set it up'}</Button>
        {row && connector === 'warehouse-rest' && <Button size="sm" variant="default" disabled={save.isPending || missing} onClick={() => save.mutate(newSecret())}>Replace the secret</Button>}
      </div>
      {!row && <p className="dim small">Nothing is read or written until a location is given to it.</p>}
    </form>
  );
}

function Once({ secret, made, close }: { secret: string; made: WarehouseMade; close(): void }) {
  return (
    <div className="stack">
      <Banner>This secret is shown once. Give it to the warehouse now; the one before it, if any, is accepted for one more day.</Banner>
      <CopyField label="Secret" value={secret} />
      {made.messagesUrl && <CopyField label="Address for its messages" value={made.messagesUrl} />}
      <div><Button size="sm" onClick={close}>I have kept it</Button></div>
    </div>
  );
}
