/** Replay: a policy on the days that were. One run at a time is looked at; the latest thirty are kept. */
import { Button, Drawer, Progress, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { write } from '../api/client.ts';
import { replaysQuery, type Replay } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { NewReplay } from './NewReplay.tsx';
import { ReplayLines } from './ReplayLines.tsx';
import { ReplayResult } from './ReplayResult.tsx';
import { replayName } from './words.ts';
import './replay.css';

const route = getRouteApi('/app/replay');
const STATE: Record<Replay['state'], string> = { waiting: ' (waiting)', running: ' (running)', done: '', failed: ' (failed)' };

export function ReplayScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(replaysQuery(store.storeId)), all = query.data?.replays ?? [], span = query.data?.span ?? null;
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const replay = all.find((one) => one.replayId === search.run) ?? all[0], tab = search.tab ?? 'result', close = (): void => change({ show: undefined });
  return (
    <Page title="Replay" fill aside={(
      <>
        {all.length > 0 && <Select w={330} aria-label="Replay" allowDeselect={false} value={replay ? String(replay.replayId) : null} data={all.map((one) => ({ value: String(one.replayId), label: `${one.replayId}${STATE[one.state]}: ${replayName(one)}` }))} onChange={(id) => change({ run: Number(id), line: undefined, q: undefined }, false)} />}
        {all.length > 0 && <Button leftSection={<IconPlus size={15} />} onClick={() => change({ show: 'new' }, false)}>New replay</Button>}
      </>
    )}>
      {query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : query.isPending ? <Panel><Lines rows={9} /></Panel>
        : !replay ? <Panel><EmptyState title={span === null ? 'Nothing has been sold yet' : 'No replay yet'} action={span && <Button onClick={() => change({ show: 'new' }, false)}>Replay a policy</Button>}>{span === null ? 'A replay needs days with sales. Import the history first.' : 'Try a policy on the days that were: what it would have served, what it would have bought and held, beside what was really bought.'}</EmptyState></Panel>
        : replay.state === 'failed' ? <Panel><Failed replay={replay} another={() => change({ show: 'new' }, false)} /></Panel>
        : replay.result === null ? <Panel><Running replay={replay} /></Panel> : (
          <>
            <ViewTabs label="Parts of the replay" views={[{ id: 'result', label: 'Result' }, { id: 'lines', label: 'Lines', tally: replay.result.policy.lines + replay.result.undecided }]} current={tab} change={(id, old) => ({ ...old, tab: id === 'result' ? undefined : id })} />
            {tab === 'lines' ? <ReplayLines replay={replay} search={search} change={(part) => change(part)} /> : <div className="replay-scroll"><ReplayResult replay={replay} result={replay.result} /></div>}
          </>
        )}
      <Drawer opened={search.show === 'new' && span !== null} onClose={close} size={460} title={<strong>Replay a policy</strong>}>{search.show === 'new' && span && <NewReplay span={span} done={(id) => change({ show: undefined, run: id, tab: undefined, line: undefined, q: undefined })} />}</Drawer>
    </Page>
  );
}

function Failed({ replay, another }: { replay: Replay; another(): void }) {
  const store = useStore(), client = useQueryClient(), again = useMutation({ mutationFn: () => write<Replay>('POST', `/replays/${replay.replayId}/again`, { store: store.storeId }), onSuccess: () => client.invalidateQueries({ queryKey: ['replays'] }) });
  return (
    <div className="stack replay-running">
      <h2>The replay failed</h2>
      <p role="alert">{replay.message ?? 'It never came to its end.'}</p>
      {again.isError && <ErrorState title="It was not started again" error={again.error} />}
      <div className="row"><Button loading={again.isPending} onClick={() => again.mutate()}>Run it again</Button><Button variant="default" onClick={another}>Ask for another</Button></div>
      <p className="dim">{replayName(replay)}</p>
    </div>
  );
}

function Running({ replay }: { replay: Replay }) {
  const share = replay.total ? (100 * replay.done) / replay.total : 0;
  return (
    <div className="stack replay-running" role="status">
      <h2>{replay.state === 'waiting' ? 'It waits for a worker' : replay.total === null ? 'It reads the days and learns from those before' : `${units(replay.done)} of ${units(replay.total)} lines replayed`}</h2>
      <Progress value={share} aria-label="Lines replayed" animated={replay.state === 'running'} />
      <p className="dim">{replayName(replay)}. You can leave this page; it is kept.</p>
    </div>
  );
}
