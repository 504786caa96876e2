/** Connecting Inventory Planner and changing how: the key, what moves, what was found out about the account, files. */
import { Button, Drawer, NativeSelect, NumberInput, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { write } from '../api/client.ts';
import type { PlannerView } from '../api/planner-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { Steady } from '../ui/Steady.tsx';
import { SFTP_FIELDS, draftOf, faultOf, bodyOf, type Draft } from './planner-draft.ts';

export function PlannerDrawer({ planner, opened, close }: { planner: PlannerView | null; opened: boolean; close(): void }) {
  return <Drawer opened={opened} onClose={close} size={560} title={<strong>{planner ? 'Inventory Planner' : 'Connect Inventory Planner'}</strong>}>{opened && <Steady of={planner} by={(one) => one?.version ?? 'new'}>{(one) => <Form planner={one} close={close} />}</Steady>}</Drawer>;
}

function Form({ planner, close }: { planner: PlannerView | null; close(): void }) {
  const store = useStore(), client = useQueryClient(), [draft, setDraft] = useState<Draft>(() => draftOf(planner)), set = (part: Partial<Draft>): void => setDraft((old) => ({ ...old, ...part }));
  const save = useMutation({
    mutationFn: () => write('PUT', '/planner', { store: store.storeId }, bodyOf(draft, planner)),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['planner'] }); notifications.show({ message: planner ? 'Changed. The next exchange goes by it.' : 'Connected. Test it, then exchange.' }); close(); },
  });
  const fault = save.isError ? faultOf(save.error.message) : null, wrong = (field: string): ReactNode => (fault?.field === field ? fault.words : undefined);
  const names = [...new Set([...Object.keys(draft.statusTypes), ...(planner?.unknownStatuses ?? [])])];
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <div className="field-grid">
        <TextInput size="sm" label="Account" placeholder="a1234" description="Stands in its address after signing in" value={draft.account} error={wrong('account')} onChange={(event) => set({ account: event.currentTarget.value })} autoComplete="off" data-autofocus />
        <TextInput size="sm" label="Address" description="Another one only for a test system" value={draft.origin} error={wrong('origin')} onChange={(event) => set({ origin: event.currentTarget.value })} autoComplete="off" />
        <PasswordInput className="full" label="API key" description="Account > Settings > API, of a user with full access" placeholder={planner ? 'kept as it is when empty' : ''} value={draft.apiKey} error={wrong('apiKey')} onChange={(event) => set({ apiKey: event.currentTarget.value })} autoComplete="new-password" />
      </div>
      <h3 className="small-head">What moves</h3>
      <Switch label="Tell our approved orders there" checked={draft.sendsOrders} onChange={(event) => set({ sendsOrders: event.currentTarget.checked })} />
      <Switch label="Take its active orders over" checked={draft.takesOrders} onChange={(event) => set({ takesOrders: event.currentTarget.checked })} />
      <Switch label="A receipt there may raise Shopify’s stock" description="Leave it on until you know. While it is on, receipts made here are not told where Shopify keeps its own stock." checked={draft.pushesStock} onChange={(event) => set({ pushesStock: event.currentTarget.checked })} />
      {names.length > 0 && <><h3 className="small-head">Its statuses</h3><div className="field-grid">{names.map((name) => <NativeSelect key={name} size="xs" label={name} value={draft.statusTypes[name] ?? ''} onChange={(event) => { const { value } = event.currentTarget; set({ statusTypes: Object.fromEntries([...Object.entries(draft.statusTypes).filter(([each]) => each !== name), ...(value ? [[name, value] as const] : [])]) as Draft['statusTypes'] }); }} data={[{ value: '', label: 'not said' }, { value: 'active', label: 'active' }, { value: 'draft', label: 'draft' }, { value: 'closed', label: 'closed' }, { value: 'cancelled', label: 'cancelled' }]} />)}</div></>}
      <h3 className="small-head">Shadow mode</h3>
      <div className="field-grid">
        <NumberInput size="sm" label="Days of sales looked at" description="As in its forecast settings" min={1} max={730} value={draft.forecastDays} onChange={(value) => set({ forecastDays: Number(value) || 30 })} />
        <NativeSelect size="sm" label="Returns in files are dated by" value={draft.returnsOn} onChange={(event) => set({ returnsOn: event.currentTarget.value as Draft['returnsOn'] })} data={['order day', 'return day']} />
        <Switch className="full" label="Stock stops at zero inside the lead time" description="Then sales lost there are not bought again. Choose what brings parity nearer to 100%." checked={draft.floorsInLeadTime} onChange={(event) => set({ floorsInLeadTime: event.currentTarget.checked })} />
      </div>
      <h3 className="small-head">Starter files</h3>
      <div className="field-grid">
        <TextInput size="sm" label="User (optional)" value={draft.filesUser} error={wrong('filesUser')} onChange={(event) => set({ filesUser: event.currentTarget.value })} autoComplete="off" />
        <PasswordInput label="Password" placeholder={planner?.filesUser ? 'kept as it is when empty' : ''} value={draft.filesPassword} error={wrong('filesPassword')} onChange={(event) => set({ filesPassword: event.currentTarget.value })} autoComplete="new-password" />
      </div>
      <h3 className="small-head">Advanced files over SFTP</h3>
      <Switch label="Put what changed into its folders" checked={draft.hasSftp} onChange={(event) => set({ hasSftp: event.currentTarget.checked })} />
      {draft.hasSftp && (
        <div className="field-grid">
          {SFTP_FIELDS.map(({ key, label, hint, wide }) => <TextInput key={key} size="sm" className={wide ? 'full' : ''} label={label} description={hint} value={draft.sftp[key] ?? ''} error={wrong(`sftp.${key}`)} autoComplete="off" onChange={(event) => { const { value } = event.currentTarget; set({ sftp: { ...draft.sftp, [key]: value } }); }} />)}
          <Textarea size="sm" className="full mono" autosize minRows={1} maxRows={5} label="Password or private key" placeholder={planner?.sftp ? 'kept as it is when empty' : ''} value={draft.sftpSecret} error={wrong('sftp.password') ?? wrong('sftp.privateKey')} autoComplete="off" spellCheck={false} onChange={(event) => set({ sftpSecret: event.currentTarget.value })} />
          {planner && <details className="full"><summary>Names of the folders</summary><div className="field-grid">
            <p className="dim full">Its documents do not name them: enter them as you find them after signing in there.</p>
            {Object.entries(planner.fileFolders).map(([kind, known]) => <TextInput key={kind} size="xs" label={kind} placeholder={known} value={draft.fileFolders[kind] ?? ''} error={wrong(`fileFolders.${kind}`)} autoComplete="off" onChange={(event) => { const { value } = event.currentTarget; set({ fileFolders: { ...draft.fileFolders, [kind]: value } }); }} />)}
          </div></details>}
        </div>
      )}
      {save.isError && !fault && <ErrorState title="It was not saved" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={draft.account.trim() === '' || (!planner && draft.apiKey.trim() === '')}>{planner ? 'Save' : 'Connect'}</Button></div>
    </form>
  );
}
