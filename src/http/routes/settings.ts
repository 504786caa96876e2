/** Settings that belong to no screen of their own: limits of a store, and how late a back-up may be. Administrators change them; everybody sees them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { backupRuns, backupState, changeBackupWatch } from '../../store/backup-runs.ts';
import { limitsOf, setLimits } from '../../store/limits.ts';
import { listStores } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Backups, BackupWatchBody, Limits, LimitsView } from '../contract-settings.ts';
import { storeOf } from '../store-scope.ts';

const MOST_RUNS = 60;
/** An administrator; and, before there is one, whoever sits at this machine. */
const mayChange = (request: FastifyRequest): boolean => request.user === null || request.user.role === 'admin';
const administrator = (request: FastifyRequest, what: string): string => {
  if (!mayChange(request)) throw new Refusal(403, `Only administrators change ${what}. Ask one of them.`);
  return request.user?.email ?? 'operator';
};

export function settingRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), tags = ['settings'], now = (): string => house.clock.now().toISOString();

  const limits = async (request: FastifyRequest, storeId: number): Promise<Of<typeof LimitsView>> => ({ ...await limitsOf(house.db, storeId), mayChange: mayChange(request), stores: (await listStores(house.db)).length });
  api.get('/api/v1/settings/limits', { schema: { tags, summary: 'What one person may do alone, and how items of several stores are joined', querystring, response: { 200: LimitsView } } }, async (request) => limits(request, (await storeOf(house.db, request.query.store)).store_id));

  api.put('/api/v1/settings/limits', { schema: { tags, summary: 'Change them; both are in the audit trail', querystring, body: Limits.strict(), response: { 200: LimitsView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = administrator(request, 'limits');
    await house.db.transaction(async (tx) => {
      const before = await limitsOf(tx, store.store_id);
      await setLimits(tx, store.store_id, request.body);
      await audit(tx, { at: now(), actor: by, action: 'limits changed', subject: store.name || store.shop_domain, before, after: request.body });
    });
    return limits(request, store.store_id);
  });

  const backups = async (request: FastifyRequest): Promise<Of<typeof Backups>> => {
    const state = await backupState(house.db, now()), runs = await backupRuns(house.db, MOST_RUNS);
    return {
      watch: { watched: state.watch.watched, backupHours: state.watch.backup_hours, drillDays: state.watch.drill_days, said: state.watch.said, updatedAt: state.watch.updated_at, updatedBy: state.watch.updated_by }, mayChange: mayChange(request),
      lastBackup: state.lastBackup, lastDrill: state.lastDrill, late: state.late.map((one) => one.sentence), keyIn: process.env['INSTEP_MASTER_KEY'] ? 'environment' : 'file',
      runs: runs.map((row) => ({ runId: row.backup_run_id, kind: row.kind, startedAt: row.started_at, finishedAt: row.finished_at, by: row.by_whom, file: row.file, madeAt: row.made_at, ok: row.ok, bytes: row.bytes === null ? null : Number(row.bytes), tables: row.tables, rows: row.row_count === null ? null : Number(row.row_count), said: row.said })),
    };
  };
  api.get('/api/v1/backups', { schema: { tags, summary: 'Back-ups, drills and restores of the installation, and what is late', response: { 200: Backups } } }, backups);

  api.put('/api/v1/backups', { schema: { tags, summary: 'How old a back-up and a drill may be before it is a case; or not watched, with the reason', body: BackupWatchBody, response: { 200: Backups } } }, async (request) => {
    const by = administrator(request, 'how back-ups are watched');
    if (!request.body.watched && request.body.said.length < 3) throw new Refusal(400, 'said: say how back-ups are made instead, in three letters or more');
    await house.db.transaction((tx) => changeBackupWatch(tx, request.body, by, now()));
    const [first] = await listStores(house.db);
    if (first) await house.enqueue('backup-watch', first.store_id);
    return backups(request);
  });
}
