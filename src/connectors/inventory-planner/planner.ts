/**
 * Inventory Planner by Sage, as documented and as its public clients use it. What is in doubt is done the safe way (docs/inventory-planner.md, open
 * questions): totals received are absolute and set line by line, an order is looked for by its reference, every list is asked with a limit.
 */
import { money, toDecimal } from '../../domain/money.ts';
import { HttpError } from '../http.ts';
import { PlannerRefused, type Planner } from '../../ports/planner.ts';
import { sftpFolder, type Folder } from '../sftp-folder.ts';
import type { SftpSettings } from '../sftp-settings.ts';
import { advancedFile } from './advanced-files.ts';
import { plannerClient, type ClientOptions, type Json } from './client.ts';
import { wholeList } from './pages.ts';
import { readLine, readOrder, readRows, readVariant, readWarehouse, VARIANT_FIELDS } from './wire.ts';

export interface InventoryPlannerOptions extends ClientOptions { /** The account's. */ timeZone: string; sftp: SftpSettings | null }

const decimal = (minor: number, currency: string): number => Number(toDecimal(money(minor, currency)));

export function inventoryPlanner(options: InventoryPlannerOptions): Planner {
  const client = plannerClient(options), { timeZone } = options;
  let folder: Folder | null = null;
  const orders = async (query: Record<string, string>) => readRows(await wholeList(client, 'purchase-orders', 'purchase-orders', query), 'purchase order', (row) => readOrder(row, timeZone));

  return {
    async check() {
      const { warehouses, rejects } = await this.warehouses();
      const able = warehouses.filter((one) => !one.isDisabled);
      if (rejects.length > 0) throw new HttpError(`${rejects[0]!.where}: ${rejects[0]!.field} ${rejects[0]!.message}`, 502);
      return { detail: `${new URL(options.origin).host} answers and knows the key; ${able.length} of its ${warehouses.length} warehouses ${able.length === 1 ? 'is' : 'are'} enabled` };
    },
    async warehouses() {
      const { good, rejects } = readRows(await wholeList(client, 'warehouses', 'warehouses', {}), 'warehouse', readWarehouse);
      return { warehouses: good, rejects };
    },
    async variants() {
      const { good, rejects } = readRows(await wholeList(client, 'variants', 'variants', { fields: VARIANT_FIELDS, id_sort: 'asc' }), 'variant', readVariant);
      return { variants: good, rejects };
    },
    async orders() {
      const { good, rejects } = await orders({ last_modified_sort: 'desc' });
      return { orders: good, rejects };
    },
    async findOrders(reference) {
      const { good } = await orders({ reference });
      return good.filter((one) => one.reference === reference).sort((a, b) => (a.id < b.id ? -1 : 1)).sort((a, b) => (a.modifiedAt ?? '').localeCompare(b.modifiedAt ?? ''));
    },
    async lines(orderId, currency) {
      if (await client.get(`purchase-orders/${encodeURIComponent(orderId)}`) === null) return null;
      const { good, rejects } = readRows(await wholeList(client, `purchase-orders/${encodeURIComponent(orderId)}/items`, 'items', {}), `item of ${orderId}`, (row) => readLine(row, currency));
      // An order without one of its lines is another order.
      if (rejects.length > 0) throw new PlannerRefused(`${rejects[0]!.where}: ${rejects[0]!.field ?? 'it'} ${rejects[0]!.message}`);
      return good;
    },
    async makeOrder(order) {
      const answer = await client.write('POST', 'purchase-orders', { 'purchase-order': {
        reference: order.reference, status: order.status, vendor: order.vendor, warehouse: order.warehouseId, currency: order.currency, notes: order.notes, type: 'po', ...(order.expectedOn === null ? {} : { expected_date: order.expectedOn }),
        items: order.lines.map((line) => ({ id: line.variantId, replenishment: line.ordered, cost_price: decimal(line.unitCost, order.currency) })),
      } });
      const id = (answer['purchase-order'] as Json | undefined)?.['id'];
      return typeof id === 'string' && id !== '' ? id : null;
    },
    async changeOrder(orderId, change) {
      await client.write('PUT', `purchase-orders/${encodeURIComponent(orderId)}`, { 'purchase-order': { ...(change.status === undefined ? {} : { status: change.status }), ...(change.expectedOn == null ? {} : { expected_date: change.expectedOn }) } });
    },
    async changeLines(orderId, lines, currency) {
      await client.write('PATCH', `purchase-orders/${encodeURIComponent(orderId)}/items`, { items: lines.map((line) => ({ id: line.variantId, replenishment: line.ordered, cost_price: decimal(line.unitCost, currency) })) });
    },
    async setReceived(orderId, variantId, total) {
      await client.write('PATCH', `purchase-orders/${encodeURIComponent(orderId)}/items/${encodeURIComponent(variantId)}`, { item: { id: variantId, received: total } });
    },
    async putRows(kind, rows, currency, into, part) {
      if (!options.sftp) throw new PlannerRefused('No SFTP folder is set up for files');
      const file = advancedFile(kind, rows, currency, options.clock.now(), into, part);
      folder ??= sftpFolder(options.sftp);
      await folder.makeFolder(file.folder);
      await folder.write(`${file.folder}/${file.name}`, file.content);
      return file;
    },
    async close() { folder?.close(); folder = null; },
  };
}
