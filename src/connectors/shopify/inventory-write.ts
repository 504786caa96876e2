/** Writing levels: sets by compare-and-set, deltas, activation. Every call carries @idempotent; what Shopify's errors mean is decided here, once. */
import type { AdjustRow, SetRow, Storefront, WriteResult } from '../../ports/storefront.ts';
import { ShopifyError, type AdminClient } from './admin-client.ts';
import * as doc from './documents.ts';

/** Shopify's cap on any input array. */
export const MOST_ROWS = 250;

interface UserError { code?: string | null; field: string[] | null; message: string }
interface Adjusted { inventoryAdjustmentGroup: { id: string } | null; userErrors: UserError[] }

export function inventoryWrites(client: AdminClient): Pick<Storefront, 'setAvailable' | 'adjust' | 'activate'> {
  return {
    setAvailable: ({ key, referenceUri, rows }) => write(client, doc.SET_QUANTITIES, 'inventorySetQuantities', key, rows.length, {
      name: 'available', reason: 'correction', referenceDocumentUri: referenceUri, quantities: rows.map(setRow),
    }),
    adjust: ({ key, referenceUri, state, reason, rows }) => write(client, doc.ADJUST_QUANTITIES, 'inventoryAdjustQuantities', key, rows.length, {
      name: state, reason, referenceDocumentUri: referenceUri, changes: rows.map(adjustRow),
    }),
    async activate({ key, inventoryItemId, locationId }) {
      const { inventoryActivate: made } = await client.run<{ inventoryActivate: { userErrors: UserError[] } }>(doc.ACTIVATE_LEVEL, { item: itemGid(inventoryItemId), location: placeGid(locationId), key });
      return { refused: made.userErrors.length === 0 ? null : made.userErrors.map((e) => e.message).join('; ') };
    },
  };
}

async function write(client: AdminClient, document: string, field: string, key: string, rows: number, input: object): Promise<WriteResult> {
  if (rows === 0 || rows > MOST_ROWS) throw new Error(`${field}: 1 to ${MOST_ROWS} rows a call, not ${rows}`);
  let answer: Adjusted;
  try {
    answer = (await client.run<Record<string, Adjusted>>(document, { input, key }))[field]!;
  } catch (error) {
    // A missing directive or argument is answered at the top level: nothing was applied, and sending it again would say the same.
    if (error instanceof ShopifyError) return { outcome: 'refused', faults: [{ row: null, code: error.code, message: error.message }] };
    throw error;
  }
  if (answer.userErrors.length === 0) return { outcome: 'written' };
  return resultOf(answer.userErrors);
}

/** Shopify's user errors → what became of the call. The third part of a field path is the row. */
export function resultOf(errors: readonly UserError[]): WriteResult {
  const message = errors.map((e) => e.message).join('; ');
  const has = (code: string): boolean => errors.some((e) => e.code === code);
  if (has('IDEMPOTENCY_CONCURRENT_REQUEST')) return { outcome: 'repeat', message };
  if (has('IDEMPOTENCY_KEY_PARAMETER_MISMATCH')) return { outcome: 'mismatch', message };
  if (has('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED')) return { outcome: 'new key', message };
  return { outcome: 'refused', faults: errors.map((e) => ({ row: rowOf(e.field), code: e.code ?? 'UNKNOWN', message: e.message })) };
}

function rowOf(field: string[] | null): number | null {
  const part = field?.find((name) => /^\d+$/.test(name));
  return part === undefined ? null : Number(part);
}

// `changeFrom: null` must reach Shopify as null: leaving it out is an error of its own.
const setRow = (row: SetRow): object => ({ inventoryItemId: itemGid(row.inventoryItemId), locationId: placeGid(row.locationId), quantity: row.quantity, changeFromQuantity: row.changeFrom });
const adjustRow = (row: AdjustRow): object => ({
  inventoryItemId: itemGid(row.inventoryItemId), locationId: placeGid(row.locationId), delta: row.delta, changeFromQuantity: null, ...(row.ledgerUri === null ? {} : { ledgerDocumentUri: row.ledgerUri }),
});
const itemGid = (id: string): string => `gid://shopify/InventoryItem/${id}`;
const placeGid = (id: string): string => `gid://shopify/Location/${id}`;
