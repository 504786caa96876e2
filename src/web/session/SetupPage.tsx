/** The first administrator, made with the one-time token printed at start. */
import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import { Entry } from './Entry.tsx';

const route = getRouteApi('/setup');
/** As the API asks. */
export const SHORTEST_PASSWORD = 12;

export function SetupPage() {
  const { token = '' } = route.useSearch(), router = useRouter(), client = useQueryClient();
  const form = useForm({
    initialValues: { token, name: '', email: '', password: '', again: '' },
    validate: {
      token: (value) => (value.trim() ? null : 'Enter the token printed at start'), name: (value) => (value.trim() ? null : 'Enter your name'), email: (value) => (/^\S+@\S+$/.test(value) ? null : 'Enter an e-mail address'),
      password: (value) => (value.length >= SHORTEST_PASSWORD ? null : `At least ${SHORTEST_PASSWORD} characters`), again: (value, all) => (value === all.password ? null : 'The two are not the same'),
    },
  });
  const create = useMutation({
    mutationFn: ({ again: _again, ...body }: typeof form.values) => write('POST', '/setup', {}, body),
    onSuccess: () => { client.clear(); router.history.replace('/'); },
  });
  return (
    <Entry title="Create the administrator">
      <p className="dim">Until there is one, Instep answers only on this machine. Afterwards everybody signs in.</p>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        {create.isError && <Alert color="red" role="alert">{create.error.message}</Alert>}
        {!token && <TextInput size="sm" label="Token" autoComplete="off" {...form.getInputProps('token')} />}
        <TextInput size="sm" label="Name" autoComplete="name" {...form.getInputProps('name')} />
        <TextInput size="sm" label="E-mail" type="email" autoComplete="username" {...form.getInputProps('email')} />
        <PasswordInput label="Password" description={`${SHORTEST_PASSWORD} characters or more`} autoComplete="new-password" {...form.getInputProps('password')} />
        <PasswordInput label="Password again" autoComplete="new-password" {...form.getInputProps('again')} />
        <Button type="submit" size="sm" loading={create.isPending}>Create administrator</Button>
      </form>
    </Entry>
  );
}
