/** The contract of settings that belong to no screen of their own: limits of a store, and back-ups of the installation. */
import { z } from 'zod';

const instant = z.string();
export const Limits = z.object({ repairLimit: z.number().int().min(0).max(1_000_000).describe('units one person repairs or re-matches alone; above, a second one approves'), matchItems: z.enum(['same SKU', 'by hand']).describe('how an item new to this store finds the same item of other stores') }).meta({ id: 'Limits' });
export const LimitsView = Limits.extend({ mayChange: z.boolean(), stores: z.number().describe('in the installation') }).meta({ id: 'LimitsView' });
export const BackupWatchBody = z.object({ watched: z.boolean(), backupHours: z.number().int().min(1).max(744), drillDays: z.number().int().min(1).max(400), said: z.string().trim().max(300).default('').describe('where back-ups are kept instead; wanted when they are not watched') }).strict().meta({ id: 'BackupWatchBody' });
export const Backups = z.object({
  watch: BackupWatchBody.extend({ updatedAt: instant.nullable(), updatedBy: z.string().nullable() }), mayChange: z.boolean(),
  lastBackup: instant.nullable(), lastDrill: instant.nullable().describe('a restore counts as one'), late: z.array(z.string()), keyIn: z.enum(['file', 'environment']).describe('where the master key is, which no back-up holds'),
  runs: z.array(z.object({ runId: z.string(), kind: z.enum(['back-up', 'drill', 'restore']), startedAt: instant, finishedAt: instant, by: z.string(), file: z.string(), madeAt: instant.nullable(), ok: z.boolean(), bytes: z.number().nullable(), tables: z.number().nullable(), rows: z.number().nullable(), said: z.string() })),
}).meta({ id: 'Backups' });
