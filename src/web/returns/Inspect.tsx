/** What became of each unit. One save, under a key made before the first try: a double tap, or a lost answer, inspects once. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { wasRefused, write } from '../api/client.ts';
import { returnQuery, type ReturnCase } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Banner } from '../ui/feedback.tsx';
import { capital, count, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { after, DISPOSITIONS, drafted, freshKey, inspected, uninspected, withUnits, type Disposition, type Draft } from './inspection.ts';
import { Goods } from './Goods.tsx';
import { Stepper } from './Stepper.tsx';

const TONE: Record<Disposition, string> = { sellable: 'good', damaged: 'bad', quarantine: 'held', scrap: 'neutral' };

export function Inspect({ row }: { row: ReturnCase }) {
  const store = useStore(), client = useQueryClient(), [draft, setDraft] = useState<Draft>({}), key = useRef(freshKey()), query = returnQuery(store.storeId, row.returnId).queryKey;
  const lines = row.lines.filter((line) => uninspected(line) > 0), sum = inspected(draft).reduce((total, each) => total + each.quantity, 0);
  const mutationKey = ['inspect', store.storeId, row.returnId];
  const save = useMutation({
    mutationKey, mutationFn: () => write<ReturnCase>('POST', `/returns/${row.returnId}/inspect`, { store: store.storeId }, { key: key.current, lines: inspected(draft) }),
    onSuccess: async (next) => {
      key.current = freshKey();
      setDraft({});
      client.setQueryData(query, next);
      notifications.show({ message: `${count(sum, 'unit')} inspected${next.state === 'inspected' ? `: ${row.name} is done` : ''}` });
      await Promise.all(['returns', 'stock', 'push'].map((each) => client.invalidateQueries({ queryKey: [each] })));
    },
    onError: (error) => { if (wasRefused(error)) { notifications.show({ color: 'red', message: error.message }); void client.invalidateQueries({ queryKey: query }); } },
  });
  // Not known whether it was saved: the same is sent again, unchanged, or nothing.
  const uncertain = save.isError && !wasRefused(save.error), still = save.isPending || uncertain;
  const shown = save.isPending ? after(row, draft) : row, left = shown.lines.reduce((total, line) => total + uninspected(line), 0) - (save.isPending ? 0 : sum);
  return (
    <Panel title="Inspect" aside={<span className="dim">{left === 0 ? 'every unit decided' : `${units(left)} left to decide`}</span>}>
      <ul className="bench">{lines.map((line) => {
        const name = line.sku || line.title, rest = uninspected(line) - drafted(draft, line.lineKey);
        return (
          <li key={line.lineKey}>
            <div className="bench-head"><Goods line={line} />
              {rest > 0 ? <Button variant="default" size="sm" disabled={still} onClick={() => setDraft((old) => withUnits(old, line, 'sellable', (old[line.lineKey]?.sellable ?? 0) + rest))} aria-label={`${rest === uninspected(line) ? 'All' : 'The rest'} of ${name} sellable`}>{rest === uninspected(line) ? `All ${units(rest)} sellable` : `Rest, ${units(rest)}, sellable`}</Button> : <span className="dim">{units(uninspected(line))} decided</span>}</div>
            {DISPOSITIONS.map((each) => {
              const value = draft[line.lineKey]?.[each] ?? 0;
              return <div key={each} className="bench-line"><span>{capital(each)}</span><Stepper label={`${capital(each)} units of ${name}`} tone={TONE[each]} value={value} most={value + rest} disabled={still} change={(to) => setDraft((old) => withUnits(old, line, each, to))} /></div>;
            })}
          </li>
        );
      })}</ul>
      <div className="bench-save">
        {uncertain && <Banner>No answer came, so it is not known whether this was saved. Trying again sends the same, and it counts once.</Banner>}
        <Button size="md" fullWidth loading={save.isPending} disabled={sum === 0} onClick={() => { if (client.isMutating({ mutationKey }) === 0) save.mutate(); }}>{uncertain ? 'Try again' : sum === 0 ? 'Decide about a unit to save' : `Save ${count(sum, 'unit')}`}</Button>
        <p className="dim small">Saving is not undone: sellable units can be sold at once.</p>
      </div>
    </Panel>
  );
}
