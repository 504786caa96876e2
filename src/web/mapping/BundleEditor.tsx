/** What a bundle is made of, from when on. Every change is a version; nothing of the past is rewritten. */
import { ActionIcon, Button, Drawer, NumberInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { Bundle, VariantHit } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { instant, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { VariantPicker } from './ItemPicker.tsx';

interface Named { variantId: string; sku: string | null; title: string }
type Part = Named & { quantity: number };
const MOST = 2_000;

export function BundleDrawer({ of, versions, ready, close }: { of: string | undefined; versions: readonly Bundle[] | undefined; ready: boolean; close(): void }) {
  const shown = versions?.find((version) => version.current) ?? versions?.[0];
  return (
    <Drawer opened={of !== undefined} onClose={close} size={560} title={<span><strong>{of === 'new' ? 'New bundle' : shown?.sku || shown?.title || 'Bundle'}</strong>{shown?.sku && <><br /><span className="small dim">{shown.title}</span></>}</span>}>
      {of === 'new' ? <Editor key="new" bundle={null} versions={[]} close={close} /> : shown ? <Editor key={shown.variantId} bundle={shown} versions={versions!} close={close} /> : of !== undefined && (ready ? <EmptyState title="There is no such bundle">It may be hidden by the search.</EmptyState> : <Lines rows={6} />)}
    </Drawer>
  );
}

function Editor({ bundle, versions, close }: { bundle: Bundle | null; versions: readonly Bundle[]; close(): void }) {
  const store = useStore(), client = useQueryClient();
  const [whole, setWhole] = useState<Named | null>(bundle), [parts, setParts] = useState<Part[]>(() => bundle?.parts.map(({ variantId, sku, title, quantity }) => ({ variantId, sku, title, quantity })) ?? []), [from, setFrom] = useState(''), [ending, setEnding] = useState(false);
  const save = useMutation({
    mutationFn: (wanted: readonly Part[]) => write('PUT', '/bundles', { store: store.storeId }, { variantId: whole!.variantId, ...(from === '' ? {} : { effectiveFrom: new Date(from).toISOString() }), parts: wanted.map(({ variantId, quantity }) => ({ variantId, quantity })) }),
    onSuccess: async (_answer, wanted) => {
      notifications.show({ message: wanted.length === 0 ? `${whole!.sku || whole!.title} is no bundle any more` : `${whole!.sku || whole!.title} is saved${from === '' ? '' : ' for later'}. Its stock is worked out again.` });
      await Promise.all(['bundles', 'push'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  const add = (hit: VariantHit): void => setParts((old) => (old.some((part) => part.variantId === hit.variantId) ? old.map((part) => (part.variantId === hit.variantId ? { ...part, quantity: part.quantity + 1 } : part)) : [...old, { variantId: hit.variantId, sku: hit.sku, title: hit.title, quantity: 1 }]));
  const name = (each: Named): string => each.sku || each.title;
  return (
    <form className="stack case" onSubmit={(event) => { event.preventDefault(); if (whole) save.mutate(parts); }}>
      {!bundle && (whole ? <p className="sentence"><b>{name(whole)}</b> {whole.sku && <span className="dim">{whole.title}</span>} <Button variant="subtle" size="compact-xs" onClick={() => setWhole(null)}>Choose another</Button></p> : <VariantPicker label="The variant that is sold" placeholder="SKU, title or barcode" pick={setWhole} />)}
      <section>
        <h3>One of it is made of</h3>
        {parts.length === 0 ? <p className="dim">No parts yet: find the first below.</p> : (
          <ul className="part-list">{parts.map((part) => (
            <li key={part.variantId}>
              <NumberInput aria-label={`Units of ${name(part)} in one`} w={84} min={1} max={MOST} allowDecimal={false} value={part.quantity} onChange={(value) => setParts((old) => old.map((each) => (each.variantId === part.variantId ? { ...each, quantity: Math.max(1, Math.min(MOST, Number(value) || 1)) } : each)))} />
              <span className="two-line"><b>{name(part)}</b>{part.sku && <span className="dim small">{part.title}</span>}</span>
              <ActionIcon variant="subtle" color="gray" size={28} aria-label={`Take ${name(part)} out`} onClick={() => setParts((old) => old.filter((each) => each.variantId !== part.variantId))}><IconX size={15} /></ActionIcon>
            </li>))}
          </ul>
        )}
        <VariantPicker hideLabel label="Add a part" placeholder="Add a part: SKU, title or barcode" pick={add} />
      </section>
      <TextInput type="datetime-local" label="From" description="Empty: from now on. A later date leaves today as it is." value={from} onChange={(event) => setFrom(event.currentTarget.value)} w={300} />
      {save.isError && <Fault error={save.error} />}
      <div className="row">
        <Button type="submit" loading={save.isPending} disabled={!whole || parts.length === 0}>Save the bundle</Button>
        {bundle && bundle.parts.length > 0 && !ending && <Button variant="subtle" color="red" disabled={save.isPending} onClick={() => setEnding(true)}>No bundle any more…</Button>}
        {ending && <><span className="dim">It is then sold from a stock of its own.</span><Button color="red" variant="light" loading={save.isPending} onClick={() => save.mutate([])}>End it</Button><Button variant="subtle" onClick={() => setEnding(false)}>Keep it</Button></>}
      </div>
      {versions.length > 0 && <Versions versions={versions} />}
    </form>
  );
}

/** A circle is shown as the way round it. */
function Fault({ error }: { error: Error }) {
  const path = /^A bundle cannot contain itself: (.+)$/.exec(error.message)?.[1]?.split(' → ');
  if (!path) return <ErrorState title="It was not saved" error={error} />;
  return <div className="cycle" role="alert"><b>A bundle cannot contain itself.</b><ol>{path.map((step, n) => <li key={n} data-again={(n > 0 && step === path[0]) || undefined}>{step}</li>)}</ol><p className="dim">Take one of these out of the bundle before it, then save again.</p></div>;
}

function Versions({ versions }: { versions: readonly Bundle[] }) {
  const store = useStore();
  return (
    <section><h3>Versions</h3>
      <ol className="past">{versions.map((version) => <li key={version.effectiveFrom}><div className="row"><b title={instant(version.effectiveFrom, store.timeZone)}><Ago at={version.effectiveFrom} /></b>{version.current && <span className="tag">in force</span>}{!version.current && version.effectiveTo === null && <span className="tag">to come</span>}<span className="dim small">by {version.updatedBy}</span></div><p className="dim">{version.parts.length === 0 ? 'no bundle' : version.parts.map((part) => `${units(part.quantity)} × ${part.sku || part.title}`).join(', ')}</p></li>)}</ol>
    </section>
  );
}
