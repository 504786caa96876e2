/** The contract of saved views. */
import { z } from 'zod';

export const ViewColumns = z.object({ hidden: z.record(z.string().max(60), z.boolean()).refine((hidden) => Object.keys(hidden).length <= 100, 'at most 100 columns'), tall: z.boolean() }).strict();
export const ViewBody = z.object({
  page: z.string().regex(/^[a-z][a-z-]{0,39}$/).describe('name of the list'), name: z.string().trim().min(1).max(60), query: z.string().max(4_000).regex(/^(\?.*)?$/).describe('the address from its question mark on; empty: no filter'),
  columns: ViewColumns, shared: z.boolean().default(false).describe('everybody may use it'),
}).strict().meta({ id: 'ViewBody' });
export const SavedView = z.object({ viewId: z.string(), name: z.string(), query: z.string(), columns: ViewColumns, owner: z.string(), mine: z.boolean(), shared: z.boolean() }).meta({ id: 'SavedView' });
export const SavedViews = z.object({ views: z.array(SavedView) }).meta({ id: 'SavedViews' });
