/** Rows of Inventory Planner, read field by field: a bad one names its field and the others go on. Unknown fields are nobody's business. */
import { minorDigits } from '../../domain/money.ts';
import type { PlannerFigures, PlannerOrderHead, PlannerOrderLine, PlannerReject, PlannerVariant, PlannerWarehouse } from '../../ports/planner.ts';
import type { Json } from './client.ts';
import { dayIn, instantOf } from './dates.ts';

const MOST = 1_000_000_000;

class Unreadable extends Error {
  readonly field: string;
  constructor(field: string, message: string) { super(message); this.field = field; }
}

/** Rows through `read`; what it cannot read is set aside, named by its id. */
export function readRows<T>(rows: readonly unknown[], what: string, read: (row: Json) => T): { good: T[]; rejects: PlannerReject[] } {
  const good: T[] = [], rejects: PlannerReject[] = [];
  rows.forEach((row, index) => {
    const named = row !== null && typeof row === 'object' ? String((row as Json)['id'] ?? (row as Json)['name'] ?? `number ${index + 1}`).slice(0, 100) : `number ${index + 1}`;
    try {
      if (row === null || typeof row !== 'object' || Array.isArray(row)) throw new Unreadable('', 'is no object');
      good.push(read(row as Json));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      rejects.push({ where: `${what} ${named}`, field: error.field || null, message: error.message });
    }
  });
  return { good, rejects };
}

function text(row: Json, field: string, most = 300): string {
  const value = row[field];
  if ((typeof value !== 'string' && typeof value !== 'number') || String(value).trim() === '') throw new Unreadable(field, 'is missing');
  // PostgreSQL refuses NUL, and no code holds control characters.
  if (/[\u0000-\u001f\u007f]/.test(String(value))) throw new Unreadable(field, 'holds a control character');
  return String(value).trim().slice(0, most);
}
const maybeText = (row: Json, field: string): string | null => (row[field] === null || row[field] === undefined || row[field] === '' ? null : text(row, field));

function number(row: Json, field: string): number | null {
  const value = row[field];
  if (value === null || value === undefined || value === '') return null;
  const figure = typeof value === 'string' ? Number(value.replaceAll(',', '')) : value;
  if (typeof figure !== 'number' || !Number.isFinite(figure) || Math.abs(figure) > MOST) throw new Unreadable(field, `is no number: ${String(value).slice(0, 40)}`);
  return figure;
}
function units(row: Json, field: string): number | null {
  const figure = number(row, field);
  if (figure !== null && !Number.isInteger(figure)) throw new Unreadable(field, `is no whole number: ${figure}`);
  return figure;
}
function needed(row: Json, field: string, read: (row: Json, field: string) => number | null = units): number {
  const figure = read(row, field);
  if (figure === null) throw new Unreadable(field, 'is missing');
  return figure;
}

export function readWarehouse(row: Json): PlannerWarehouse {
  const id = text(row, 'name'), type = String(row['type'] ?? '').toLowerCase();
  return {
    id, name: maybeText(row, 'display_name') ?? id, kind: type.includes('combined') ? 'combined' : type === 'ip' || type.includes('manual') || type.includes('virtual') ? 'own' : 'warehouse',
    isDisabled: row['disabled'] === true || row['disabled'] === 1 || row['disabled'] === '1', currency: maybeText(row, 'currency'), syncedAt: instantOf(row['updated_at']),
  };
}

/** Fields asked for: the whole default answer is very large. */
export const VARIANT_FIELDS = 'id,sku,title,in_stock,purchase_orders_qty,replenishment,to_order,lead_time,review_period,minimum_stock,forecast_description,warehouse';

/** `c12_4567` → 4567: a variant's id names the connection and the platform's own id. */
export const shopVariantId = (id: string): string | null => /^c\d+_(\d{1,19})$/.exec(id)?.[1] ?? null;

/** Figures stand within `warehouse`, at the top, or in both: what is told apart by warehouse is believed first. */
export function readVariant(row: Json): PlannerVariant {
  const id = text(row, 'id'), nested = row['warehouse'];
  const entries = Array.isArray(nested) ? nested.filter((entry): entry is Json => entry !== null && typeof entry === 'object') : [];
  const figures = entries.length > 0 ? entries.map((entry) => readFigures({ ...entry }, text(entry, 'warehouse'))) : row['in_stock'] === undefined && row['replenishment'] === undefined ? [] : [readFigures(row, typeof nested === 'string' && nested !== '' ? nested : null)];
  return { id, shopVariantId: shopVariantId(id), sku: maybeText(row, 'sku'), title: maybeText(row, 'title') ?? id, figures };
}
function readFigures(row: Json, warehouseId: string | null): PlannerFigures {
  const said = (row['forecast_description'] ?? {}) as Json, daily = number(said, 'sales_velocity1'), monthly = number(said, 'sales_velocity30');
  return {
    warehouseId, inStock: needed(row, 'in_stock'), onOrder: units(row, 'purchase_orders_qty') ?? 0, replenishment: needed(row, 'replenishment', number), toOrder: units(row, 'to_order'),
    leadTimeDays: number(row, 'lead_time'), coverDays: number(row, 'review_period'), minimumStock: number(row, 'minimum_stock'), forecastPerDay: daily ?? (monthly === null ? null : monthly / 30),
    method: maybeText(said, 'method'),
  };
}

export function readOrder(row: Json, timeZone: string): PlannerOrderHead {
  const type = String(row['type'] ?? '').toLowerCase();
  return {
    id: text(row, 'id'), reference: maybeText(row, 'reference') ?? text(row, 'id'), kind: type === 'transfer' ? 'transfer' : type === 'assembly' ? 'assembly' : 'purchase order', status: text(row, 'status', 100), vendor: maybeText(row, 'vendor') ?? '', warehouseId: maybeText(row, 'warehouse') ?? '',
    currency: /^[A-Za-z]{3}$/.test(String(row['currency'] ?? '')) ? String(row['currency']).toUpperCase() : null, createdOn: dayIn(row['created_date'] ?? row['created_at'], timeZone), expectedOn: dayIn(row['expected_date'], timeZone), modifiedAt: instantOf(row['last_modified'] ?? row['updated_at']),
    isReadonly: row['readonly'] === true || row['readonly'] === 1 || row['readonly'] === '1', ordered: units(row, 'total_ordered'), received: units(row, 'total_received'),
  };
}
export function readLine(row: Json, currency: string): PlannerOrderLine {
  const cost = number(row, 'cost_price');
  return { variantId: text(row, 'id'), sku: maybeText(row, 'sku'), ordered: needed(row, 'replenishment'), received: units(row, 'received') ?? 0, unitCost: cost === null ? null : Math.round(Number((cost * 10 ** minorDigits(currency)).toFixed(4))) };
}
