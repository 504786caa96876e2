/** What a flow is and what it is given. A flow has one gait: gather → decide → record → send; time, ids and the outside come as arguments. */
import type { ExceptionKindName, RaisedException, Role } from '../domain/exceptions/catalogue.ts';
import type { AlertChannel } from '../ports/alert-channel.ts';
import type { Planner } from '../ports/planner.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Paper } from '../ports/paper.ts';
import type { Shoppers } from '../ports/shoppers.ts';
import type { Storefront, WebhookReader } from '../ports/storefront.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import type { Db } from '../store/db.ts';
import type { Tally } from '../store/runs.ts';
import type { StoreRow } from '../store/stores.ts';
import type { Compute } from './compute.ts';

export type Topic = 'stock' | 'exceptions' | 'flows' | 'replenishment' | 'fulfilments' | 'returns' | 'push' | 'forecast' | 'catalogue' | 'connections' | 'digest' | 'planner' | 'audit' | 'alerts' | 'replay' | 'transfers';

export interface Log { info(data: object, message: string): void; warn(data: object, message: string): void; error(data: object, message: string): void }

export interface FlowContext {
  readonly store: StoreRow;
  readonly storeId: number;
  readonly db: Db;
  readonly storefront: Storefront;
  readonly reader: WebhookReader;
  /** The connection to a warehouse of the organisation. Throws when it is not set up. */
  warehouse(warehouseId: number): Promise<Warehouse>;
  /** The connection to the store's planner. Throws when it is not set up. */
  planner(): Promise<Planner>;
  /** Who carries mail; null when no mail server is set. */
  readonly notifier: Notifier | null;
  /** The way to a channel of the store. Throws when it is not set up. */
  alertChannel(channelId: string): Promise<AlertChannel>;
  /** The shoppers of a sandbox; null where the shop is real. */
  shoppers(): Promise<Shoppers | null>;
  readonly paper: Paper;
  /** Where the outside reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly clock: { now(): Date; sleep(ms: number): Promise<void> };
  readonly log: Log;
  /** input = applied + unchanged + skipped + failed when the run ends. */
  readonly tally: Tally;
  /** Further numbers of the run, shown on the Flows page. */
  readonly detail: Record<string, unknown>;
  /** The instant as text, for statements. */
  now(): string;
  /** The shop's calendar day of an instant. */
  dayOf(instant: string): string;
  progress(stage: string, done: number, total: number | null): void;
  raise(cases: readonly RaisedException[]): Promise<void>;
  /**
   * The check behind a kind has run: cases not in `stillBad` are closed, unless it has not looked at `all`: then nobody has seen that they are good.
   * `undecided`: keys it saw neither good nor bad.
   */
  checked(kind: ExceptionKindName, stillBad: readonly RaisedException[], all?: boolean, undecided?: readonly string[]): Promise<void>;
  /** Asks for another flow to run soon, or after so many seconds; asking twice before it starts is asking once. */
  enqueue(flow: string, afterSeconds?: number): Promise<void>;
  /** Tells open screens what changed. */
  changed(...topics: Topic[]): void;
  /** Runs named computations on worker threads, so that the event loop stays free. */
  readonly compute: Pick<Compute, 'run' | 'threads'>;
}

export interface Flow {
  /** The one name: file, job, log field, Flows page, CLI argument. */
  readonly name: string;
  readonly moves: string;
  readonly owner: Role;
  /** Cron in UTC, or what wakes it. */
  readonly schedule: { cron: string } | { wokenBy: string };
  readonly raises: readonly ExceptionKindName[];
  /** Heavy, and nobody misses it for a day: its schedule passes over stores whose peak is on. Asked for by a person it runs all the same. */
  readonly waitsInPeak?: true;
  run(context: FlowContext): Promise<void>;
}

export const defineFlow = (flow: Flow): Flow => flow;
