/** The contract of saved views. */
import { z } from 'zod';
import { ROLES } from './contract-people.ts';

export const ViewColumns = z.object({ hidden: z.record(z.string().max(60), z.boolean()).refine((hidden) => Object.keys(hidden).length <= 100, 'at most 100 columns'), tall: z.boolean() }).strict();
export const ViewBody = z.object({
  page: z.string().regex(/^[a-z][a-z-]{0,39}$/).describe('name of the list'), name: z.string().trim().min(1).max(60), query: z.string().max(4_000).regex(/^(\?.*)?$/).describe('the address from its question mark on; empty: no filter'),
  columns: ViewColumns, shared: z.boolean().default(false).describe('everybody may use it'), role: z.enum(ROLES).nullable().default(null).describe('those of this role may use it'),
}).strict().refine((view) => !(view.shared && view.role !== null), { path: ['role'], message: 'a view is everybody’s or a role’s' }).meta({ id: 'ViewBody' });
export const SavedView = z.object({ viewId: z.string(), name: z.string(), query: z.string(), columns: ViewColumns, owner: z.string(), mine: z.boolean(), shared: z.boolean(), role: z.enum(ROLES).nullable(), starting: z.boolean().describe('each of its role finds it there; nobody kept it') }).meta({ id: 'SavedView' });
export const SavedViews = z.object({ views: z.array(SavedView) }).meta({ id: 'SavedViews' });
