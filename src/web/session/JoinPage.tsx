/** Setting a password with a link that was given: of a new account, or instead of one that was forgotten. */
import { Alert, Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import { Entry } from './Entry.tsx';
import { SHORTEST_PASSWORD } from './SetupPage.tsx';

const route = getRouteApi('/join');

export function JoinPage() {
  const { token = '' } = route.useSearch(), router = useRouter(), client = useQueryClient();
  const form = useForm({
    initialValues: { password: '', again: '' },
    validate: { password: (value) => (value.length >= SHORTEST_PASSWORD ? null : `At least ${SHORTEST_PASSWORD} characters`), again: (value, all) => (value === all.password ? null : 'The two are not the same') },
  });
  const join = useMutation({ mutationFn: ({ password }: typeof form.values) => write('POST', '/join', {}, { token, password }), onSuccess: () => { client.clear(); router.history.replace('/'); } });
  return (
    <Entry title="Choose your password">
      <p className="dim">Then you are signed in. The link works once.</p>
      <form onSubmit={form.onSubmit((values) => join.mutate(values))}>
        {join.isError && <Alert color="red" role="alert">{join.error.message}</Alert>}
        {!token && <Alert color="red" role="alert">The address is not whole: copy the link again, to its end.</Alert>}
        <PasswordInput label="Password" description={`${SHORTEST_PASSWORD} characters or more`} autoComplete="new-password" autoFocus {...form.getInputProps('password')} />
        <PasswordInput label="Password again" autoComplete="new-password" {...form.getInputProps('again')} />
        <Button type="submit" size="sm" loading={join.isPending} disabled={!token}>Set password and sign in</Button>
      </form>
    </Entry>
  );
}
