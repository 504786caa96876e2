/** Goods at the door, before anybody has looked at them. One save, under a key made before the first try: a double tap, or a lost answer, receives once. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { wasRefused, write } from '../api/client.ts';
import { returnQuery, type ReturnCase } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Banner } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { freshKey, missing } from './inspection.ts';
import { Goods } from './Goods.tsx';
import { Stepper } from './Stepper.tsx';

/** More may come than was announced, within reason. */
const MOST = 999;

export function Receive({ row }: { row: ReturnCase }) {
  const store = useStore(), client = useQueryClient(), due = row.lines.filter((line) => missing(line) > 0);
  const [changed, setChanged] = useState<Record<string, number>>({});
  const at = (line: ReturnCase['lines'][number]): number => changed[line.lineKey] ?? missing(line), sum = due.reduce((total, line) => total + at(line), 0);
  const key = useRef(freshKey()), mutationKey = ['receive', store.storeId, row.returnId];
  const receive = useMutation({
    mutationKey, mutationFn: () => write<ReturnCase>('POST', `/returns/${row.returnId}/receive`, { store: store.storeId }, { key: key.current, lines: due.flatMap((line) => (at(line) > 0 ? [{ lineKey: line.lineKey, quantity: at(line) }] : [])) }),
    onSuccess: (next) => { key.current = freshKey(); setChanged({}); client.setQueryData(returnQuery(store.storeId, row.returnId).queryKey, next); notifications.show({ message: `${count(sum, 'unit')} received. Next: look at them.` }); return client.invalidateQueries({ queryKey: ['returns'] }); },
    onError: (error) => { if (wasRefused(error)) { notifications.show({ color: 'red', message: error.message }); void client.invalidateQueries({ queryKey: returnQuery(store.storeId, row.returnId).queryKey }); } },
  });
  // Not known whether it was saved: the same is sent again, unchanged, or nothing.
  const uncertain = receive.isError && !wasRefused(receive.error);
  return (
    <Panel title="Expected">
      <ul className="bench">{due.map((line) => (
        <li key={line.lineKey}>
          <div className="bench-head"><Goods line={line} /><span className="dim">{units(missing(line))} expected</span></div>
          <div className="bench-line"><span>Came</span><Stepper label={`Units of ${line.sku || line.title} that came`} value={at(line)} most={MOST} disabled={receive.isPending || uncertain} change={(to) => setChanged((old) => ({ ...old, [line.lineKey]: to }))} /></div>
        </li>))}
      </ul>
      <div className="bench-save">
        {uncertain && <Banner>No answer came, so it is not known whether this was saved. Trying again sends the same, and it counts once.</Banner>}
        <Button size="md" fullWidth loading={receive.isPending} disabled={sum === 0} onClick={() => { if (client.isMutating({ mutationKey }) === 0) receive.mutate(); }}>{uncertain ? 'Try again' : `Receive ${count(sum, 'unit')}`}</Button>
      </div>
    </Panel>
  );
}
