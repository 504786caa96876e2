/** What may be done with an order now: the next step first, the others behind it. */
import { ActionIcon, Button, Menu, Modal, Radio, Textarea, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCopy, IconDots, IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { address, write } from '../api/client.ts';
import type { PurchaseDetail } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { useStep } from './use-step.ts';

type Asked = 'send' | 'confirm' | 'close' | 'cancel' | 'reopen' | null;

export function PurchaseActions({ order }: { order: PurchaseDetail }) {
  const store = useStore(), step = useStep(order), [asked, ask] = useState<Asked>(null), may = (verb: string): boolean => order.verbs.includes(verb);
  const client = useQueryClient(), navigate = useNavigate(), [key, setKey] = useState(() => crypto.randomUUID());
  const copy = useMutation({
    mutationFn: () => write<PurchaseDetail>('POST', `/purchase-orders/${order.purchaseOrderId}/copy`, { store: store.storeId }, { key }),
    onSuccess: async (made) => { setKey(crypto.randomUUID()); await client.invalidateQueries({ queryKey: ['purchase-orders'] }); await navigate({ to: '/purchase-orders/$purchaseOrderId', params: { purchaseOrderId: String(made.purchaseOrderId) } }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const paper = (kind: string): string => address(`/purchase-orders/${order.purchaseOrderId}/paper.${kind}`, { store: store.storeId });
  return (
    <>
      {may('submit') && <Button loading={step.isPending} disabled={order.units === 0} onClick={() => step.mutate({ verb: 'submit' })}>{order.approvalWanted ? 'Submit for approval' : 'Approve'}</Button>}
      {may('approve') && <Tooltip label={order.approveRefused} disabled={order.approveRefused === null} multiline w={260}><Button loading={step.isPending} data-disabled={order.approveRefused !== null || undefined} onClick={() => { if (order.approveRefused === null) step.mutate({ verb: 'approve' }); }}>Approve</Button></Tooltip>}
      {may('send') && <Button onClick={() => ask('send')}>Send to supplier</Button>}
      {may('receive') && order.state !== 'closed' && <Button component={Link} to={`/purchase-orders/${order.purchaseOrderId}/receive`} variant={order.state === 'received' ? 'default' : 'filled'}>Receive</Button>}
      {may('confirm') && <Button variant="default" onClick={() => ask('confirm')}>Supplier confirmed</Button>}
      {order.state === 'received' && <Button onClick={() => ask('close')}>Close</Button>}
      <Menu position="bottom-end" width={220}>
        <Menu.Target><ActionIcon variant="default" size={30} aria-label="More"><IconDots size={17} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={paper('pdf')} leftSection={<IconDownload size={15} />}>PDF</Menu.Item>
          <Menu.Item component="a" href={paper('csv')} leftSection={<IconDownload size={15} />}>CSV</Menu.Item>
          <Menu.Item leftSection={<IconCopy size={15} />} disabled={copy.isPending} onClick={() => copy.mutate()}>Duplicate as a draft</Menu.Item>
          {may('receive') && order.state === 'closed' && <Menu.Item component={Link} to={`/purchase-orders/${order.purchaseOrderId}/receive`}>Receive late goods</Menu.Item>}
          {(may('reopen') || (may('close') && order.state !== 'received') || may('cancel')) && <Menu.Divider />}
          {may('reopen') && <Menu.Item onClick={() => ask('reopen')}>{order.state === 'awaiting approval' ? 'Give back as draft' : 'Reopen as draft'}</Menu.Item>}
          {may('close') && order.state !== 'received' && <Menu.Item onClick={() => ask('close')}>Close</Menu.Item>}
          {may('cancel') && <Menu.Item color="red" onClick={() => ask('cancel')}>Cancel the order</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asked !== null} onClose={() => ask(null)} title={<strong>{asked && TITLE[asked]}</strong>}>
        {asked === 'send' ? <Send order={order} busy={step.isPending} go={(body) => step.mutate({ verb: 'send', body }, { onSuccess: () => ask(null) })} />
          : asked !== null && <Sure order={order} verb={asked} busy={step.isPending} go={(body) => step.mutate({ verb: asked, body }, { onSuccess: () => ask(null) })} />}
      </Modal>
    </>
  );
}

const TITLE = { send: 'Send to supplier', confirm: 'The supplier confirmed', close: 'Close the order', cancel: 'Cancel the order', reopen: 'Back to draft' };

function Send({ order, busy, go }: { order: PurchaseDetail; busy: boolean; go(body: object): void }) {
  const [how, setHow] = useState(order.canMail ? 'mail' : 'hand'), [to, setTo] = useState(order.supplierEmail ?? ''), [words, setWords] = useState(''), [expectedOn, setExpected] = useState(order.expectedOn ?? '');
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); go({ how, ...(how === 'mail' ? { to, words } : {}), expectedOn: expectedOn || null }); }}>
      <Radio.Group value={how} onChange={setHow} label="How">
        <div className="stack choices"><Radio value="mail" disabled={!order.canMail} label="By mail from here, with PDF and CSV" description={order.canMail ? undefined : 'No mail server is set (INSTEP_SMTP_URL)'} /><Radio value="hand" label="I send it myself" description="Download the PDF; this only notes that it is out" /></div>
      </Radio.Group>
      {how === 'mail' && <TextInput size="sm" type="email" label="To" required value={to} onChange={(event) => setTo(event.currentTarget.value)} />}
      {how === 'mail' && <Textarea size="sm" label="A word with it" autosize minRows={2} maxRows={6} maxLength={4_000} value={words} onChange={(event) => setWords(event.currentTarget.value)} />}
      <TextInput size="sm" type="date" label="Expected on" description="Left empty: by the lead time it is planned with, from the supplier’s next order day" value={expectedOn} onChange={(event) => setExpected(event.currentTarget.value)} />
      <p className="dim small">{order.authority === 'storefront' ? 'Its units are shown as incoming in Shopify from then on.' : 'Its units count as on their way from then on; the warehouse says when they are here.'}</p>
      <div><Button type="submit" size="sm" loading={busy} disabled={how === 'mail' && to.trim() === ''}>{how === 'mail' ? 'Send' : 'It is sent'}</Button></div>
    </form>
  );
}

function Sure({ order, verb, busy, go }: { order: PurchaseDetail; verb: 'confirm' | 'close' | 'cancel' | 'reopen'; busy: boolean; go(body: object): void }) {
  const [said, setSaid] = useState(''), [expectedOn, setExpected] = useState(order.expectedOn ?? '');
  const words = {
    confirm: 'Note what the supplier promised.', close: order.openUnits > 0 ? `${order.openUnits} units have not come. They are cancelled and no longer count as on their way; should they come after all, they can still be received.` : 'Everything has come. What comes after all can still be received.',
    cancel: 'Nothing of it is on its way any more. Tell the supplier yourself.', reopen: order.state === 'sent' || order.state === 'confirmed' ? 'It becomes a draft again; its units are not on their way until it is sent anew. The supplier then gets a new version.' : 'It becomes a draft again and is submitted anew.',
  }[verb];
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); go({ ...(said.trim() ? { said: said.trim() } : {}), ...(verb === 'confirm' && expectedOn ? { expectedOn } : {}) }); }}>
      <p>{words}</p>
      {verb === 'confirm' && <TextInput size="sm" type="date" label="Expected on" value={expectedOn} onChange={(event) => setExpected(event.currentTarget.value)} />}
      <TextInput size="sm" label="Why (kept with the version)" value={said} maxLength={1_000} onChange={(event) => setSaid(event.currentTarget.value)} />
      <div><Button type="submit" size="sm" loading={busy} color={verb === 'cancel' ? 'red' : undefined}>{TITLE[verb]}</Button></div>
    </form>
  );
}
