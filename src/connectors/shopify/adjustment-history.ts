/**
 * Who changed stock: Shopify's own record of its adjustments, asked with ShopifyQL, the one query that names the app or person of what others wrote. It wants the scope
 * `read_reports` and, as all of ShopifyQL, access to protected customer data; the table asked has no customer in it (docs/decisions/078-who-changed-it.md).
 */
import type { Adjustment, AdjustmentsRead } from '../../ports/storefront.ts';
import { ShopifyError, type AdminClient } from './admin-client.ts';
import { ADJUSTMENT_HISTORY } from './documents.ts';

/** Items of one question, and rows of one answer: the newest ones. */
const MOST_ITEMS = 50, MOST_ROWS = 1_000;
const CHANGE = 'inventory_adjustment_change';
const BY = ['second', 'inventory_adjustment_id', 'inventory_item_id', 'inventory_location_id', 'inventory_state', 'inventory_change_reason', 'inventory_app_name', 'staff_member_name', 'reference_document_uri', 'reference_document_type'] as const;
type Column = (typeof BY)[number] | typeof CHANGE;

interface Table { tableData: { columns: { name: string }[]; rows: unknown } | null; parseErrors: string[] }

/** Ids as Shopify has them, digits only: nothing else comes into a question. Clauses in the order of Shopify's help pages. `since` in whole seconds of UTC. */
export function historyQuestion(inventoryItemIds: readonly string[], since: string): string {
  const strange = inventoryItemIds.find((id) => !/^\d+$/.test(id));
  if (strange !== undefined) throw new Error(`${JSON.stringify(strange)} is no id of an inventory item`);
  return `FROM inventory_adjustment_history SHOW ${CHANGE} WHERE inventory_item_id IN (${inventoryItemIds.join(', ')}) GROUP BY ${BY.join(', ')} WITH TIMEZONE 'UTC' SINCE ${new Date(since).toISOString().slice(0, 19)} ORDER BY second DESC LIMIT ${MOST_ROWS}`;
}

/** Rows as Shopify sends them: by column name, or in the order of the columns; numbers as numbers or as texts. A row without an item, a place or a time is left out. */
export function adjustmentsOf({ columns, rows }: { columns: { name: string }[]; rows: unknown }): Adjustment[] {
  if (!Array.isArray(rows)) return [];
  const seen = new Set<string>();
  return rows.flatMap((row: unknown): Adjustment[] => {
    const at = (name: Column): string | null => {
      const value: unknown = Array.isArray(row) ? row[columns.findIndex((column) => column.name === name)] : (row as Record<string, unknown> | null)?.[name];
      return typeof value === 'string' ? value || null : typeof value === 'number' ? String(value) : null;
    };
    const id = (name: Column): string | null => at(name)?.replace(/^gid:\/\/shopify\/\w+\//, '') ?? null;
    const time = at('second'), inventoryItemId = id('inventory_item_id'), locationId = id('inventory_location_id'), change = Number(at(CHANGE)), state = at('inventory_state')?.toLowerCase() ?? null;
    const instant = time === null ? Number.NaN : Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time.replace(' ', 'T')}Z`);
    if (Number.isNaN(instant) || inventoryItemId === null || locationId === null || state === null || !Number.isSafeInteger(change) || change === 0) return [];
    // The same change can be listed twice.
    const key = `${at('inventory_adjustment_id') ?? time}/${inventoryItemId}@${locationId}/${state}/${change}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ at: new Date(instant).toISOString(), inventoryItemId, locationId, state, change, reason: at('inventory_change_reason') ?? '', app: at('inventory_app_name'), staff: at('staff_member_name'), document: at('reference_document_uri'), documentType: at('reference_document_type') }];
  });
}

export function adjustmentHistory(client: AdminClient): { adjustments(inventoryItemIds: readonly string[], since: string): Promise<AdjustmentsRead> } {
  return {
    async adjustments(inventoryItemIds, since) {
      const found: Adjustment[] = [];
      for (let start = 0; start < inventoryItemIds.length; start += MOST_ITEMS) {
        try {
          const { shopifyqlQuery: answer } = await client.run<{ shopifyqlQuery: Table | null }>(ADJUSTMENT_HISTORY, { query: historyQuestion(inventoryItemIds.slice(start, start + MOST_ITEMS), since) });
          if (!answer?.tableData) return { refused: `Shopify did not answer: ${answer?.parseErrors.join('; ') || 'no table'}` };
          found.push(...adjustmentsOf(answer.tableData));
        } catch (error) {
          if (!(error instanceof ShopifyError) || error.code !== 'ACCESS_DENIED') throw error;
          return { refused: error.errors.map((one) => one.message).join('; ') };
        }
      }
      return { adjustments: found.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)) };
    },
  };
}
