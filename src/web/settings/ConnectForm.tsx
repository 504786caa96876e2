/** Connecting a shop: its own domain, and the client id and secret of an app of its organisation. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import type { TestResult } from '../api/queries.ts';
import { ErrorState } from '../ui/feedback.tsx';
import { Panel } from '../ui/page.tsx';
import { Checks } from './Checks.tsx';

/** Shops are addressed by the domain Shopify gave them. */
export const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

export function ConnectForm({ close }: { close: (() => void) | undefined }) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { shopDomain: '', clientId: '', clientSecret: '' },
    validate: { shopDomain: (value) => (SHOP_DOMAIN.test(value.trim().toLowerCase()) ? null : 'The shop’s own domain, like my-shop.myshopify.com'), clientId: (value) => (value.trim() ? null : 'Enter the client id'), clientSecret: (value) => (value.trim().length >= 8 ? null : 'Enter the client secret') },
  });
  const connect = useMutation({
    mutationFn: (values: typeof form.values) => write<TestResult>('POST', '/connections', {}, { shopDomain: values.shopDomain.trim().toLowerCase(), clientId: values.clientId.trim(), clientSecret: values.clientSecret.trim() }),
    onSuccess: async () => { form.setFieldValue('clientSecret', ''); await Promise.all([client.invalidateQueries({ queryKey: ['connections'] }), client.invalidateQueries({ queryKey: ['session'] })]); },
  });
  return (
    <Panel title="Connect a shop" aside={close && <Button variant="subtle" onClick={close}>Close</Button>}>
      <form className="connect" onSubmit={form.onSubmit((values) => connect.mutate(values))}>
        <p className="dim">In Shopify’s Dev Dashboard, create an app for your organisation, install it in the shop, and copy its client id and secret here. The secret is stored encrypted and never shown again.</p>
        <TextInput size="sm" label="Shop domain" placeholder="my-shop.myshopify.com" autoComplete="off" {...form.getInputProps('shopDomain')} />
        <TextInput size="sm" label="Client id" autoComplete="off" {...form.getInputProps('clientId')} />
        <PasswordInput label="Client secret" autoComplete="off" {...form.getInputProps('clientSecret')} />
        {connect.isError && <ErrorState title="The shop was not connected" error={connect.error} />}
        {connect.data && <Checks result={connect.data} />}
        <div><Button type="submit" size="sm" loading={connect.isPending}>Connect and test</Button></div>
      </form>
    </Panel>
  );
}
