/** Sign in. */
import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import { Entry } from './Entry.tsx';

const route = getRouteApi('/login');

/** Only an address of this site may follow a sign-in. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/';
}

export function LoginPage() {
  const { next } = route.useSearch(), router = useRouter(), client = useQueryClient();
  const form = useForm({ initialValues: { email: '', password: '' }, validate: { email: (value) => (value.trim() ? null : 'Enter your e-mail'), password: (value) => (value ? null : 'Enter your password') } });
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) => write('POST', '/login', {}, body),
    onSuccess: () => { client.clear(); router.history.push(safeNext(next)); },
  });
  return (
    <Entry title="Sign in">
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        {signIn.isError && <Alert color="red" role="alert">{signIn.error.message}</Alert>}
        <TextInput size="sm" label="E-mail" type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
        <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
        <Button type="submit" size="sm" loading={signIn.isPending}>Sign in</Button>
      </form>
    </Entry>
  );
}
