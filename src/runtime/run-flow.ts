/** Runs one flow for one store: one at a time, with its run row, progress, tally, and an exception when it fails. */
import { dayOf } from '../domain/calendar.ts';
import type { AlertChannel } from '../ports/alert-channel.ts';
import type { Planner } from '../ports/planner.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Paper } from '../ports/paper.ts';
import type { Shoppers } from '../ports/shoppers.ts';
import type { Storefront, WebhookReader } from '../ports/storefront.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import { emptyTally, failRun, finishRun, reportProgress, startRun, type Tally } from '../store/runs.ts';
import { CATCH_UP, closeCaughtUp, openAgain } from '../store/catch-up.ts';
import { raise, resolveChecked } from '../store/exceptions.ts';
import type { Db } from '../store/db.ts';
import { connectionFailed, findStore } from '../store/stores.ts';
import type { Flow, FlowContext, Log, Topic } from './flow.ts';
import { jobDuration } from './metrics.ts';

/** What the house gives to runs; the composition root builds it once per process. */
export interface House {
  readonly db: Db;
  readonly clock: { now(): Date; sleep(ms: number): Promise<void> };
  readonly log: Log;
  readonly publicUrl: string;
  readonly notifier: Notifier | null;
  readonly paper: Paper;
  storefront(storeId: number): Promise<Storefront>;
  reader(storeId: number): Promise<WebhookReader>;
  warehouse(warehouseId: number): Promise<Warehouse>;
  planner(storeId: number): Promise<Planner>;
  shoppers(storeId: number): Promise<Shoppers | null>;
  alertChannel(storeId: number, channelId: string): Promise<AlertChannel>;
  enqueue(flow: string, storeId: number, afterSeconds?: number): Promise<void>;
  /** Tells every process's open screens. */
  changed(storeId: number, topics: readonly Topic[]): void;
  readonly compute: FlowContext['compute'];
}

export interface RunResult { runId: string; tally: Tally; detail: Record<string, unknown> }
export type Watch = (progress: { flow: string; stage: string; done: number; total: number | null }) => void;

/** The context without a run row: for the inbox, which is a stream and not a job. */
export async function contextFor(house: House, storeId: number, onProgress: FlowContext['progress']): Promise<FlowContext> {
  const store = await findStore(house.db, storeId);
  if (!store) throw new Error(`There is no store ${storeId}`);
  const now = (): string => house.clock.now().toISOString();
  return {
    store, storeId, db: house.db, storefront: await house.storefront(storeId), reader: await house.reader(storeId), warehouse: (id) => house.warehouse(id), notifier: house.notifier, paper: house.paper, planner: () => house.planner(storeId), shoppers: () => house.shoppers(storeId), alertChannel: (id) => house.alertChannel(storeId, id), clock: house.clock, log: house.log, publicUrl: house.publicUrl,
    tally: emptyTally(), detail: {}, now, dayOf: (instant) => dayOf(instant, store.time_zone), progress: onProgress,
    raise: (cases) => raise(house.db.pool, storeId, cases, now()),
    checked: async (kind, stillBad, all = true, undecided = []) => {
      await raise(house.db.pool, storeId, stillBad, now());
      if (!all) return;
      await resolveChecked(house.db.pool, storeId, kind, stillBad.map((c) => c.key), now(), undecided);
    },
    enqueue: (flow, afterSeconds) => house.enqueue(flow, storeId, afterSeconds),
    changed: (...topics) => house.changed(storeId, topics),
    compute: house.compute,
  };
}

/** Runs a flow; null when another worker is running it. Rethrows after recording the failure. */
export async function runFlow(house: House, flow: Flow, storeId: number, trigger: string, watch?: Watch): Promise<RunResult | null> {
  return house.db.exclusively(`${flow.name}:${storeId}`, async () => {
    const at = (): string => house.clock.now().toISOString();
    const started = house.clock.now().getTime();
    const runId = await startRun(house.db.pool, storeId, flow.name, trigger, new Date(started).toISOString());
    house.changed(storeId, ['flows']);
    let last = 0, pending: Promise<unknown> = Promise.resolve();
    const progress: FlowContext['progress'] = (stage, done, total) => {
      watch?.({ flow: flow.name, stage, done, total });
      const time = house.clock.now().getTime();
      if (time - last < 250) return;
      last = time;
      pending = pending.then(() => reportProgress(house.db.pool, storeId, runId, { stage, done, total }, at())).catch(() => {});
      house.changed(storeId, ['flows']);
    };
    const heartbeat = setInterval(() => {
      house.db.query('update flow_run set heartbeat_at = $3 where store_id = $1 and run_id = $2', [storeId, runId, at()]).catch(() => {});
    }, 15_000);
    try {
      const context = await contextFor(house, storeId, progress);
      await flow.run(context);
      await pending;
      await finishRun(house.db.pool, storeId, runId, context.tally, context.detail, at());
      await resolveChecked(house.db.pool, storeId, 'FLOW_FAILED', await otherFailures(house.db, storeId, flow.name), at());
      // These flows asked Shopify and were answered: the token lives since they began. What was missed is read before the case closes.
      if (CATCH_UP.includes(flow.name)) {
        if (await openAgain(house.db.pool, storeId, 'TOKEN_DEAD', new Date(started).toISOString(), at())) for (const reading of CATCH_UP) if (reading !== flow.name) await house.enqueue(reading, storeId);
        for (const kind of ['TOKEN_DEAD', 'WEBHOOK_GAP'] as const) await closeCaughtUp(house.db.pool, storeId, kind, at());
      }
      jobDuration.observe({ flow: flow.name, state: 'done' }, (house.clock.now().getTime() - started) / 1000);
      return { runId, tally: context.tally, detail: context.detail };
    } catch (error) {
      const message = (error as Error).message || String(error);
      await failRun(house.db.pool, storeId, runId, message, at()).catch(() => {});
      // A dead token stops every flow alike: one case for the administrator says more than ten for the flows.
      const dead = (error as Error).name === 'TokenDead';
      if (dead) await connectionFailed(house.db.pool, storeId, 'dead', message, at()).catch(() => {});
      await raise(house.db.pool, storeId, [dead ? { kind: 'TOKEN_DEAD', key: 'connection', subject: 'Shopify connection', sentence: message, evidence: { runId, flow: flow.name } } : {
        kind: 'FLOW_FAILED', key: `flow/${flow.name}`, subject: flow.name, sentence: `${flow.name} stopped before its end: ${message.slice(0, 300)}`, evidence: { runId, trigger },
      }], at()).catch(() => {});
      jobDuration.observe({ flow: flow.name, state: 'failed' }, (house.clock.now().getTime() - started) / 1000);
      house.log.error({ flow: flow.name, storeId, runId, error }, 'flow failed');
      throw error;
    } finally {
      clearInterval(heartbeat);
      house.changed(storeId, ['flows', 'exceptions']);
    }
  });
}

async function otherFailures(db: Db, storeId: number, flow: string): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    `select substr(fingerprint, length('FLOW_FAILED:') + 1) as key from exception where store_id = $1 and kind = 'FLOW_FAILED' and state in ('open', 'snoozed', 'ignored', 'grace') and fingerprint <> $2`,
    [storeId, `FLOW_FAILED:flow/${flow}`]);
  return rows.map((row) => row.key);
}
