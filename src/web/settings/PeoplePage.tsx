/** Settings → People: who may sign in, as what; invited by a link that is shown once. */
import { Button, Drawer, Modal, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ROLES } from '../../http/contract-people.ts';
import { write } from '../api/client.ts';
import { peopleQuery, type Invitation, type Person } from '../api/people-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { CopyField } from './CopyField.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

const route = getRouteApi('/app/settings/people');
/** What each role is about; it says whose a case is and what Today shows first. */
const ROLE: Record<Person['role'], { label: string; about: string }> = {
  admin: { label: 'Administrator', about: 'accounts, connections, secrets' }, ecommerce: { label: 'Ecommerce', about: 'listings, oversells, pushes' }, planner: { label: 'Planner', about: 'forecasts, orders, suppliers' },
  warehouse: { label: 'Warehouse', about: 'parcels, returns, counts, receipts' }, finance: { label: 'Finance', about: 'periods, landed cost, approvals' }, viewer: { label: 'Viewer', about: 'looks on' },
};
const LOOK: Record<Person['state'], { tone: Tone; word: string }> = { active: { tone: 'good', word: 'Active' }, invited: { tone: 'info', word: 'Invited' }, disabled: { tone: 'neutral', word: 'Shut out' } };
const CHOICES = ROLES.map((value) => ({ value, label: `${ROLE[value].label}: ${ROLE[value].about}` }));

export function PeoplePage() {
  const search = route.useSearch(), navigate = route.useNavigate(), query = useQuery(peopleQuery()), session = useQuery(sessionQuery()), people = query.data?.people, [link, setLink] = useState<{ of: string; made: Invitation } | null>(null);
  const edit = (id: string | undefined): void => void navigate({ search: (old) => ({ ...old, edit: id }) });
  const add = <Button leftSection={<IconUserPlus size={15} />} onClick={() => edit('new')}>Invite somebody</Button>;
  const me = session.data?.user?.userId, shown = search.edit === 'new' ? 'new' as const : people?.find((person) => String(person.userId) === search.edit);
  return (
    <Page title="People" aside={query.data?.mayChange && add}>
      <SettingsTabs />
      <div className="stack">
        {query.isError && !people ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !people ? <Panel><Lines rows={6} /></Panel>
          : people.length === 0 ? <Panel><EmptyState title="No accounts yet">Instep answers on this machine only, to whoever sits at it. Open the address printed at start to create the first administrator; then everybody signs in, and people can be invited here.</EmptyState></Panel>
            : (
              <Panel flush>
                <Wide label="People">
                  <table className="plain people">
                    <thead><tr><th>Name</th><th>E-mail</th><th>Role</th><th>State</th><th>Last seen</th><th className="num">Signed in on</th><th aria-label="Actions" /></tr></thead>
                    <tbody>{people.map((person) => (
                      <tr key={person.userId}>
                        <td><strong>{person.name}</strong>{person.userId === me && <span className="dim"> · you</span>}</td><td>{person.email}</td><td>{ROLE[person.role].label}</td>
                        <td><Status tone={LOOK[person.state].tone}>{LOOK[person.state].word}</Status>{person.state === 'invited' && <span className="dim small"> {person.inviteUntil ? <>link ends <Ago at={person.inviteUntil} /></> : 'link too old'}</span>}</td>
                        <td><Ago at={person.lastSeen} /></td><td className="num">{person.sessions === 0 ? '–' : `${person.sessions} ${person.sessions === 1 ? 'device' : 'devices'}`}</td>
                        <td><span className="row people-acts"><Link to="/settings/audit-trail" search={{ actor: person.email }}>What they did</Link>{query.data!.mayChange && <Button size="xs" variant="default" onClick={() => edit(String(person.userId))} aria-label={`Change ${person.name}`}>Change</Button>}</span></td>
                      </tr>
                    ))}</tbody>
                  </table>
                </Wide>
              </Panel>
            )}
        {people && people.length > 0 && !query.data!.mayChange && <p className="dim">Only administrators change accounts. Your own password is in the menu at the top right.</p>}
      </div>
      <Drawer opened={shown !== undefined && query.data?.mayChange === true} onClose={() => edit(undefined)} size={460} title={<strong>{shown === 'new' || !shown ? 'Invite somebody' : shown.name}</strong>}>
        {shown === 'new' ? <Invite close={() => edit(undefined)} done={(of, made) => setLink({ of, made })} /> : shown && <Change key={shown.userId} person={shown} self={shown.userId === me} close={() => edit(undefined)} done={(made) => setLink({ of: shown.name, made })} />}
      </Drawer>
      <Modal opened={link !== null} onClose={() => setLink(null)} size={620} title={<strong>A link for {link?.of}</strong>}>
        {link && <div className="stack">
          <Banner>It is shown once, works once and for seven days. Send it in a way only {link.of} reads: whoever opens it sets the password.</Banner>
          <CopyField label="Link" value={link.made.url} />
          <div><Button size="sm" onClick={() => setLink(null)}>I have passed it on</Button></div>
        </div>}
      </Modal>
    </Page>
  );
}

function Invite({ close, done }: { close(): void; done(of: string, made: Invitation): void }) {
  const client = useQueryClient(), [name, setName] = useState(''), [email, setEmail] = useState(''), [role, setRole] = useState<Person['role']>('planner');
  const save = useMutation({
    mutationFn: () => write<Invitation>('POST', '/people', {}, { name: name.trim(), email: email.trim(), role }),
    onSuccess: async (made) => { await client.invalidateQueries({ queryKey: ['people'] }); close(); done(name.trim(), made); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <TextInput size="sm" label="Name" value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <TextInput size="sm" label="E-mail" type="email" value={email} maxLength={200} autoComplete="off" onChange={(event) => setEmail(event.currentTarget.value)} />
      <Select size="sm" label="Role" allowDeselect={false} data={CHOICES} value={role} onChange={(to) => { if (to) setRole(to as Person['role']); }} description="Whose cases are theirs, and what Today shows first" />
      {save.isError && <ErrorState title="Nobody was invited" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={name.trim() === '' || !/^\S+@\S+\.\S+$/.test(email.trim())}>Make the link</Button></div>
    </form>
  );
}

function Change({ person, self, close, done }: { person: Person; self: boolean; close(): void; done(made: Invitation): void }) {
  const client = useQueryClient(), [name, setName] = useState(person.name), [role, setRole] = useState(person.role);
  const after = (said: string) => async (): Promise<void> => { await client.invalidateQueries({ queryKey: ['people'] }); notifications.show({ message: said }); };
  const save = useMutation({ mutationFn: (to: { name?: string; role?: Person['role']; disabled?: boolean }) => write('PUT', `/people/${person.userId}`, {}, to), onSuccess: async (_, to) => { await after(to.disabled === undefined ? `${name} is changed` : to.disabled ? `${person.name} is shut out` : `${person.name} may sign in again`)(); close(); } });
  const link = useMutation({ mutationFn: () => write<Invitation>('POST', `/people/${person.userId}/invitation`, {}), onSuccess: async (made) => { await client.invalidateQueries({ queryKey: ['people'] }); close(); done(made); } });
  const end = useMutation({ mutationFn: () => write('DELETE', `/people/${person.userId}/sessions`, {}), onSuccess: after(`${person.name} is signed out everywhere`) });
  const fault = [save, link, end].find((each) => each.isError)?.error, out = person.state === 'disabled';
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate({ name: name.trim(), role }); }}>
      <p className="dim">{person.email}</p>
      <TextInput size="sm" label="Name" value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <Select size="sm" label="Role" allowDeselect={false} data={CHOICES} value={role} onChange={(to) => { if (to) setRole(to as Person['role']); }} description={role === person.role ? undefined : `${self ? 'You' : person.name} must sign in anew afterwards`} />
      {fault && <ErrorState title="It was not done" error={fault} />}
      <div className="row"><Button type="submit" size="sm" loading={save.isPending} disabled={name.trim() === '' || (name.trim() === person.name && role === person.role)}>Save</Button></div>
      <h3 className="small-head">Access</h3>
      <div className="row">
        {!out && <Button size="sm" variant="default" loading={link.isPending} onClick={() => link.mutate()}>{person.state === 'invited' ? 'New invitation link' : 'Link for a new password'}</Button>}
        {person.sessions > 0 && <Button size="sm" variant="default" loading={end.isPending} onClick={() => end.mutate()}>Sign out everywhere</Button>}
        <Button size="sm" variant="default" color={out ? undefined : 'red'} loading={save.isPending} onClick={() => save.mutate({ disabled: !out })}>{out ? 'Let in again' : 'Shut out'}</Button>
      </div>
      <p className="dim small">Accounts are never deleted: what somebody did stays theirs in the audit trail.</p>
    </form>
  );
}
