/** What can be done about a case whatever its kind: take it, put it off, say it is done, leave it be. */
import { Button, Checkbox, Menu, Modal, Popover, Select, Textarea } from '@mantine/core';
import { IconCheck, IconClockPause, IconEyeOff, IconRefresh, IconUserCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { kindOf, type ExceptionKindName } from '../../domain/exceptions/catalogue.ts';
import type { ExceptionAction, ExceptionCase } from '../api/queries.ts';
import { capital, count } from '../ui/format.ts';
import { AssignTo } from './AssignTo.tsx';
import { SNOOZES, snoozedUntil, useAct, useMe } from './actions.ts';

/** A reason of at least this many letters: somebody will want to know why. */
const SHORTEST_REASON = 3;

export function CaseActions({ row, resolving }: { row: ExceptionCase; resolving: boolean }) {
  const act = useAct(), me = useMe(), run = (action: ExceptionAction): void => act.mutate({ row, action });
  const open = row.state === 'open' || row.state === 'snoozed', byHand = open && !kindOf(row.kind as ExceptionKindName).onlyByCheck;
  return (
    <div className="row">
      {row.state !== 'resolved' && (row.assignedTo === me ? <Button variant="default" disabled={act.isPending} onClick={() => run({ action: 'assign', to: null })}>Give it back</Button>
        : <Button leftSection={<IconUserCheck size={15} />} disabled={act.isPending} onClick={() => run({ action: 'assign', to: me })}>Assign to me</Button>)}
      {row.state !== 'resolved' && <AssignTo rows={[row]} disabled={act.isPending} assign={(to) => run({ action: 'assign', to })} />}
      {row.state === 'open' && (
        <Menu><Menu.Target><Button variant="default" leftSection={<IconClockPause size={15} />} disabled={act.isPending}>Snooze</Button></Menu.Target>
          <Menu.Dropdown>
            {SNOOZES.map((each) => <Menu.Item key={each.hours} onClick={() => run({ action: 'snooze', until: snoozedUntil(each.hours, Date.now()), worse: false })}>{capital(each.label)}</Menu.Item>)}
            {row.size !== null && <><Menu.Divider /><Menu.Item onClick={() => run({ action: 'snooze', until: null, worse: true })}>Until it is more than {Math.round(row.size).toLocaleString('en-GB')}</Menu.Item></>}
          </Menu.Dropdown></Menu>
      )}
      {byHand && <Said key={`${row.exceptionId}${resolving}`} asked={resolving} name="Resolve…" icon={<IconCheck size={15} />} label="What was done?" note="It is looked at again at once. If it was not enough it comes back, one step more urgent." done={(said) => run({ action: 'resolve', said })} />}
      {byHand && <Ignore ignore={(reason, days) => run({ action: 'ignore', reason, until: snoozedUntil(days * 24 - 1, Date.now()) })} />}
      {open && !byHand && <span className="dim small">Only its check closes it.</span>}
      {row.state !== 'open' && <Button variant="default" leftSection={<IconRefresh size={15} />} disabled={act.isPending} onClick={() => run({ action: 'reopen' })}>Reopen</Button>}
    </div>
  );
}

/** A button that first wants words. */
const DRAWER_MS = 300;

export function Said({ name, icon, label, note, asked = false, done }: { name: string; icon: React.ReactNode; label: string; note?: string; /** It asks at once. */ asked?: boolean; done(said: string): void }) {
  const [open, setOpen] = useState(false);
  // Once the drawer around it has come to rest, or that would take the focus away again.
  useEffect(() => { if (!asked) return; const timer = setTimeout(() => setOpen(true), DRAWER_MS); return () => clearTimeout(timer); }, [asked, setOpen]);
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button variant="default" leftSection={icon} onClick={() => setOpen(!open)}>{name}</Button></Popover.Target>
      <Popover.Dropdown aria-label={label}><Words button={name.replace('…', '')} label={label} note={note} done={(said) => { setOpen(false); done(said); }} /></Popover.Dropdown>
    </Popover>
  );
}

function Words({ button, label, note, done }: { button: string; label: string; note: string | undefined; done(said: string): void }) {
  const [words, setWords] = useState('');
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); done(words.trim()); }}>
      <Textarea label={label} description={note} value={words} onChange={(event) => setWords(event.currentTarget.value)} maxLength={500} autosize minRows={2} data-autofocus />
      <Button type="submit" disabled={words.trim().length < SHORTEST_REASON}>{button}</Button>
    </form>
  );
}

/** The end of many, asked for by a key in the list. */
export function ResolveDialog({ rows, resolve, close }: { rows: readonly ExceptionCase[]; resolve(said: string): void; close(): void }) {
  return (
    <Modal opened={rows.length > 0} onClose={close} size={380} title={`Resolve ${count(rows.length, 'case')}`}>
      <Words button="Resolve" label="What was done?" note="All of them are looked at again at once." done={(said) => { close(); resolve(said); }} />
    </Modal>
  );
}

export function Ignore({ ignore }: { ignore(reason: string, days: number): void }) {
  const [open, setOpen] = useState(false), [reason, setReason] = useState(''), [days, setDays] = useState('30'), [sure, setSure] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button variant="default" leftSection={<IconEyeOff size={15} />} onClick={() => setOpen(!open)}>Ignore…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Ignore with a reason">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); setOpen(false); ignore(reason.trim(), Number(days)); }}>
          <Textarea label="Why may this be ignored?" value={reason} onChange={(event) => setReason(event.currentTarget.value)} maxLength={500} autosize minRows={2} data-autofocus />
          <Select label="For" value={days} onChange={(value) => setDays(value ?? '30')} data={[{ value: '1', label: 'a day' }, { value: '7', label: 'a week' }, { value: '30', label: '30 days, the longest' }]} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
          <Checkbox label="It is really nobody's work" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
          <Button type="submit" disabled={reason.trim().length < SHORTEST_REASON || !sure}>Ignore</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
