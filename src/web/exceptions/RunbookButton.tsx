/** A button of a runbook: it opens a screen, runs a flow, or does one thing to the case's subject; where a reason is wanted it asks first. */
import { Button, Popover, TextInput } from '@mantine/core';
import { IconArrowUpRight, IconExternalLink, IconPlayerPlay, IconTool } from '@tabler/icons-react';
import { useState } from 'react';
import { addressOf, fixNamed } from '../../domain/exceptions/fixes.ts';
import type { ExceptionCase } from '../api/queries.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { address } from '../api/client.ts';
import { useStore } from '../shell/store.tsx';
import { usePress } from './actions.ts';

export function RunbookButton({ name, row }: { name: string; row: ExceptionCase }) {
  const store = useStore(), fix = fixNamed(name), press = usePress(), [asking, setAsking] = useState(false), [reason, setReason] = useState('');
  if (!fix) return null;
  if ('open' in fix) {
    const to = addressOf(fix.open, row);
    return to === null ? null : <AppLink to={to} className="runbook-link"><IconArrowUpRight size={14} aria-hidden />{fix.label}</AppLink>;
  }
  if ('outside' in fix) {
    const to = addressOf(fix.outside, row);
    return to === null ? null : <a href={address(to, { store: store.storeId })} target="_blank" rel="noreferrer" className="runbook-link"><IconExternalLink size={14} aria-hidden />{fix.label}</a>;
  }
  const unfit = 'kinds' in fix && !(fix.kinds as readonly string[]).includes(row.kind), run = (said?: string): void => press.mutate({ id: row.exceptionId, fix: name, ...(said === undefined ? {} : { reason: said }) });
  const button = (action: () => void) => <Button variant="default" loading={press.isPending} disabled={unfit || row.state === 'resolved'} leftSection={'run' in fix ? <IconPlayerPlay size={14} /> : <IconTool size={14} />} onClick={action} title={'does' in fix ? fix.does : `runs ${fix.run}`}>{fix.label}</Button>;
  if (!('does' in fix) || !fix.reason) return button(() => run());
  return (
    <Popover opened={asking} onChange={setAsking} width={280} trapFocus>
      <Popover.Target>{button(() => setAsking(!asking))}</Popover.Target>
      <Popover.Dropdown aria-label={fix.label}>
        <form className="stack" onSubmit={(event) => { event.preventDefault(); setAsking(false); run(reason.trim()); }}>
          <TextInput label="Why?" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
          <Button type="submit" disabled={reason.trim().length < 3}>{fix.label}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
