/** Adding a channel or changing one. Addresses of hooks are secrets: they are not shown again, and stay when the field is left empty. */
import { Button, Checkbox, Drawer, MultiSelect, NativeSelect, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ROLES } from '../../domain/alerts/routing.ts';
import type { AlertChannel, AlertChannelMade } from '../api/alert-queries.ts';
import { write } from '../api/client.ts';
import { fieldFault } from '../settings/connector-fields.ts';
import { CopyField } from '../settings/CopyField.tsx';
import { useStore } from '../shell/store.tsx';
import { Banner, ErrorState } from '../ui/feedback.tsx';
import { capital } from '../ui/format.ts';
import { Steady } from '../ui/Steady.tsx';
import { hour, KINDS, SEVERITIES, type Kind } from './channel-words.ts';

const HOURS = Array.from({ length: 24 }, (_, n) => ({ value: String(n), label: hour(n) }));

/** `of`: a channel, or `new`; undefined closes. */
export function ChannelDrawer({ of, close }: { of: AlertChannel | 'new' | undefined; close(): void }) {
  return <Drawer opened={of !== undefined} onClose={close} size={520} title={<strong>{of === 'new' || !of ? 'Add a channel' : of.name}</strong>}>{of && <Channel key={of === 'new' ? 'new' : of.channelId} row={of === 'new' ? null : of} close={close} />}</Drawer>;
}

function Channel({ row, close }: { row: AlertChannel | null; close(): void }) {
  const client = useQueryClient(), [secret, setSecret] = useState<string | null>(null);
  if (secret !== null) return <Once secret={secret} close={() => { void client.invalidateQueries({ queryKey: ['alerts'] }); close(); }} />;
  return <Steady of={row} by={(one) => one?.version ?? 'new'}>{(one) => <Form row={one} tell={setSecret} close={close} />}</Steady>;
}

function Form({ row, tell, close }: { row: AlertChannel | null; tell(secret: string): void; close(): void }) {
  const client = useQueryClient(), store = useStore();
  const [kind, setKind] = useState<Kind>(row?.kind ?? 'email'), [name, setName] = useState(row?.name ?? ''), [address, setAddress] = useState(row?.kind === 'email' ? row.shown : '');
  const [roles, setRoles] = useState<string[]>(row?.roles ?? []), [least, setLeast] = useState(row?.leastSeverity ?? 2), [digestHour, setDigestHour] = useState<number | null>(row ? row.digestHour : 7);
  const [quiet, setQuiet] = useState<{ from: number; to: number } | null>(row ? row.quiet : { from: 19, to: 8 }), [weekends, setWeekends] = useState(row?.quietWeekends ?? false), [paused, setPaused] = useState(row?.state === 'paused');
  const terms = { name: name.trim(), roles, leastSeverity: least, quiet, quietWeekends: weekends, digestHour };
  const save = useMutation({
    mutationFn: (newSecret: boolean) => (row
      ? write<AlertChannelMade>('PUT', `/alerts/channels/${row.channelId}`, { store: store.storeId }, { ...terms, version: row.version, paused, newSecret, ...(address.trim() === '' || (row.kind === 'email' && address === row.shown) ? {} : { address: address.trim() }) })
      : write<AlertChannelMade>('POST', '/alerts/channels', { store: store.storeId }, { ...terms, kind, address: address.trim() })),
    onSuccess: async (made) => {
      if (made.secret !== null) return tell(made.secret);
      await client.invalidateQueries({ queryKey: ['alerts'] });
      notifications.show({ message: row ? `${name} is changed` : `${name} is added. Test it.` });
      close();
    },
  });
  const remove = useMutation({
    mutationFn: () => write('DELETE', `/alerts/channels/${row!.channelId}`, { store: store.storeId }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['alerts'] }); notifications.show({ message: `${name} is removed with its messages` }); close(); },
  });
  const fault = save.isError ? fieldFault(save.error.message) : null, words = KINDS[kind], Address = kind === 'email' ? Textarea : TextInput;
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(false); }}>
      <Select size="sm" label="How" allowDeselect={false} disabled={row !== null} value={kind} onChange={(to) => { if (to) { setKind(to as Kind); setAddress(''); save.reset(); } }} data={Object.entries(KINDS).map(([value, { label }]) => ({ value, label }))} />
      <TextInput size="sm" label="Name" placeholder="Night shift" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={80} error={fault?.field === 'name' ? fault.fault : undefined} />
      <Address size="sm" label={words.address} placeholder={row && kind !== 'email' ? `${row.shown} is kept when empty` : words.placeholder} description={words.hint} value={address} autoComplete="off" spellCheck={false} error={fault?.field === 'address' ? fault.fault : undefined} onChange={(event: { currentTarget: { value: string } }) => setAddress(event.currentTarget.value)} />
      <MultiSelect size="sm" label="Roles" placeholder={roles.length === 0 ? 'all' : ''} description="Owners of the cases it hears of; a backup is told when their time is over." data={ROLES.map((role) => ({ value: role, label: capital(role) }))} value={roles} onChange={setRoles} clearable />
      <Select size="sm" label="Cases" allowDeselect={false} value={String(least)} onChange={(to) => to && setLeast(Number(to))} data={Object.entries(SEVERITIES).map(([value, label]) => ({ value, label }))} />
      <fieldset className="sharing stack">
        <legend className="small-head">Quiet hours</legend>
        <p className="dim small">Of the shop’s clock. What is wrong now is told at any hour.</p>
        <Checkbox label="Quiet at night" checked={quiet !== null} onChange={(event) => setQuiet(event.currentTarget.checked ? { from: 19, to: 8 } : null)} />
        {quiet && <div className="field-grid"><NativeSelect label="From" data={HOURS} value={String(quiet.from)} onChange={(event) => setQuiet({ ...quiet, from: Number(event.currentTarget.value) })} /><NativeSelect label="To" data={HOURS} value={String(quiet.to)} onChange={(event) => setQuiet({ ...quiet, to: Number(event.currentTarget.value) })} error={quiet.from === quiet.to ? 'Begins and ends at the same hour' : undefined} /></div>}
        <Checkbox label="Quiet on Saturday and Sunday" checked={weekends} onChange={(event) => setWeekends(event.currentTarget.checked)} />
      </fieldset>
      <NativeSelect size="sm" label="Daily check" description="Sent also when all is well, so that silence means something is wrong." data={[{ value: '', label: 'Not here' }, ...HOURS.map((one) => ({ ...one, label: `Every day at ${one.label}` }))]} value={digestHour === null ? '' : String(digestHour)} onChange={(event) => setDigestHour(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))} />
      {row && <Switch label="Paused: tells nobody, and what happens meanwhile is not told later" checked={paused} onChange={(event) => setPaused(event.currentTarget.checked)} />}
      {save.isError && (!fault || !['name', 'address'].includes(fault.field)) && <ErrorState title="It was not saved" error={save.error} />}
      {remove.isError && <ErrorState title="It was not removed" error={remove.error} />}
      <div className="row">
        <Button type="submit" size="sm" loading={save.isPending} disabled={name.trim() === '' || (!row && address.trim() === '') || quiet?.from === quiet?.to && quiet !== null}>{row ? 'Save' : 'Add it'}</Button>
        {row?.kind === 'webhook' && <Button size="sm" variant="default" disabled={save.isPending} onClick={() => save.mutate(true)}>Replace the secret</Button>}
        {row && <Button size="sm" variant="default" color="red" loading={remove.isPending} onClick={() => { if (window.confirm(`Remove ${row.name} with its messages?`)) remove.mutate(); }}>Remove</Button>}
      </div>
    </form>
  );
}

function Once({ secret, close }: { secret: string; close(): void }) {
  return (
    <div className="stack">
      <Banner>This secret is shown once. The receiver checks each message’s signature with it.</Banner>
      <CopyField label="Signing secret" value={secret} />
      <div><Button size="sm" onClick={close}>I have kept it</Button></div>
    </div>
  );
}
