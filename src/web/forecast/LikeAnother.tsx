/** What a new item sells like: another's demand stands for its own until it has sold itself. */
import { Button, Drawer, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { analogueQuery, type Analogue } from '../api/forecast-queries.ts';
import { ItemPicker } from '../mapping/ItemPicker.tsx';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { decimal } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';

export function LikeAnother({ itemId, open, change }: { itemId: number; open: boolean; change(open: boolean): void }) {
  const store = useStore(), query = useQuery(analogueQuery(store.storeId, itemId));
  if (!query.data) return null;
  const { analogue } = query.data;
  return (
    <Panel title="Sells like" aside={<Button variant="default" onClick={() => change(true)}>{analogue ? 'Change' : 'Name another item'}</Button>}>
      {analogue ? <p><Link to="/forecast/$itemId" params={{ itemId: String(analogue.likeItemId) }}>{analogue.sku || analogue.title}</Link> at {decimal(analogue.percent)}%, wherever that one sold, until its own first sale. <span className="dim">Said by {analogue.updatedBy}.</span></p>
        : <p className="dim">Itself. A new item has no history: name one it will sell like, and that one’s demand stands for its own until its first sale. The next forecast reckons with it.</p>}
      <Drawer opened={open} onClose={() => change(false)} size={440} title={<strong>Sells like</strong>}>{open && <Editor itemId={itemId} analogue={analogue} close={() => change(false)} />}</Drawer>
    </Panel>
  );
}

function Editor({ itemId, analogue, close }: { itemId: number; analogue: Analogue | null; close(): void }) {
  const store = useStore(), client = useQueryClient();
  const [like, setLike] = useState(analogue && { itemId: analogue.likeItemId, name: analogue.sku || analogue.title }), [percent, setPercent] = useState<number | string>(analogue?.percent ?? 100);
  const done = async (message: string): Promise<void> => { notifications.show({ message }); await client.invalidateQueries({ queryKey: ['demand', 'analogue'] }); close(); };
  const save = useMutation({ mutationFn: () => write('PUT', `/items/${itemId}/analogue`, { store: store.storeId }, { likeItemId: like!.itemId, percent: Number(percent) }), onSuccess: () => done('Saved. The next forecast reckons with it.') });
  const remove = useMutation({ mutationFn: () => write('DELETE', `/items/${itemId}/analogue`, { store: store.storeId }), onSuccess: () => done('Removed. The item stands for itself from the next forecast on.') });
  const wrong = !(Number(percent) > 0 && Number(percent) <= 1000);
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); if (like && !wrong) save.mutate(); }}>
      <ItemPicker label={like ? `Like ${like.name}; or another` : 'Like which item'} placeholder="SKU, title or barcode" pick={(hit) => setLike({ itemId: hit.itemId, name: hit.sku || hit.title })} />
      <NumberInput size="sm" label="At so much of its demand" suffix="%" min={1} max={1000} decimalScale={1} value={percent} error={wrong ? 'above 0, at most 1000' : undefined} onChange={setPercent} w={180} />
      <div className="row"><Button type="submit" size="sm" loading={save.isPending} disabled={!like || wrong}>Save</Button>{analogue && <Button size="sm" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>Remove</Button>}</div>
      {(save.error ?? remove.error) && <ErrorState title="It was not saved" error={(save.error ?? remove.error)!} />}
    </form>
  );
}
