/** Gaps as a list: by check, by owner, by words; each opens its evidence and leads to the item here and the page in Shopify. */
import { Button, Drawer, NativeSelect } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { gapsQuery, type AuditGap, type AuditReport } from '../api/audit-queries.ts';
import { address } from '../api/client.ts';
import { Evidence } from '../exceptions/Evidence.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { capital, money, units } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Told } from '../ui/time.tsx';
import { SEVERITY, Status } from '../ui/tone.tsx';

const route = getRouteApi('/app/audit');

export function GapsTab({ report }: { report: AuditReport }) {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore();
  const filter = { store: store.storeId, report: report.reportId, check: search.check, owner: search.owner, q: search.q };
  const query = useInfiniteQuery({ ...gapsQuery(filter), placeholderData: keepPreviousData }), rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const byId = useMemo(() => new Map(report.checks.map((check) => [check.id, check])), [report]), clear = (): void => change({ check: undefined, owner: undefined, q: undefined });
  const columns = useMemo((): Column<AuditGap>[] => [
    { id: 'what', header: 'What', width: 190, card: 'lead', cell: (row) => <span className="ellipsis strong" title={row.subject}>{row.subject}</span> },
    { id: 'check', header: 'Check', width: 190, card: 'wide', cell: (row) => <Status tone={SEVERITY[row.severity]!.tone} title={SEVERITY[row.severity]!.word}>{byId.get(row.check)?.title ?? row.check}</Status> },
    { id: 'sentence', header: 'Evidence', width: 380, grows: true, card: 'wide', cell: (row) => <span className="ellipsis" title={row.sentence}><Told>{row.sentence}</Told></span> },
    { id: 'owner', header: 'Owner', width: 120, card: 'pair', cell: (row) => capital(row.owner) },
    { id: 'units', header: 'Units', width: 80, align: 'right', card: 'pair', cell: (row) => <span className="num">{row.units === 0 ? '–' : units(row.units)}</span> },
    { id: 'money', header: 'At risk', width: 110, align: 'right', card: 'pair', cell: (row) => <span className="num">{money(row.money, store.currency)}</span> },
  ], [byId, store.currency]);
  const chips: Chip[] = [...(search.check ? [{ label: byId.get(search.check)?.title ?? search.check, remove: () => change({ check: undefined }) }] : []), ...(search.owner ? [{ label: capital(search.owner), remove: () => change({ owner: undefined }) }] : []), ...(search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : [])];
  const kept = search.q ? null : report.checks.filter((check) => (!search.check || check.id === search.check) && (!search.owner || check.owner === search.owner)).reduce((sum, check) => sum + check.found, 0);
  const open = rows.find((row) => row.gapNo === search.gap), check = open && byId.get(open.check);
  return (
    <>
      <DataTable<AuditGap>
        name="audit-gaps" label="Gaps" columns={columns} rows={rows} rowId={(row) => String(row.gapNo)} query={query} total={query.hasNextPage ? kept : rows.length} open={(row) => change({ gap: row.gapNo }, false)} openId={search.gap === undefined ? undefined : String(search.gap)} chips={chips} clear={clear}
        search={{ value: search.q, placeholder: 'SKU, order, location or words', change: (q) => change({ q }) }} csv={{ href: address('/audit.csv', { store: store.storeId, report: report.reportId }) }}
        filters={<NativeSelect aria-label="Check" value={search.check ?? ''} onChange={(event) => change({ check: event.currentTarget.value || undefined })} data={[{ value: '', label: 'All checks' }, ...report.checks.filter((each) => each.found > 0).map((each) => ({ value: each.id, label: `${each.title} ${units(each.found)}` }))]} />}
        empty={{ good: true, title: 'No gap was found', text: 'Every check that could be made found nothing.' }}
      />
      <Drawer opened={open !== undefined} onClose={() => change({ gap: undefined })} size={500} title={<span><strong>{open?.subject}</strong><br /><span className="small dim">{check?.title}</span></span>}>
        {open && check && (
          <div className="stack case">
            <p className="sentence"><Told>{open.sentence}</Told></p>
            <Facts rows={[['Urgency', <Status key="s" tone={SEVERITY[open.severity]!.tone}>{SEVERITY[open.severity]!.word}</Status>], ['Owner', capital(open.owner)], ['Units', open.units === 0 ? '–' : units(open.units)], ['At risk', money(open.money, store.currency)]]} />
            <section><h3>Fix</h3><p>{check.fix}</p></section>
            <section><h3>Evidence</h3><Evidence evidence={open.evidence} /></section>
            <div className="row">
              {open.itemId !== null && <Button component={Link} variant="default" to={`/items/${open.itemId}`}>Open the item</Button>}
              {open.check === 'code-unmatched' && <Button component={Link} variant="default" to={`/mapping?view=unmatched&q=${encodeURIComponent(open.subject)}`}>Match it</Button>}
              {open.adminUrl && !store.isSandbox && <Button component="a" variant="default" href={open.adminUrl} target="_blank" rel="noreferrer">Open in Shopify</Button>}
            </div>
          </div>
        )}
      </Drawer>
    </>
  );
}
