/** A new client secret for a shop that is connected: tried before it is kept, so that a mistyped one stops nothing. */
import { Button, PasswordInput, Popover } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { TestResult } from '../api/queries.ts';
import { ErrorState } from '../ui/feedback.tsx';
import { Checks } from './Checks.tsx';

/** As the API asks. */
const SHORTEST = 8;

export function ReplaceSecret({ storeId }: { storeId: number }) {
  const client = useQueryClient(), [open, setOpen] = useState(false), [secret, setSecret] = useState('');
  const replace = useMutation({
    mutationFn: () => write<TestResult>('PUT', `/connections/${storeId}/secret`, {}, { clientSecret: secret.trim() }),
    onSuccess: async () => { setSecret(''); await client.invalidateQueries({ queryKey: ['connections'] }); },
  });
  return (
    <Popover opened={open} onChange={setOpen} width={380} position="bottom-end" trapFocus>
      <Popover.Target><Button variant="default" leftSection={<IconKey size={15} />} onClick={() => { setOpen(!open); replace.reset(); }}>Replace the secret…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Replace the client secret">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); replace.mutate(); }}>
          <p className="dim">Make a new client secret in Shopify’s Dev Dashboard first, and revoke the old one there once this one is in use: until then events are signed with the old one, which is believed for a week.</p>
          <PasswordInput label="New client secret" autoComplete="off" value={secret} onChange={(event) => setSecret(event.currentTarget.value)} maxLength={400} data-autofocus />
          <Button type="submit" loading={replace.isPending} disabled={secret.trim().length < SHORTEST}>Replace and test</Button>
          {replace.isError && <ErrorState title="The secret was not replaced" error={replace.error} />}
          {replace.data && <Checks result={replace.data} />}
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
