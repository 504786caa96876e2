/** The lines: of a draft to be changed, of any other order to be read, with what each costs once it is here. */
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconArrowNarrowRight, IconHelpCircle, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { PurchaseDetail, PurchaseLine } from '../api/purchasing-queries.ts';
import { ItemPicker } from '../mapping/ItemPicker.tsx';
import { EmptyState } from '../ui/feedback.tsx';
import { day, money, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Steady, type Hands } from '../ui/Steady.tsx';
import { minorOf, typed, wholeOf } from './look.ts';
import { useStep } from './use-step.ts';

interface Edited { itemId: number; sku: string | null; title: string; supplierSku: string; quantity: string; cost: string; why: string | null; line: PurchaseLine | null }

export function PurchaseLines({ order }: { order: PurchaseDetail }) {
  const edited = (of: PurchaseDetail): string => JSON.stringify(of.lines.map((line) => [line.itemId, line.supplierSku, line.ordered, line.unitCost, line.expectedOn]));
  return order.state === 'draft' ? <Steady of={order} by={edited}>{(steady, hands) => <Draft order={steady} hands={hands} />}</Steady> : <Fixed order={order} />;
}

function Draft({ order, hands }: { order: PurchaseDetail; hands: Hands }) {
  const step = useStep(order, hands.saved), begin = (): Edited[] => order.lines.map((line) => ({ itemId: line.itemId, sku: line.sku, title: line.title, supplierSku: line.supplierSku ?? '', quantity: String(line.ordered), cost: typed(line.unitCost, order.currency), why: line.why, line }));
  const [rows, setRows] = useState(begin), [touched, setTouched] = useState(false), touch = (): void => { hands.touch(); setTouched(true); };
  const change = (itemId: number, part: Partial<Edited>): void => { touch(); setRows((old) => old.map((row) => (row.itemId === itemId ? { ...row, ...part } : row))); };
  const read = rows.map((row) => ({ row, quantity: wholeOf(row.quantity), cost: minorOf(row.cost, order.currency) })), wrong = read.some(({ quantity, cost }) => quantity == null || cost === undefined);
  const goods = read.reduce((sum, { quantity, cost }) => sum + (quantity ?? 0) * (cost ?? 0), 0);
  const save = (): void => step.mutate({ verb: 'amend', body: { lines: read.map(({ row, quantity, cost }) => ({ itemId: row.itemId, quantity: quantity ?? 0, ...(cost == null ? {} : { unitCost: cost }), expectedOn: row.line?.expectedOn ?? null, supplierSku: row.supplierSku.trim() || null })) } });
  return (
    <Panel flush>
      <form onSubmit={(event) => { event.preventDefault(); if (!wrong) save(); }}>
        <Wide label="Lines of the draft">
          <table className="plain lines edit">
            <thead><tr><th>Item</th><th>Supplier’s code</th><th className="num">Units</th><th className="num">Unit cost ({order.currency})</th><th className="num">Goods</th><th className="num" title="With its share of shipping, duty and other cost, over the units that came or are still to come">Landed</th><th className="num">Available</th><th title={RUNS_OUT}>Runs out</th><th aria-label="Remove" /></tr></thead>
            <tbody>
              {read.map(({ row, quantity, cost }) => (
                <tr key={row.itemId}>
                  <td><Thing itemId={row.itemId} sku={row.sku} title={row.title} why={row.why} /></td>
                  <td><TextInput aria-label={`Supplier’s code of ${row.sku || row.title}`} value={row.supplierSku} maxLength={200} onChange={(event) => change(row.itemId, { supplierSku: event.currentTarget.value })} /></td>
                  <td className="num"><TextInput className="amount" inputMode="numeric" aria-label={`Units of ${row.sku || row.title}`} value={row.quantity} error={quantity == null} onChange={(event) => change(row.itemId, { quantity: event.currentTarget.value })} /></td>
                  <td className="num"><TextInput className="amount" inputMode="decimal" aria-label={`Unit cost of ${row.sku || row.title}`} placeholder="supplier’s" value={row.cost} error={cost === undefined} onChange={(event) => change(row.itemId, { cost: event.currentTarget.value })} /></td>
                  <td className="num">{quantity != null && cost != null ? money(quantity * cost, order.currency) : <span className="dim">–</span>}</td>
                  <td className="num dim">{row.line && !touched ? money(row.line.landedUnitCost, order.currency) : '–'}</td>
                  <td className="num dim">{row.line ? units(row.line.available) : '–'}</td>
                  <td>{row.line && !touched ? <RunsOut line={row.line} /> : <span className="dim">–</span>}</td>
                  <td><ActionIcon variant="subtle" color="gray" aria-label={`Take ${row.sku || row.title} off`} onClick={() => { touch(); setRows((old) => old.filter((each) => each.itemId !== row.itemId)); }}><IconTrash size={16} /></ActionIcon></td>
                </tr>))}
            </tbody>
          </table>
          {rows.length === 0 && <EmptyState title="No lines yet">Find an item below; its price at this supplier is filled in when you save.</EmptyState>}
        </Wide>
        <div className="lines-foot">
          <ItemPicker label="Add an item" placeholder="Add: SKU, title or barcode" hideLabel pick={(hit) => { if (rows.some((row) => row.itemId === hit.itemId)) return; touch(); setRows((old) => [...old, { itemId: hit.itemId, sku: hit.sku, title: hit.title, supplierSku: '', quantity: '1', cost: '', why: null, line: null }]); }} />
          {touched ? <span className="row"><span className="dim">Goods {money(goods, order.currency)}</span><Button variant="subtle" onClick={() => { hands.saved(); setRows(begin()); setTouched(false); }}>Undo</Button><Button type="submit" loading={step.isPending} disabled={wrong}>Save lines</Button></span> : <span className="dim small">Change a number and save; each save is a version.</span>}
        </div>
      </form>
    </Panel>
  );
}

function Fixed({ order }: { order: PurchaseDetail }) {
  const some = (field: 'received' | 'damaged' | 'cancelled'): boolean => order.lines.some((line) => line[field] > 0), received = some('received') || some('damaged'), ahead = order.lines.some((line) => line.runsOut !== null), say = (minor: number): string => money(minor, order.currency);
  return (
    <Panel flush>
      <Wide label="Lines">
        <table className="plain lines">
          <thead><tr><th>Item</th><th className="num">Ordered</th>{received && <th className="num">Received</th>}{some('damaged') && <th className="num">Damaged</th>}{some('cancelled') && <th className="num">Cancelled</th>}<th className="num">Open</th><th className="num">Unit cost</th><th className="num">Goods</th><th className="num" title="With its share of shipping, duty and other cost, over the units that came or are still to come">Landed</th>{ahead && <th title={RUNS_OUT}>Runs out</th>}{order.authority === 'storefront' && <th>In Shopify</th>}</tr></thead>
          <tbody>
            {order.lines.map((line) => (
              <tr key={line.line}>
                <td><Thing itemId={line.itemId} sku={line.sku} title={line.title} why={line.why} code={line.supplierSku} /></td>
                <td className="num">{units(line.ordered)}</td>{received && <td className="num">{line.received > line.ordered ? <strong title="more than ordered">{units(line.received)}</strong> : units(line.received)}</td>}{some('damaged') && <td className="num">{line.damaged > 0 ? <span className="negative">{units(line.damaged)}</span> : <span className="dim">0</span>}</td>}{some('cancelled') && <td className="num">{units(line.cancelled)}</td>}
                <td className="num">{line.open === 0 ? <span className="dim">0</span> : units(line.open)}</td><td className="num">{say(line.unitCost)}</td><td className="num">{say(line.goods)}</td><td className="num"><span title={`${say(line.landedUnits * line.unitCost)} and ${say(line.landedShare)} of the charges, over ${units(line.landedUnits)} units that came or are still to come`}>{say(line.landedUnitCost)}</span></td>
                {ahead && <td><RunsOut line={line} /></td>}
                {order.authority === 'storefront' && <td className="dim">{line.incomingWritten === null ? '–' : line.incomingWritten === 'written' ? (line.open > 0 ? 'incoming' : 'settled') : line.incomingWritten}</td>}
              </tr>))}
          </tbody>
          <tfoot><tr><td><strong>In all</strong></td><td className="num"><strong>{units(order.units)}</strong></td>{received && <td className="num">{units(order.lines.reduce((s, l) => s + l.received, 0))}</td>}{some('damaged') && <td className="num">{units(order.lines.reduce((s, l) => s + l.damaged, 0))}</td>}{some('cancelled') && <td className="num">{units(order.lines.reduce((s, l) => s + l.cancelled, 0))}</td>}<td className="num">{units(order.openUnits)}</td><td /><td className="num"><strong>{say(order.goods)}</strong></td><td />{ahead && <td />}{order.authority === 'storefront' && <td />}</tr></tfoot>
        </table>
      </Wide>
    </Panel>
  );
}

const RUNS_OUT = 'The day it is more likely than not sold out there without this order → and again once its units are there';

/** A gap between running out and the goods is what a buyer wants to see first. */
function RunsOut({ line: { runsOut } }: { line: PurchaseLine }) {
  if (runsOut === null) return <span className="dim">–</span>;
  const say = (on: string | null): string => (on === null ? `after ${day(runsOut.until, true)}` : day(on, true)), gap = runsOut.without !== null && runsOut.without < runsOut.here;
  return <span className="runs-out" title={`${gap ? `Sold out from ${day(runsOut.without)} until it comes on ${day(runsOut.here)}` : `Its units come on ${day(runsOut.here)}`}; then it lasts until ${say(runsOut.with)}`}><span className={gap ? 'negative' : 'dim'}>{say(runsOut.without)}</span>{runsOut.with !== runsOut.without && <><IconArrowNarrowRight size={14} role="img" aria-label="then" />{say(runsOut.with)}</>}</span>;
}

function Thing({ itemId, sku, title, why, code }: { itemId: number; sku: string | null; title: string; why: string | null; code?: string | null }) {
  return (
    <span className="row tight"><span className="two-line"><Link to="/items/$itemId" params={{ itemId: String(itemId) }} search={{ tab: 'replenishment' }}>{sku || 'no SKU'}</Link><span className="dim small">{title}{code && ` · ${code}`}</span></span>
      {why && <Tooltip label={why} multiline w={320} events={{ hover: true, focus: true, touch: true }}><ActionIcon variant="subtle" color="gray" size={22} aria-label={`Why: ${why}`}><IconHelpCircle size={15} /></ActionIcon></Tooltip>}</span>
  );
}
