/**
 * Orders and announced returns as sales of one party; a return is a sale of negative quantities, as Tryton itself makes them.
 *
 * `sale.reference` is ours, `sale.description` holds name and version, `sale.line.note` our line reference. Tryton has no idempotency of its own, so the
 * reference is looked for before anything is made, and a sale found unfinished is finished. An order that changes is replaced: lines of a sale
 * in processing cannot be edited, so its shipments are cancelled, its reference is put aside, and a new sale takes it.
 */
import { WarehouseRefused, type KnownOrder, type WarehouseOrderLine } from '../../ports/warehouse.ts';
import { TrytonError, type TrytonClient } from './client.ts';
import type { Places } from './places.ts';
import { decimal } from './wire.ts';

export const ORDER = 'Instep order', RETURN = 'Instep return';
export const CANCELLED = 'cancelled by Instep';

interface SaleRow { id: number; number: string | null; reference: string; description: string; state: string; moves: number[] }
export interface Sale extends SaleRow { kind: string; version: number; moveStates: { state: string; shipment: string | null }[] }

/** `open` also while nothing is planned yet. Cancelled remainders do not keep an order open. */
export function stateOf(sale: Sale): KnownOrder['state'] {
  const isDone = sale.moveStates.some((move) => move.state === 'done');
  const isOpen = sale.moveStates.some((move) => !['done', 'cancelled'].includes(move.state));
  if (isDone) return isOpen ? 'shipped in part' : 'shipped';
  return !isOpen && (sale.moveStates.length > 0 || sale.state === 'cancelled') ? 'cancelled' : 'open';
}

/** Everything of it left: there is nothing to cancel. */
export const hasLeft = (sale: Sale): boolean => sale.moveStates.length > 0 && sale.moveStates.every((move) => move.state === 'done');

/** Draft and quotation: a sale we did not finish. */
export const isUnfinished = (sale: Sale): boolean => sale.state === 'draft' || sale.state === 'quotation';

export interface NewSale { kind: typeof ORDER | typeof RETURN; reference: string; title: string; version: number; sign: 1 | -1; lines: readonly WarehouseOrderLine[] }

export function sales(client: TrytonClient, places: Places) {
  async function find(kind: string, reference: string): Promise<Sale | null> {
    const domain = [['reference', '=', reference], ['party', '=', places.customer], ['description', 'like', `${kind} %`]];
    const rows = await client.call<SaleRow[]>('sale.sale', 'search_read', [domain, 0, 10, [['id', 'ASC']], ['number', 'reference', 'description', 'state', 'moves']]);
    const row = rows[0];
    if (!row) return null;
    const moveStates = row.moves.length === 0 ? [] : await client.call<Sale['moveStates']>('stock.move', 'read', [row.moves, ['state', 'shipment']]);
    return { ...row, kind, moveStates, version: Number(/version (\d+)/.exec(row.description)?.[1] ?? 1) };
  }

  /** Product ids of the lines. Throws `WarehouseRefused` when a code is unknown or names several products. */
  async function productsOf(lines: readonly WarehouseOrderLine[]): Promise<Map<string, { id: number; unit: number; name: string }>> {
    const codes = [...new Set(lines.map((line) => line.sku))];
    const rows = await client.call<{ id: number; code: string; default_uom: number; rec_name: string }[]>('product.product', 'search_read', [[['code', 'in', codes]], 0, 2 * codes.length + 10, null, ['code', 'default_uom', 'rec_name']]);
    const products = new Map<string, { id: number; unit: number; name: string }>();
    for (const row of rows) {
      if (products.has(row.code)) throw new WarehouseRefused(`Tryton has two products with the code ${row.code}.`);
      products.set(row.code, { id: row.id, unit: row.default_uom, name: row.rec_name });
    }
    const missing = codes.filter((code) => !products.has(code));
    if (missing.length > 0) throw new WarehouseRefused(`Tryton has no product with the code ${missing.slice(0, 5).join(', ')}.`);
    return products;
  }

  /** A draft. `on_change` does not run over RPC: everything it would fill in is given. Nothing is invoiced: the shop does that. */
  async function create(sale: NewSale): Promise<void> {
    const products = await productsOf(sale.lines);
    const lines = sale.lines.map((line) => {
      const product = products.get(line.sku)!;
      return { type: 'line', product: product.id, unit: product.unit, quantity: sale.sign * line.quantity, unit_price: decimal('0'), description: product.name, note: line.lineReference };
    });
    const values = {
      company: places.company, currency: places.currency, party: places.customer, invoice_address: places.address, shipment_address: places.address, warehouse: places.warehouse,
      reference: sale.reference, description: `${sale.kind} ${sale.title}, version ${sale.version}`, invoice_method: 'manual', shipment_method: 'order', lines: [['create', lines]],
    };
    const [id] = await client.call<[number]>('sale.sale', 'create', [[values]]);
    // Two workers may both have found nothing: the older sale stands.
    const first = await find(sale.kind, sale.reference);
    if (first && first.id !== id) await client.call('sale.sale', 'delete', [[id]]);
  }

  /** Through its workflow to the planned shipment. A button in the wrong state does nothing and says nothing: what counts is the state read afterwards. */
  async function finish(kind: string, reference: string): Promise<Sale> {
    const draft = (await find(kind, reference))!;
    try {
      await client.call('sale.sale', 'quote', [[draft.id]]);
      await client.call('sale.sale', 'confirm', [[draft.id]]);
    } catch (error) {
      if (!(error instanceof TrytonError)) throw error;
      await client.call('sale.sale', 'cancel', [[draft.id]]);
      throw new WarehouseRefused(error.message, { cause: error });
    }
    const sale = (await find(kind, reference))!;
    if (isUnfinished(sale)) throw new TrytonError('sale.sale.confirm', 'state', `the sale ${sale.number} stays in state ${sale.state}`);
    return sale;
  }

  const write = (sale: Sale, values: object): Promise<unknown> => client.call('sale.sale', 'write', [[sale.id], values]);

  /** Cancels what has not left; answers what then is. The mark comes first, so that nobody hears of our own cancelling as a refusal. */
  async function cancel(sale: Sale): Promise<Sale> {
    if (hasLeft(sale)) return sale;
    await write(sale, { description: sale.description.includes(CANCELLED) ? sale.description : `${sale.description}, ${CANCELLED}` });
    if (['draft', 'quotation', 'confirmed'].includes(sale.state)) await client.call('sale.sale', 'cancel', [[sale.id]]);
    const shipments = [...new Set(sale.moveStates.flatMap((move) => (move.shipment?.startsWith('stock.shipment.out,') ? [Number(move.shipment.split(',')[1])] : [])))];
    if (shipments.length > 0) await client.call('stock.shipment.out', 'cancel', [shipments]);
    const [{ shipment_state: shipmentState }] = await client.call<[{ shipment_state: string }]>('sale.sale', 'read', [[sale.id], ['shipment_state']]);
    // Cancelled moves leave the sale in an exception that waits for a person; our answer is “do not send them again”.
    if (shipmentState === 'exception') await client.wizard('sale.handle.shipment.exception', { model: 'sale.sale', id: sale.id }, ({ domain_moves }) => ({ recreate_moves: [], domain_moves }), 'handle');
    const after = (await find(sale.kind, sale.reference))!;
    if (hasLeft(after)) await write(sale, { description: sale.description });
    return after;
  }

  /** Frees the reference for the next version. */
  const putAside = (sale: Sale): Promise<unknown> => write(sale, { reference: `${sale.reference} (version ${sale.version})` });

  return { find, create, finish, cancel, putAside };
}
