/** The messages a warehouse sends, each checked by its own shape. A bad one names its place and field; the others go on. */
import { z } from 'zod';
import { DISPOSITIONS, type WarehouseFact, type WarehouseReject } from '../../ports/warehouse.ts';

const MOST_UNITS = 1_000_000_000;
const RAW_LENGTH = 2_000;

// Control characters have no business in a code, and PostgreSQL refuses NUL.
const text = (longest: number) => z.string().trim().min(1).max(longest).regex(/^[^\u0000-\u001f\u007f]*$/, 'holds a control character');
const code = text(200);
const words = text(500);
const units = z.number().int().min(0).max(MOST_UNITS);
const change = z.number().int().min(-MOST_UNITS).max(MOST_UNITS);
const at = z.iso.datetime({ offset: true, error: 'is not an ISO-8601 instant with a time zone' }).transform((value) => new Date(value).toISOString());
const document = { id: code, at };
const line = { lineReference: code.nullable().default(null), sku: code, quantity: units };
/** Lines of no units are left out: some warehouses send every line of the order each time. */
const lines = <T extends z.ZodRawShape>(more: T) => z.array(z.object({ ...line, ...more })).max(1_000)
  .transform((each) => each.filter((one) => (one as { quantity: number }).quantity > 0))
  .refine((each) => each.length > 0, 'holds no units');
const optional = (value: z.ZodType<string>) => value.nullable().default(null);

/** A row of a count. `at` may be given once for all rows. */
const StockRow = z.object({ sku: code, onHand: units, unsellable: units.default(0), at })
  .refine((row) => row.unsellable <= row.onHand, { path: ['unsellable'], error: 'is more than onHand, of which it is a part' });

const SHAPES: Record<string, z.ZodType<WarehouseFact>> = {
  'stock.changed': z.object({ ...document, sku: code, onHandChange: change, unsellableChange: change.default(0), reason: words }).transform((m) => ({ type: 'change' as const, ...m })),
  'order.acknowledged': z.object({ ...document, reference: code, warehouseReference: code }).transform((m) => ({ type: 'acknowledged' as const, ...m })),
  'order.refused': z.object({ ...document, reference: code, reason: words }).transform((m) => ({ type: 'refused' as const, ...m })),
  'order.shipped': z.object({
    ...document, reference: code, lines: lines({}),
    parcels: z.array(z.object({ number: optional(code), carrier: optional(code), url: optional(z.url({ protocol: /^https?$/ }).max(1_000)) })).max(100).default([]),
  }).transform((m) => ({ type: 'shipment' as const, ...m })),
  'return.received': z.object({ ...document, reference: code, lines: lines({}) }).transform((m) => ({ type: 'return received' as const, ...m })),
  'return.inspected': z.object({ ...document, reference: code, lines: lines({ disposition: z.enum(DISPOSITIONS) }) }).transform((m) => ({ type: 'return inspected' as const, ...m })),
  'goods.received': z.object({ ...document, reference: code, lines: lines({ damaged: units.default(0) }) })
    .refine((m) => m.lines.every((l) => l.damaged <= l.quantity), { path: ['lines'], error: 'has more damaged units than arrived' })
    .transform((m) => ({ type: 'goods received' as const, ...m })),
};
const Counted = z.object({ at: at.optional(), rows: z.array(z.unknown()).min(1) });
const TYPES = ['stock.counted', ...Object.keys(SHAPES)];

interface Read { facts: WarehouseFact[]; rejects: WarehouseReject[] }

/** Facts and rejects of `messages`; `where` names what they came in (“message evt_1”). */
export function readMessages(messages: readonly unknown[], where: string): Read {
  const read: Read = { facts: [], rejects: [] };
  messages.forEach((message, index) => readMessage(message, `${where}, messages[${index}]`, read));
  return read;
}

function readMessage(message: unknown, where: string, read: Read): void {
  const type = (message as { type?: unknown } | null)?.type;
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    read.rejects.push(reject(where, 'type', `is none of ${TYPES.join(', ')}`, message));
    return;
  }
  if (type === 'stock.counted') {
    const counted = Counted.safeParse(message);
    if (counted.success) readStockRows(counted.data.rows, counted.data.at, `${where}.rows`, read);
    else read.rejects.push(rejectOf(where, counted.error, message));
    return;
  }
  const parsed = SHAPES[type]!.safeParse(message);
  if (parsed.success) read.facts.push(parsed.data);
  else read.rejects.push(rejectOf(where, parsed.error, message));
}

/** Rows of a count into `read`. `at` serves rows that have none of their own. */
export function readStockRows(rows: readonly unknown[], at: string | undefined, where: string, read: { facts: object[]; rejects: WarehouseReject[] }): void {
  rows.forEach((row, index) => {
    const parsed = StockRow.safeParse(at === undefined || row === null || typeof row !== 'object' ? row : { at, ...row });
    if (parsed.success) read.facts.push({ type: 'stock', ...parsed.data });
    else read.rejects.push(rejectOf(`${where}[${index}]`, parsed.error, row));
  });
}

function rejectOf(where: string, error: z.ZodError, raw: unknown): WarehouseReject {
  const issue = error.issues[0]!;
  return reject(where, fieldOf(issue.path), issue.message, raw);
}

const reject = (where: string, field: string | null, message: string, raw: unknown): WarehouseReject => ({ where, field, message, raw: (JSON.stringify(raw) ?? 'undefined').slice(0, RAW_LENGTH) });

/** `lines[0].quantity`; null when the whole is meant. */
function fieldOf(path: readonly PropertyKey[]): string | null {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('').replace(/^\./, '') || null;
}
