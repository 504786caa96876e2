/** Chosen levels repaired together: which way, what would become of each as both sides are now, why; then all of them at once. */
import { Button, Drawer, SegmentedControl, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-drift.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import type { StockRow } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Change } from './Change.tsx';
import type { Repair } from './drift-queries.ts';

type Preview = Of<typeof Contract.RepairPreview>;
type Result = Of<typeof Contract.RepairBulkResult>;
const SHORTEST_REASON = 3;
const WAYS: readonly { value: Repair['way']; label: string; says: string }[] = [
  { value: 'accept Shopify', label: 'Accept Shopify’s', says: 'The ledger follows Shopify, by movements that can be taken back.' },
  { value: 'push ours', label: 'Push ours', says: 'Shopify is set to the ledger’s number, where it still shows what is listed here.' },
];

export function BulkRepair({ rows, done }: { rows: readonly StockRow[]; done(): void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconArrowsExchange size={15} />} onClick={() => setOpen(true)}>Repair…</Button>
      <Drawer opened={open} onClose={() => setOpen(false)} title={<strong>Repair {count(rows.length, 'level')}</strong>} size={720}>{open && <Form rows={rows} done={() => { setOpen(false); done(); }} />}</Drawer>
    </>
  );
}

function Form({ rows, done }: { rows: readonly StockRow[]; done(): void }) {
  const store = useStore(), client = useQueryClient(), [way, setWay] = useState<Repair['way']>('accept Shopify'), [reason, setReason] = useState(''), levels = rows.map(({ itemId, locationId }) => ({ itemId, locationId }));
  // Both sides are read anew each time it is opened: what is shown is what is asked for.
  const query = useQuery({ queryKey: ['stock', 'repair-preview', store.storeId, way, levels], queryFn: () => write<Preview>('POST', '/drift/repairs/preview', { store: store.storeId }, { levels, way }), staleTime: Infinity, gcTime: 0, refetchOnMount: 'always', retry: false }), preview = query.data;
  const ask = useMutation({
    mutationFn: () => write<Result>('POST', '/drift/repairs/bulk', { store: store.storeId }, { way, reason: reason.trim(), levels: preview!.rows.flatMap(({ itemId, locationId, available, committed }) => (available === null || committed === null ? [] : [{ itemId, locationId, available, committed }])) }),
    onSuccess: async ({ asked, approval, left }) => {
      notifications.show({ ...(asked === 0 ? { color: 'red' } : {}), message: `${asked === 0 ? 'Nothing was repaired' : approval ? `${count(asked, 'repair')} wait for a second person, under Repairs` : `${count(asked, 'repair')} under way; the next check reads both sides back`}${left.length === 0 ? '' : `. ${count(left.length, 'level')} left as ${left.length === 1 ? 'it is' : 'they are'}: ${left[0]!.why}`}` });
      await client.invalidateQueries({ queryKey: ['stock'] });
      done();
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
      <SegmentedControl aria-label="Which side is right" value={way} onChange={(value) => setWay(value as Repair['way'])} data={WAYS.map(({ value, label }) => ({ value, label }))} />
      <p className="dim small">{WAYS.find((each) => each.value === way)!.says} Numbers are as both sides are now.</p>
      {query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !preview ? <Lines rows={5} /> : (
        <>
          <Wide label="What would become of each">
            <table className="plain override-list repair-preview">
              <thead><tr><th>Item</th><th>Location</th><th className="num">Available</th><th className="num">Committed</th><th className="num">Units</th></tr></thead>
              <tbody>{preview.rows.map((row) => (
                <tr key={`${row.itemId}@${row.locationId}`}>
                  <td>{row.sku || row.title}</td><td>{row.locationName}</td>
                  {row.available === null || row.committed === null ? <td colSpan={3} className="dim small">{row.refuse}</td> : <><td className="num"><Change change={row.available} /></td><td className="num"><Change change={row.committed} /></td><td className="num">{units(row.units)}</td></>}
                </tr>))}
              </tbody>
            </table>
          </Wide>
          {preview.approval && <Banner>Together these are {count(preview.units, 'unit')}, more than the {units(preview.limit)} one person repairs alone: all of them wait for the approval of a second one.</Banner>}
          <Textarea label={way === 'accept Shopify' ? 'Why are Shopify’s numbers right?' : 'Why are our numbers right?'} value={reason} onChange={(event) => setReason(event.currentTarget.value)} maxLength={500} autosize minRows={2} />
          <div className="row"><Button type="submit" loading={ask.isPending} disabled={preview.repairs === 0 || reason.trim().length < SHORTEST_REASON}>Repair {count(preview.repairs, 'level')}</Button><span className="dim small">{count(preview.units, 'unit')} in all. Each is listed under Repairs, with its way back.</span></div>
        </>
      )}
    </form>
  );
}
