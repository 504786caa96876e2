/** Caps and buffer of one location: how much a first push may change, how much is withheld while Shopify does not know yet; and whether customers are mailed of its parcels. */
import { Button, Drawer, NumberInput, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { LocationView, PolicyChange, PushPolicy } from '../api/stock-queries.ts';
import { Ago } from '../ui/time.tsx';
import { useLocationChange } from './location-changes.ts';

export function PolicyDrawer({ row, close }: { row: LocationView | undefined; close(): void }) {
  return <Drawer opened={row !== undefined} onClose={close} size={420} title={<span><strong>Caps and buffer</strong><br /><span className="small dim">{row?.name}</span></span>}>{row && (row.policy ? <Form key={row.locationId} row={row} policy={row.policy} close={close} /> : <p>Set the location to shadow first: from then on there is something to cap.</p>)}</Drawer>;
}

const local = (at: string | null): string => { if (at === null) return ''; const date = new Date(at); return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16); };
/** Shares are kept from 0 to 1 and written in percent, free of binary crumbs. */
const inPercent = (share: number): number => Number((share * 100).toFixed(4)), asShare = (value: string | number): number => Number((Number(value) / 100).toFixed(6));

function Form({ row, policy, close }: { row: LocationView; policy: PushPolicy; close(): void }) {
  const change = useLocationChange();
  const [cap, setCap] = useState<string | number>(policy.firstPushCap), [quantile, setQuantile] = useState<string | number>(inPercent(policy.bufferQuantile)), [peak, setPeak] = useState<string | number>(inPercent(policy.peakQuantile));
  const [most, setMost] = useState<string | number>(policy.bufferCapUnits ?? ''), [share, setShare] = useState<string | number>(inPercent(policy.bufferCapShare)), [until, setUntil] = useState(local(policy.peakUntil)), [mails, setMails] = useState(policy.notifyCustomer);
  const wanted: PolicyChange = {
    firstPushCap: Number(cap), bufferQuantile: asShare(quantile), peakQuantile: asShare(peak), bufferCapUnits: most === '' ? null : Number(most), bufferCapShare: asShare(share), peakUntil: until === '' ? null : new Date(until).toISOString(), notifyCustomer: mails,
  };
  const changed = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => (key === 'peakUntil' ? local(value as string | null) !== local(policy.peakUntil) : value !== policy[key as keyof PushPolicy]))) as PolicyChange;
  const said = Object.keys(changed).length;
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); change.mutate({ locationId: row.locationId, policy: changed, said: `Saved. Levels of ${row.name} are looked at again.` }, { onSuccess: close }); }}>
      <NumberInput size="sm" label="First push cap, units" description="A first push that would change a level by more waits under Held" min={0} max={1_000_000} value={cap} onChange={setCap} />
      <NumberInput size="sm" label="Buffer, percent" description="Of what is expected to sell during the lag: 99 withholds enough 99 times of 100" min={50} max={99.999} decimalScale={3} suffix="%" value={quantile} onChange={setQuantile} />
      <NumberInput size="sm" label="Buffer in peak mode, percent" min={50} max={99.999} decimalScale={3} suffix="%" value={peak} onChange={setPeak} />
      <NumberInput size="sm" label="Buffer at most, units" placeholder="no limit in units" min={0} max={1_000_000} value={most} onChange={setMost} />
      <NumberInput size="sm" label="Buffer at most, percent of the shelf" min={0} max={100} decimalScale={2} suffix="%" value={share} onChange={setShare} />
      <TextInput size="sm" type="datetime-local" label="Peak mode until" description="Empty: no peak mode" value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
      <Switch size="sm" label="Shopify mails the customer" description="When a parcel from here becomes a fulfilment; parcels already heard of stay as they are" checked={mails} onChange={(event) => setMails(event.currentTarget.checked)} />
      <Button type="submit" size="sm" loading={change.isPending} disabled={said === 0}>{said === 0 ? 'No change to save' : `Save ${said} ${said === 1 ? 'value' : 'values'}`}</Button>
      <p className="dim small">Last changed <Ago at={policy.updatedAt} /> by {policy.updatedBy}</p>
    </form>
  );
}
