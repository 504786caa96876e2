/** The contract of moves a warehouse's people are told of: the list, and what was done of it. */
import { z } from 'zod';

const instant = z.string();
export const MOVE_VIEWS = ['open', 'over', 'all'] as const;
export const WarehouseMove = z.object({
  moveId: z.number(), reference: z.string().describe('named in the reason of a warehouse’s change, the change is of this move'), itemId: z.number(), sku: z.string().nullable(), title: z.string(), fromLocationId: z.number(), fromName: z.string(), toLocationId: z.number(), toName: z.string(),
  warehouse: z.string(), warehouseCode: z.string().nullable().describe('what the warehouse calls the item'), quantity: z.number(), done: z.number(), state: z.enum(['open', 'done', 'dropped']), gain: z.number().int().describe('as proposed, minor units of the store’s currency'), version: z.number(),
  toldAt: instant, toldBy: z.string(), settledAt: instant.nullable(),
  events: z.array(z.object({ kind: z.enum(['told', 'done', 'seen', 'dropped']).describe('done: a person said so; seen: by a change of the warehouse’s own'), quantity: z.number(), note: z.string(), at: instant, by: z.string() })).describe('the last 50, newest first'),
}).meta({ id: 'WarehouseMove' });
export const WarehouseMoveQuery = z.object({ store: z.coerce.number(), view: z.enum(MOVE_VIEWS).default('open'), q: z.string().max(4000).optional(), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });
export const WarehouseMovePage = z.object({ rows: z.array(WarehouseMove), nextCursor: z.string().nullable(), counts: z.object({ open: z.number(), over: z.number(), all: z.number() }), openUnits: z.number() }).meta({ id: 'WarehouseMovePage' });
export const WarehouseMovesBody = z.object({ moves: z.array(z.object({ itemId: z.number().int(), fromLocationId: z.number().int(), toLocationId: z.number().int(), quantity: z.number().int().min(1).max(1_000_000) })).min(1).max(1_000) }).strict().meta({ id: 'WarehouseMovesBody' });
export const WarehouseMoveDone = z.object({
  version: z.number().int().min(1), quantity: z.number().int().min(0).max(1_000_000).describe('units done now'), close: z.boolean().default(false).describe('the rest will not be moved'), note: z.string().trim().max(1_000).default(''),
}).strict().meta({ id: 'WarehouseMoveDone' });
