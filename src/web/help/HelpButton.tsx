/** A runbook's button where no case is open: screens open and flows run from here; what is done to a case is named, and done in it. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowUpRight, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { addressOf, fixNamed } from '../../domain/exceptions/fixes.ts';
import { write } from '../api/client.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';

const OF_NONE = { itemId: null, locationId: null };

export function HelpButton({ name }: { name: string }) {
  const fix = fixNamed(name), to = fix && 'open' in fix ? addressOf(fix.open, OF_NONE) : null;
  if (!fix) return null;
  if (to !== null) return <AppLink to={to} className="runbook-link"><IconArrowUpRight size={14} aria-hidden />{fix.label}</AppLink>;
  if ('run' in fix) return <RunFlow flow={fix.run} label={fix.label} />;
  return <span className="dim" title={'does' in fix ? fix.does : undefined}>in the case: “{fix.label}”</span>;
}

function RunFlow({ flow, label }: { flow: string; label: string }) {
  const store = useStore(), client = useQueryClient();
  const start = useMutation({
    mutationFn: () => write('POST', `/flows/${flow}/runs`, { store: store.storeId }),
    onSuccess: () => { notifications.show({ message: `${flow} is queued` }); void client.invalidateQueries({ queryKey: ['flows'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return <Button variant="default" loading={start.isPending} leftSection={<IconPlayerPlay size={14} />} title={`runs ${flow}`} onClick={() => start.mutate()}>{label}</Button>;
}
