/** Audit report: what is wrong with the shop and whose it is, every gap with its evidence, and periods to sign. */
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { auditQuery } from '../api/audit-queries.ts';
import { address, write } from '../api/client.ts';
import { save } from '../api/save.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { Page, Panel } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { ChecksTab } from './ChecksTab.tsx';
import { GapsTab } from './GapsTab.tsx';
import { PeriodTab } from './PeriodTab.tsx';
import './audit.css';

const route = getRouteApi('/app/audit');

export function AuditScreen() {
  const { tab = 'checks', report } = route.useSearch(), store = useStore(), client = useQueryClient(), query = useQuery(auditQuery(store.storeId, report));
  const run = useMutation({
    mutationFn: () => write('POST', '/flows/audit/runs', { store: store.storeId }),
    onSuccess: () => { notifications.show({ message: 'The shop is being read. The report appears here when it is done.' }); void client.invalidateQueries({ queryKey: ['flows'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const again = <Button leftSection={<IconShieldCheck size={15} />} loading={run.isPending} onClick={() => run.mutate()}>{query.data?.report ? 'Audit again' : 'Audit the shop'}</Button>;
  const tabs = <ViewTabs label="Views" views={[{ id: 'checks', label: 'Checks' }, { id: 'gaps', label: 'Gaps', tally: query.data?.report?.gaps }, { id: 'period', label: 'Period' }]} current={tab} change={(id, old) => ({ ...(old['store'] === undefined ? {} : { store: old['store'] }), ...(old['report'] === undefined ? {} : { report: old['report'] }), tab: id === 'checks' ? undefined : id })} />;
  return (
    <Page title="Audit report" fill={tab === 'gaps'} aside={tab !== 'period' && query.data?.report && <><Downloads store={store.storeId} report={report} />{again}</>}>
      {tabs}
      {tab === 'period' ? <PeriodTab /> : query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !query.data ? <Panel className="audit"><Lines rows={8} /></Panel>
        : !query.data.report ? <Panel className="audit"><EmptyState title="No audit has been made yet" action={again}>An audit reads the shop, changes nothing, and lists every gap with its evidence, the units and money at risk, who owns it and how it is put right. It is made every Monday by itself.</EmptyState></Panel>
          : tab === 'gaps' ? <GapsTab report={query.data.report} /> : <ChecksTab view={query.data} />}
    </Page>
  );
}

function Downloads({ store, report }: { store: number; report: number | undefined }) {
  // Printing takes seconds, and may say what is missing: so it is asked for, not linked.
  const pdf = useMutation({ mutationFn: () => save('/audit.pdf', { store, report }), onError: (error) => notifications.show({ color: 'red', autoClose: 20_000, message: error.message }) });
  return (
    <Menu><Menu.Target><Button variant="default" leftSection={<IconDownload size={15} />} loading={pdf.isPending}>Download</Button></Menu.Target>
      <Menu.Dropdown>{([['html', 'HTML, to print or send'], ['csv', 'CSV, a line a gap'], ['json', 'JSON']] as const).map(([form, says]) => <Menu.Item key={form} component="a" href={address(`/audit.${form}`, { store, report })} download>{says}</Menu.Item>)}<Menu.Item onClick={() => pdf.mutate()}>PDF, A4</Menu.Item></Menu.Dropdown>
    </Menu>
  );
}
