/** Back-ups of the installation: how old the last ones are, how old they may be, and every one there was. They are made on the machine; this page watches. */
import { Button, Checkbox, Code, NumberInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-settings.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, decimal, duration, units } from '../ui/format.ts';
import { Facts, Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

type View = Of<typeof Contract.Backups>;
const backupsQuery = () => ({ ...one<View>(['backups'], '/backups'), refetchInterval: 30_000 });

export function BackupsPage() {
  const query = useQuery(backupsQuery()), view = query.data;
  return (
    <Page title="Back-ups">
      <SettingsTabs />
      {query.isError && !view ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !view ? <Panel><Lines rows={8} /></Panel> : <>
        {view.late.map((sentence) => <Banner key={sentence}>{sentence}</Banner>)}
        <div className="columns backups">
          <Panel title="How it stands" className="span-6"><How view={view} /></Panel>
          <Panel title="When it is a case" className="span-6"><Watch key={view.watch.updatedAt ?? ''} view={view} /></Panel>
          <Panel flush title="Back-ups, drills and restores" className="span-12"><Runs view={view} /></Panel>
        </div>
      </>}
    </Page>
  );
}

function How({ view }: { view: View }) {
  return (
    <div className="stack">
      <Facts rows={[
        ['Last back-up', view.lastBackup === null ? <Status key="b" tone={view.watch.watched ? 'warn' : 'neutral'}>none yet</Status> : <Ago key="b" at={view.lastBackup} />],
        ['Last tried by restoring', view.lastDrill === null ? <Status key="d" tone={view.watch.watched ? 'warn' : 'neutral'}>never</Status> : <Ago key="d" at={view.lastDrill} />],
        ['Master key', view.keyIn === 'file' ? 'master.key in the data folder' : 'INSTEP_MASTER_KEY'],
      ]} />
      <p className="small dim">A back-up is made on the machine, while everything goes on: <Code>instep backup --to FOLDER --drill</Code>. The master key is never in it, and without it the shops’ secrets do not open: keep it in another place. <AppLink to="/help?page=handover/day-of-a-restore">The day of a restore</AppLink> says who does what when it is needed.</p>
    </div>
  );
}

function Watch({ view }: { view: View }) {
  const client = useQueryClient(), [watched, setWatched] = useState(view.watch.watched), [hours, setHours] = useState<number | string>(view.watch.backupHours), [days, setDays] = useState<number | string>(view.watch.drillDays), [said, setSaid] = useState(view.watch.said);
  const save = useMutation({
    mutationFn: () => write<View>('PUT', '/backups', {}, { watched, backupHours: hours, drillDays: days, said: said.trim() }),
    onSuccess: (saved) => { client.setQueryData(['backups'], saved); notifications.show({ message: 'Saved' }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const whole = (value: number | string): boolean => typeof value === 'number' && Number.isInteger(value) && value > 0, valid = watched ? whole(hours) && whole(days) : said.trim().length >= 3;
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <Checkbox label="Watch back-ups" checked={watched} disabled={!view.mayChange} onChange={(event) => setWatched(event.currentTarget.checked)} />
      {watched ? <div className="row backup-ages"><NumberInput label="Hours a back-up may be old" value={hours} onChange={setHours} min={1} max={744} allowDecimal={false} disabled={!view.mayChange} /><NumberInput label="Days a drill may be ago" value={days} onChange={setDays} min={1} max={400} allowDecimal={false} disabled={!view.mayChange} /></div>
        : <TextInput label="How are they made instead?" placeholder="pgBackRest of the database team" value={said} maxLength={300} disabled={!view.mayChange} onChange={(event) => setSaid(event.currentTarget.value)} />}
      <div className="row"><Button type="submit" variant="default" loading={save.isPending} disabled={!view.mayChange || !valid}>Save</Button>{view.watch.updatedAt && <span className="dim small">{view.watch.updatedBy}, <Ago at={view.watch.updatedAt} /></span>}{!view.mayChange && <span className="dim small">Only administrators change this.</span>}</div>
    </form>
  );
}

const size = (bytes: number): string => (bytes < 1_000_000 ? `${decimal(bytes / 1_000)} kB` : `${decimal(bytes / 1_000_000)} MB`);

function Runs({ view }: { view: View }) {
  if (view.runs.length === 0) return <EmptyState title="Nothing was backed up by Instep yet">Each back-up, drill and restore is listed here with what was found.</EmptyState>;
  return (
    <Wide label="Back-ups, drills and restores">
      <table className="plain"><thead><tr><th>When</th><th>What</th><th>File</th><th className="num">Size</th><th className="num">Rows</th><th className="num">Took</th><th>Found</th></tr></thead>
        <tbody>{view.runs.map((run) => <tr key={run.runId}><td className="dim nowrap"><Ago at={run.finishedAt} /></td><td><Status tone={run.ok ? 'good' : 'bad'}>{capital(run.kind)}{run.ok ? '' : ' failed'}</Status></td><td className="nowrap"><code>{run.file}</code></td><td className="num">{run.bytes === null ? '–' : size(run.bytes)}</td><td className="num">{run.rows === null ? '–' : units(run.rows)}</td><td className="num">{duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}</td><td>{run.said} <span className="dim small">{run.by}</span></td></tr>)}</tbody></table>
    </Wide>
  );
}
