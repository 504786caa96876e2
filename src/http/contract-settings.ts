/** The contract of settings that belong to no screen of their own: limits of a store, and back-ups of the installation. */
import { z } from 'zod';

const instant = z.string();
export const Limits = z.object({ repairLimit: z.number().int().min(0).max(1_000_000).describe('units one person repairs or re-matches alone; above, a second one approves'), matchItems: z.enum(['same SKU', 'by hand']).describe('how an item new to this store finds the same item of other stores') }).meta({ id: 'Limits' });
export const LimitsView = Limits.extend({ mayChange: z.boolean(), stores: z.number().describe('in the installation') }).meta({ id: 'LimitsView' });
const quantile = z.number().min(0.5).max(0.99999).nullable().default(null).describe('null: the location’s'), units = z.number().int().min(0).max(1_000_000);
export const BufferRuleBody = z.object({
  scope: z.enum(['item', 'tag', 'product type', 'vendor']), name: z.string().trim().min(1).max(200).describe('the SKU of an item, or the name of the tag, product type or vendor'), locationId: z.number().int().nullable().default(null).describe('null: every location'),
  inPeak: z.boolean().default(false).describe('only while a peak is on'), quantile, atLeast: units.default(0), capUnits: units.nullable().default(null).describe('null: the location’s'),
}).strict().meta({ id: 'BufferRuleBody' });
export const BufferRule = z.object({
  ruleId: z.string(), scope: z.enum(['item', 'tag', 'product type', 'vendor']), itemId: z.number().nullable(), name: z.string().nullable(), sku: z.string().nullable(), title: z.string().nullable(), locationId: z.number().nullable(), location: z.string().nullable(),
  inPeak: z.boolean(), quantile: z.number().nullable(), atLeast: z.number(), capUnits: z.number().nullable(), levels: z.number().describe('levels Instep writes that are of these goods'), updatedAt: instant, updatedBy: z.string(),
}).meta({ id: 'BufferRule' });
export const BufferRules = z.object({ rules: z.array(BufferRule), tags: z.array(z.string()), productTypes: z.array(z.string()), vendors: z.array(z.string()) }).meta({ id: 'BufferRules' });
export const BackupWatchBody = z.object({ watched: z.boolean(), backupHours: z.number().int().min(1).max(744), drillDays: z.number().int().min(1).max(400), said: z.string().trim().max(300).default('').describe('where back-ups are kept instead; wanted when they are not watched') }).strict().meta({ id: 'BackupWatchBody' });
export const Backups = z.object({
  watch: BackupWatchBody.extend({ updatedAt: instant.nullable(), updatedBy: z.string().nullable() }), mayChange: z.boolean(),
  lastBackup: instant.nullable(), lastDrill: instant.nullable().describe('a restore counts as one'), late: z.array(z.string()), keyIn: z.enum(['file', 'environment']).describe('where the master key is, which no back-up holds'),
  runs: z.array(z.object({ runId: z.string(), kind: z.enum(['back-up', 'drill', 'restore']), startedAt: instant, finishedAt: instant, by: z.string(), file: z.string(), madeAt: instant.nullable(), ok: z.boolean(), bytes: z.number().nullable(), tables: z.number().nullable(), rows: z.number().nullable(), said: z.string() })),
}).meta({ id: 'Backups' });
