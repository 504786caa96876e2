/** Proposals, the most gain first: chosen ones become a transfer for each pair of places. */
import { Button, Checkbox, NumberInput, Select, Tooltip } from '@mantine/core';
import { IconBuildingWarehouse } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { address, write } from '../api/client.ts';
import { proposalsQuery, type TransferDetail, type TransferProposal } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, money, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';

interface Search { q?: string | undefined; from?: number | undefined; to?: number | undefined }
/** Lines of one transfer; the rest stays proposed. */
const MOST_LINES = 200;
/** Moves put on a list at once. */
const MOST_TOLD = 1_000;
const idOf = (row: TransferProposal): string => `${row.itemId}:${row.fromLocationId}>${row.toLocationId}`;

export function Proposals({ search, change }: { search: Search; change(part: Search): void }) {
  const store = useStore(), client = useQueryClient(), locations = useLocations(), filter = { store: store.storeId, q: search.q, from: search.from, to: search.to }, [chosen, setChosen] = useState<readonly TransferProposal[]>([]);
  const query = useInfiniteQuery({ ...proposalsQuery({ ...filter, limit: 100 }), placeholderData: keepPreviousData }), first = query.data?.pages[0];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  // The same lines keep their key: asked again after a failure, what was made already is not made twice.
  const keys = useRef(new Map<string, string>());
  const make = useMutation({
    mutationFn: async (rows: readonly TransferProposal[]) => {
      const made: TransferDetail[] = [];
      for (const lines of pairsOf(rows)) {
        const [head] = lines, asked = lines.map((row) => `${idOf(row)}×${row.quantity}`).join(), key = keys.current.get(asked) ?? crypto.randomUUID();
        keys.current.set(asked, key);
        made.push(await write<TransferDetail>('POST', '/transfers', { store: store.storeId }, { key, fromLocationId: head!.fromLocationId, toLocationId: head!.toLocationId, reason: '', lines: lines.map((row) => ({ itemId: row.itemId, quantity: row.quantity })) }));
      }
      return made;
    },
    onSuccess: () => setChosen((old) => old.filter((row) => row.warehouse !== null)), onSettled: () => client.invalidateQueries({ queryKey: ['transfers'] }),
  });
  const tell = useMutation({
    mutationFn: (moves: readonly TransferProposal[]) => write<{ told: number; left: number }>('POST', '/warehouse-moves', { store: store.storeId }, { moves: moves.map(({ itemId, fromLocationId, toLocationId, quantity }) => ({ itemId, fromLocationId, toLocationId, quantity })) }),
    onSuccess: (_, moves) => setChosen((old) => old.filter((row) => !moves.includes(row))), onSettled: () => client.invalidateQueries({ queryKey: ['transfers'] }),
  });
  const ours = chosen.filter((row) => row.warehouse === null), theirs = chosen.filter((row) => row.warehouse !== null);
  const wrong = chosen.find((row) => !fits(row)), columns = proposalColumns(store.currency, chosen, (row) => setChosen((old) => toggled(old, row)), (row, quantity) => setChosen((old) => old.map((one) => (idOf(one) === idOf(row) ? { ...one, quantity } : one))));
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []), ...(search.from ? [{ label: `From: ${locationNames(String(search.from), locations)}`, remove: () => change({ from: undefined }) }] : []),
    ...(search.to ? [{ label: `To: ${locationNames(String(search.to), locations)}`, remove: () => change({ to: undefined }) }] : []),
  ];
  const place = (label: string, value: number | undefined, set: (id: number | undefined) => void) => <Select w={170} aria-label={label} placeholder={label} clearable value={value ? String(value) : null} data={locations.map((each) => ({ value: String(each.locationId), label: each.name }))} onChange={(id) => set(id ? Number(id) : undefined)} />;
  return (
    <>
      <p className="dim small transfers-lead">A unit is worth its margin times the chance that it sells before new stock comes. It is proposed to move where it is worth more elsewhere than where it stands, after the cost of moving.{first && first.totals.rows > 0 && <> In all {count(first.totals.units, 'unit')} would gain {money(first.totals.gain, store.currency)}{first.computedAt && <>; worked out <Ago at={first.computedAt} /></>}.</>}
        {first && first.totals.told > 0 && <> {count(first.totals.told, 'proposal', 'proposals')} marked with a warehouse {first.totals.told === 1 ? 'is' : 'are'} moved by its people: chosen, they go on <AppLink to="/transfers?tab=moves">their list</AppLink>.</>}</p>
      <DataTable<TransferProposal>
        name="transfer-proposals" label="Proposals" keys={(key, row) => { if (key !== 'x' || !row) return false; setChosen((old) => toggled(old, row)); return true; }} columns={columns} rows={rows} rowId={idOf} query={query} total={first?.totals.rows ?? null} chips={chips} clear={() => change({ q: undefined, from: undefined, to: undefined })}
        search={{ value: search.q, placeholder: 'SKU or title', change: (q) => change({ q }) }} csv={{ href: address('/transfers/proposals.csv', filter) }}
        filters={locations.length > 1 && <>{place('From anywhere', search.from, (from) => change({ from }))}{place('To anywhere', search.to, (to) => change({ to }))}</>}
        empty={{ good: true, title: locations.length > 1 ? 'No unit is worth more elsewhere' : 'There is one location', text: locations.length > 1 ? 'Stock stands where it is wanted, or moving it costs more than it earns. Worked out anew every hour.' : 'Transfers need a second active location.' }}
      />
      {(chosen.length > 0 || make.isError || make.data || tell.isError || tell.data) && (
        <div className="transfers-selection" role="region" aria-label="Chosen proposals">
          {chosen.length > 0 && <div className="row"><strong>{count(chosen.length, 'proposal')} chosen</strong><span className="dim">{units(chosen.reduce((sum, row) => sum + row.quantity, 0))} units{isAsProposed(chosen, rows) && <>, {money(chosen.reduce((sum, row) => sum + row.gain, 0), store.currency)}</>}</span>
            {ours.length > 0 && <Button size="xs" loading={make.isPending} disabled={wrong !== undefined} onClick={() => make.mutate(ours)}>Create {count(new Set(ours.map((row) => `${row.fromLocationId}>${row.toLocationId}`)).size, 'transfer')}</Button>}
            {theirs.length > 0 && <Button size="xs" variant={ours.length > 0 ? 'default' : 'filled'} loading={tell.isPending} disabled={wrong !== undefined || theirs.length > MOST_TOLD} onClick={() => tell.mutate(theirs)}>Put {units(theirs.length)} on the warehouse’s list</Button>}
            <Button size="xs" variant="subtle" onClick={() => setChosen([])}>Choose none</Button>{wrong && <span className="negative" role="status">{wrong.sku || wrong.title}: 1 to {units(wrong.worth.here)} units stand at {wrong.fromName}</span>}</div>}
          {make.isError && <ErrorState title="Not all transfers were made" error={make.error} />}
          {tell.isError && <ErrorState title="They are not on the list" error={tell.error} />}
          {tell.data && theirs.length === 0 && <p role="status">{count(tell.data.told, 'move')} <AppLink to="/transfers?tab=moves">on the list for the warehouse’s people</AppLink>{tell.data.left > 0 && `; ${units(tell.data.left)} were on it already or are no longer proposed`}.</p>}
          {make.data && ours.length === 0 && <p role="status">Made {make.data.map((one, n) => <span key={one.transferId}>{n > 0 && ', '}<AppLink to={`/transfers?tab=transfers&id=${one.transferId}`}>{one.reference}</AppLink> ({one.fromName} to {one.toName}: {units(one.units)} units)</span>)}. Shopify is told at once.</p>}
        </div>
      )}
    </>
  );
}

const fits = (row: TransferProposal): boolean => row.quantity >= 1 && row.quantity <= row.worth.here;
/** The gain is that of the quantity proposed. */
const isAsProposed = (chosen: readonly TransferProposal[], rows: readonly TransferProposal[]): boolean => chosen.every((one) => rows.find((row) => idOf(row) === idOf(one))?.quantity === one.quantity);

function toggled(chosen: readonly TransferProposal[], row: TransferProposal): TransferProposal[] {
  const others = chosen.filter((one) => idOf(one) !== idOf(row));
  return others.length < chosen.length ? others : [...others, row];
}

/** A transfer for each pair of places. */
function pairsOf(chosen: readonly TransferProposal[]): TransferProposal[][] {
  const found = new Map<string, TransferProposal[]>();
  for (const row of chosen) {
    const key = `${row.fromLocationId}>${row.toLocationId}`, lines = found.get(key);
    if (lines) lines.push(row); else found.set(key, [row]);
  }
  return [...found.values()].map((lines) => lines.slice(0, MOST_LINES));
}

function proposalColumns(currency: string, chosen: readonly TransferProposal[], toggle: (row: TransferProposal) => void, set: (row: TransferProposal, quantity: number) => void): Column<TransferProposal>[] {
  const say = (minor: number): string => money(minor, currency), chosenOf = (row: TransferProposal): TransferProposal | undefined => chosen.find((one) => idOf(one) === idOf(row));
  return [
    { id: 'select', header: '✓', title: 'Choose proposals', width: 56, cell: (row) => <span className="row tight"><Checkbox size="xs" aria-label={`Choose ${row.sku || row.title}`} checked={chosenOf(row) !== undefined} onChange={() => toggle(row)} onClick={(event) => event.stopPropagation()} tabIndex={-1} />{row.warehouse !== null && <Tooltip label={`${row.warehouse} has the count at one of the places: its people move it. Chosen, it is put on the list for them.`} multiline w={240} events={{ hover: true, focus: true, touch: true }}><IconBuildingWarehouse size={15} tabIndex={-1} role="img" aria-label={`Moved by ${row.warehouse}`} className="dim" /></Tooltip>}</span> },
    { id: 'sku', header: 'SKU', width: 142, card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?location=${row.toLocationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
    { id: 'title', header: 'Title', width: 110, grows: true, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
    { id: 'units', header: 'Move', title: 'Units; of a chosen proposal they can be others, up to what stands at the origin', width: 96, align: 'right', card: 'pair', cell: (row) => <Units row={row} chosen={chosenOf(row)} set={set} /> },
    { id: 'from', header: 'From', width: 124, card: 'wide', cell: (row) => <span className="ellipsis">{row.fromName}</span> },
    { id: 'here', header: 'Has', title: 'Available at the origin', width: 62, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.worth.here)}</span> },
    { id: 'to', header: 'To', width: 124, card: 'wide', cell: (row) => <span className="ellipsis">{row.toName}</span> },
    { id: 'there', header: 'Has', title: 'Available and incoming at the destination', width: 72, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.worth.there)}{row.worth.thereIncoming > 0 && <span className="dim"> +{units(row.worth.thereIncoming)}</span>}</span> },
    { id: 'first', header: 'First unit, to / from', title: 'What the first unit is worth at the destination, and at the origin', width: 148, align: 'right', cell: (row) => <Worth there={say(row.worth.firstThere)} here={say(row.worth.firstHere)} /> },
    { id: 'last', header: 'Last unit, to / from', title: 'What the last unit is worth at the destination, and at the origin', width: 148, extra: true, align: 'right', cell: (row) => <Worth there={say(row.worth.lastThere)} here={say(row.worth.lastHere)} /> },
    { id: 'gain', header: 'Gain', title: 'Expected margin less the cost of moving', width: 104, align: 'right', card: 'pair', cell: (row) => <strong className="num">{say(row.gain)}</strong> },
  ];
}

function Worth({ there, here }: { there: string; here: string }) {
  return <span className="num" title={`${there} at the destination, ${here} at the origin`}>{there} <span className="dim">/ {here}</span></span>;
}

/** Chosen: a number to type. */
function Units({ row, chosen, set }: { row: TransferProposal; chosen: TransferProposal | undefined; set(row: TransferProposal, quantity: number): void }) {
  if (!chosen) return <strong className="num">{units(row.quantity)}</strong>;
  const isWrong = !fits(chosen);
  return <NumberInput size="xs" className="proposal-units" aria-label={`Units of ${row.sku || row.title} to move, at most ${row.worth.here}`} title={isWrong ? `1 to ${row.worth.here}` : undefined} min={1} max={row.worth.here} clampBehavior="none" hideControls allowDecimal={false} allowNegative={false} error={isWrong} value={chosen.quantity || ''} onChange={(value) => set(row, Number(value) || 0)} />;
}
