/**
 * transfers: a transfer somebody made → Shopify, and followed there until it is received.   Woken when a step is asked for, and every five minutes.
 *  1 gather  transfers with a step asked for and those under way; what Shopify shows of each
 *  2 decide  domain/replenishment/transfer-steps: the call to make, or what is seen is the outcome: after a lost answer it is looked up, not repeated
 *  3 send    made ready, changed, shipped or received in parts, or cancelled, each under a key of its own, the same at every try
 *  4 record  the state and the units shipped, accepted and rejected; stock follows by Shopify's own events, as after anybody's edit
 *  5 settle  moves a warehouse's people were told of, by the warehouse's own changes; TRANSFER_REFUSED opened and closed by what Shopify said
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { isCountedOver, isMoved, receiptOf, rejectedUnits } from '../domain/replenishment/transfer-moves.ts';
import { nextStep, type TransferStepName } from '../domain/replenishment/transfer-steps.ts';
import { some, unstopped } from '../domain/wording.ts';
import type { StorefrontTransfer, TransferStep } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { seeMoves } from '../store/warehouse-moves.ts';
import { settleTransfer, transferLines, transferMoves, transfersRefused, transfersUnderWay, type MoveRow, type TransferRow } from '../store/transfers.ts';

const AT_ONCE = 100, LONGEST_WAIT_MS = 3_600_000, LEAST_WAIT_MS = 2_000;

export const transfers = defineFlow({
  name: 'transfers', moves: 'a transfer somebody made → Shopify, until it is received', owner: 'planner', schedule: { cron: '3-59/5 * * * *' }, raises: ['TRANSFER_REFUSED'],
  async run(context) {
    const { db, storeId, tally } = context;
    for (const row of await transfersUnderWay(db, storeId, context.now(), AT_ONCE)) {
      tally.input++;
      const outcome = await moveOn(context, row);
      if (outcome === 'moved') tally.applied++;
      else if (outcome === 'still') tally.unchanged++;
      else tally.failed[outcome] = (tally.failed[outcome] ?? 0) + 1;
    }
    const seen = await seeMoves(db, storeId, context.now());
    if (seen > 0) { context.detail['movesSeen'] = seen; context.changed('transfers'); }
    await context.checked('TRANSFER_REFUSED', (await transfersRefused(db, storeId)).map((row): RaisedException => ({
      kind: 'TRANSFER_REFUSED', key: `transfer/${row.transfer_id}`, subject: `${row.reference} from ${row.from_location} to ${row.to_location}`, sentence: `Shopify refused a step of ${row.reference} (${some(row.units, 'unit')} from ${row.from_location} to ${row.to_location}): ${row.message === null ? 'it said nothing' : unstopped(row.message)}.`,
      evidence: { transferId: row.transfer_id, state: row.state, message: row.message }, locationId: row.to_location_id,
    })));
    if (tally.applied > 0) { context.changed('transfers', 'stock', 'replenishment'); for (const flow of ['stock-levels', 'drift-check']) await context.enqueue(flow); }
  },
});

async function moveOn(context: FlowContext, row: TransferRow): Promise<'moved' | 'still' | 'no answer' | 'refused'> {
  const { db, storeId, storefront } = context, settle = (to: Parameters<typeof settleTransfer>[3]): Promise<boolean> => settleTransfer(db, storeId, row, to, context.now());
  const later = (ms: number): string => new Date(context.clock.now().getTime() + ms).toISOString();
  const part = row.asked === 'ship' || row.asked === 'receive' || row.asked === 'change' ? (await transferMoves(db, storeId, row.transfer_id, 1)).find((one) => one.state === 'asked') ?? null : null;
  const refuse = async (why: string, seen: StorefrontTransfer | null): Promise<'refused'> => { await settle({ ...told(row, seen), asked: null, refused: true, message: why, attempts: 0, notBefore: null, part: part && { id: part.transfer_move_id, state: 'refused' } }); return 'refused'; };
  try {
    // The first try of a new one needs no look.
    let seen = row.shopify_transfer_id !== null ? await storefront.transfer(row.shopify_transfer_id) : row.attempts === 0 && row.asked === 'create' ? null : await storefront.transferMadeBy(keyOf(row));
    const next = nextStep(row.asked, row.state, seen && { status: seen.status, underWay: seen.shipments.filter((one) => one.status === 'in transit').length, isMoved: part !== null && isMoved(part.move, seen), isCountedOver: part !== null && isCountedOver(part.move, seen) });
    if (next.do === 'refuse') return await refuse(next.why, seen);
    if (next.do === 'settle') return (await settle({ state: next.state, asked: null, message: null, attempts: 0, notBefore: null })) ? 'moved' : 'still';
    if (next.do !== 'record') {
      // It is written down that the call goes out: whatever happens to its answer, the next try looks first.
      if (row.attempts === 0) await settle({ asked: row.asked, message: null, attempts: 1, notBefore: null });
      const made = await send(context, row, next.do, seen, part);
      if (made.outcome === 'refused') return await refuse(made.message, seen);
      if (made.outcome !== 'written') { await settle({ asked: row.asked, message: made.message, attempts: row.attempts + 1, turn: row.turn + (made.outcome === 'new key' ? 1 : 0), notBefore: later(LEAST_WAIT_MS) }); return 'no answer'; }
      seen = await storefront.transfer(seen?.id ?? made.id);
    }
    return (await settle({ ...told(row, seen), asked: null, message: row.asked === null && row.refused ? row.message : null, refused: row.asked === null && row.refused, attempts: 0, notBefore: null, part: part && { id: part.transfer_move_id, state: 'done' } })) ? 'moved' : 'still';
  } catch (error) {
    await settle({ asked: row.asked, message: `no answer: ${(error as Error).message}`, attempts: row.attempts + 1, refused: row.refused, notBefore: later(Math.min(LEAST_WAIT_MS * 2 ** Math.min(row.attempts, 12), LONGEST_WAIT_MS)) });
    if ((error as Error).name === 'TokenDead') throw error;
    return 'no answer';
  }
}

const keyOf = (row: TransferRow): string => idempotencyKey(`transfers/${row.key}`);

/** The part that was asked for; a receipt shipment by shipment, those first that do not show it yet. */
async function send({ db, storeId, storefront }: FlowContext, row: TransferRow, step: TransferStepName, seen: StorefrontTransfer | null, part: MoveRow | null): Promise<TransferStep> {
  if (step === 'create') {
    const lines = await transferLines(db, storeId, row.transfer_id);
    return storefront.createTransfer({ key: row.turn === 0 ? keyOf(row) : idempotencyKey(`transfers/${row.key}/create/${row.turn}`), tag: keyOf(row), reference: row.reference, fromLocationId: row.from_shopify_id, toLocationId: row.to_shopify_id, note: row.reason, lines: lines.map((line) => ({ inventoryItemId: line.inventory_item_id, quantity: line.quantity })) });
  }
  if (step === 'cancel') return storefront.cancelTransfer(seen!.id);
  if (part === null) return { outcome: 'refused', message: 'What of it was asked for is not known any more: ask again' };
  const { move } = part, key = `transfers/${row.key}/${move.kind}/${part.transfer_move_id}/${row.turn}`;
  if (move.kind === 'ship') return storefront.shipTransfer({ key: idempotencyKey(key), transferId: seen!.id, lines: move.lines });
  if (move.kind === 'change') {
    const kept = move.lines.filter((line) => line.quantity > 0), gone = seen!.lines.filter((line) => move.lines.some((one) => one.inventoryItemId === line.inventoryItemId && one.quantity === 0)), set: TransferStep = kept.length === 0 ? { outcome: 'written', id: seen!.id } : await storefront.setTransferQuantities({ key: idempotencyKey(key), transferId: seen!.id, lines: kept });
    return set.outcome !== 'written' || gone.length === 0 ? set : storefront.removeTransferLines({ transferId: seen!.id, lineIds: gone.map((line) => line.lineId) });
  }
  let last: TransferStep = { outcome: 'refused', message: 'Nothing of it is on its way' };
  for (const [shipmentId, became] of receiptOf(move.lines, seen!)) {
    if (became !== 'open') continue;
    const shipment = seen!.shipments.find((one) => one.id === shipmentId)!, lines = move.lines.filter((line) => line.shipmentId === shipmentId && line.accepted + rejectedUnits(line) > 0);
    last = await storefront.receiveShipment({ key: idempotencyKey(`${key}/${shipmentId}`), shipmentId, lines: lines.map((line) => ({ lineId: shipment.lines.find((one) => one.inventoryItemId === line.inventoryItemId)!.lineId, accepted: line.accepted, rejected: rejectedUnits(line) })) });
    if (last.outcome !== 'written') return last;
  }
  return last;
}

/** What Shopify shows, as it is kept. A state it has no word of ours for leaves ours as it is. */
function told(row: TransferRow, seen: StorefrontTransfer | null): Pick<Parameters<typeof settleTransfer>[3], 'state' | 'shopifyId' | 'seen'> {
  if (seen === null) return {};
  return { state: seen.status === 'other' ? row.state : seen.status, shopifyId: seen.id, seen };
}
