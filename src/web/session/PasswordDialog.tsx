/** Changing one's own password. */
import { Alert, Button, Modal, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import { SHORTEST_PASSWORD } from './SetupPage.tsx';

export function PasswordDialog({ opened, close }: { opened: boolean; close(): void }) {
  return <Modal opened={opened} onClose={close} size={420} title={<strong>Change your password</strong>}><Form close={close} /></Modal>;
}

function Form({ close }: { close(): void }) {
  const form = useForm({
    initialValues: { current: '', password: '', again: '' },
    validate: { current: (value) => (value ? null : 'Enter the one you use now'), password: (value) => (value.length >= SHORTEST_PASSWORD ? null : `At least ${SHORTEST_PASSWORD} characters`), again: (value, all) => (value === all.password ? null : 'The two are not the same') },
  });
  const save = useMutation({ mutationFn: ({ again: _again, ...body }: typeof form.values) => write('PUT', '/session/password', {}, body), onSuccess: () => { notifications.show({ message: 'Your password is changed; your other devices are signed out' }); close(); } });
  return (
    <form className="stack" onSubmit={form.onSubmit((values) => save.mutate(values))}>
      {save.isError && <Alert color="red" role="alert">{save.error.message}</Alert>}
      <PasswordInput label="Password of now" autoComplete="current-password" data-autofocus {...form.getInputProps('current')} />
      <PasswordInput label="New password" description={`${SHORTEST_PASSWORD} characters or more`} autoComplete="new-password" {...form.getInputProps('password')} />
      <PasswordInput label="New password again" autoComplete="new-password" {...form.getInputProps('again')} />
      <div><Button type="submit" size="sm" loading={save.isPending}>Change it</Button></div>
    </form>
  );
}
