/** Order edits being prepared: staged in memory between `orderEditBegin` and `orderEditCommit`, as Shopify stages them in a session. */
import type { LineItemRecord, OrderRecord, Shop } from './state.ts';

/** A staged order: line id to wanted quantity, and variants to add. */
export interface OrderEdit {
  id: string; orderId: string;
  set: { lineItemId: string; quantity: number; restock: boolean }[];
  add: { variantId: string; quantity: number }[];
}
export interface CalculatedLine { id: string; line: LineItemRecord | null; variantId: string | null; quantity: number; before: number; restocking: boolean }

const MAX_SESSIONS = 1_000;

export class OrderEdits {
  private readonly sessions = new Map<string, OrderEdit>();

  begin(shop: Shop, orderId: string): OrderEdit {
    const edit: OrderEdit = { id: shop.nextId('CalculatedOrder'), orderId, set: [], add: [] };
    this.sessions.set(edit.id, edit);
    // Abandoned sessions must not pile up; the oldest goes first.
    if (this.sessions.size > MAX_SESSIONS) this.sessions.delete(this.sessions.keys().next().value as string);
    return edit;
  }

  get(id: string): OrderEdit | undefined {
    return this.sessions.get(id);
  }

  setQuantity(edit: OrderEdit, lineItemId: string, quantity: number, restock: boolean): void {
    edit.set = [...edit.set.filter((change) => change.lineItemId !== lineItemId), { lineItemId, quantity, restock }];
  }

  end(id: string): void {
    this.sessions.delete(id);
  }
}

/** Lines as they would be after the commit; an added variant has an id of its own until then. */
export function calculatedLines(edit: OrderEdit, order: OrderRecord): CalculatedLine[] {
  const existing = order.lines.map((line): CalculatedLine => {
    const change = edit.set.find((candidate) => candidate.lineItemId === line.id);
    return { id: line.id, line, variantId: line.variantId, quantity: change?.quantity ?? line.currentQuantity, before: line.currentQuantity, restocking: change?.restock ?? false };
  });
  const added = edit.add.map((addition, index): CalculatedLine =>
    ({ id: `${edit.id}${index}`, line: null, variantId: addition.variantId, quantity: addition.quantity, before: 0, restocking: false }));
  return [...existing, ...added];
}
