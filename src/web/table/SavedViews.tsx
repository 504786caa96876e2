/** Saved views of a list: filters, order and columns under a name, one's own, a role's or everybody's. A list has them by one word (`saved` of DataTable). */
import { ActionIcon, Button, Popover, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBookmark, IconCheck, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import type * as Contract from '../../http/contract-views.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import type { Preferences } from './preferences.ts';
import { viewOf } from './view-query.ts';

type View = Of<typeof Contract.SavedView>;
const ROLES = ['ecommerce', 'planner', 'warehouse', 'finance', 'admin', 'viewer'] as const;
type Whose = 'mine' | 'everybody' | (typeof ROLES)[number];
const whoseIs = (view: View): Whose => (view.shared ? 'everybody' : view.role ?? 'mine');
const sameColumns = (view: View, { hidden, tall }: Preferences): boolean => view.columns.tall === tall && [...new Set([...Object.keys(hidden), ...Object.keys(view.columns.hidden)])].every((id) => hidden[id] === view.columns.hidden[id]);

/** `open`: parameters of the address that say what is open, not what is listed. */
export function SavedViews({ page, open, preferences, change }: { page: string; open: readonly string[]; preferences: Preferences; change(part: Preferences): void }) {
  const store = useStore(), client = useQueryClient(), router = useRouter(), location = useRouterState({ select: (state) => state.location }), query = useQuery(one<{ views: View[] }>(['views', store.storeId, page], '/views', { store: store.storeId, page }));
  const search = location.search as Record<string, unknown>, here = router.options.stringifySearch!(viewOf(search, open)), views = query.data?.views ?? [];
  const [shown, setShown] = useState(false), [chosenId, setChosenId] = useState<string | null>(null), [name, setName] = useState(''), [whose, setWhose] = useState<Whose>('mine');
  const exact = views.find((view) => view.query === here && sameColumns(view, preferences)), chosen = exact ?? views.find((view) => view.viewId === chosenId);
  const done = { onSuccess: () => client.invalidateQueries({ queryKey: ['views'] }), onError: (error: Error) => { notifications.show({ color: 'red', message: error.message }); } };
  const save = useMutation({
    mutationFn: () => write<{ viewId: string }>('POST', '/views', { store: store.storeId }, { page, name: name.trim(), query: here, columns: preferences, shared: whose === 'everybody', role: whose === 'mine' || whose === 'everybody' ? null : whose }), ...done,
    onSuccess: async ({ viewId }) => { setShown(false); setChosenId(viewId); notifications.show({ message: `Kept: ${name.trim()}` }); await client.invalidateQueries({ queryKey: ['views'] }); },
  });
  const forget = useMutation({ mutationFn: (view: View) => write('DELETE', `/views/${view.viewId}`, { store: store.storeId }), ...done });
  const use = (view: View): void => {
    setShown(false);
    setChosenId(view.viewId);
    change(view.columns);
    router.history.push(`${location.pathname}${router.options.stringifySearch!({ ...router.options.parseSearch!(view.query), ...(search['store'] === undefined ? {} : { store: search['store'] }) })}`);
  };
  const flip = (): void => { setShown(!shown); setName(chosen?.mine ? chosen.name : ''); setWhose(chosen?.mine ? whoseIs(chosen) : 'mine'); };
  return (
    <Popover opened={shown} onChange={setShown} width={300} position="bottom-end" trapFocus>
      <Popover.Target><Button size="xs" variant="subtle" color="gray" leftSection={<IconBookmark size={15} />} onClick={flip} title={chosen && !exact ? 'Changed since it was kept' : 'Saved views of this list'}><span className="ellipsis view-name">{chosen ? `${chosen.name}${exact ? '' : ' (changed)'}` : 'Views'}</span></Button></Popover.Target>
      <Popover.Dropdown aria-label="Saved views">
        <div className="stack">
          {views.length === 0 ? <p className="dim small">None yet. Filter the list, sort it and choose its columns, then keep it here under a name.</p> : (
            <ul className="saved-views">{views.map((view) => (
              <li key={view.viewId}>
                <button type="button" className="number-button view-use" aria-current={view === exact || undefined} onClick={() => use(view)}>{view === exact && <IconCheck size={14} aria-hidden />}{view.name}</button>
                <span className="dim small">{view.mine ? (view.shared ? 'shared' : view.role ?? '') : view.starting ? view.role : `of ${view.owner}`}</span>
                {view.mine && <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Forget the view ${view.name}`} onClick={() => forget.mutate(view)}><IconTrash size={14} /></ActionIcon>}
              </li>))}
            </ul>)}
          <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
            <TextInput label="Keep this list as" value={name} maxLength={60} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
            <Select label="Who uses it" value={whose} onChange={(value) => setWhose((value ?? 'mine') as Whose)} data={[{ value: 'mine', label: 'I alone' }, ...ROLES.map((role) => ({ value: role, label: `Every ${role === 'ecommerce' ? 'ecommerce person' : role === 'warehouse' ? 'warehouse person' : role === 'finance' ? 'finance person' : role === 'admin' ? 'administrator' : role}` })), { value: 'everybody', label: 'Everybody' }]} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>{views.some((view) => view.mine && view.name.toLowerCase() === name.trim().toLowerCase()) ? 'Change it' : 'Keep'}</Button>
          </form>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
