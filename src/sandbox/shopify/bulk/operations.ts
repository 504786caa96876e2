/**
 * Bulk query operations: CREATED → RUNNING → COMPLETED in the background, five at a time, results kept seven days.
 * A run holds the event loop for some milliseconds at a time; an operation interrupted by a restart starts over. With `byHand` nothing runs by
 * itself: `pump` brings to their end the operations that are due on the shop's clock.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { damaged, type BulkDamage } from '../faults/bulk-damage.ts';
import { gid } from '../gid.ts';
import type { Context } from '../resolvers/fields.ts';
import { hexOf } from '../stable-ids.ts';
import type { BulkOperationRecord, Shop } from '../state.ts';
import { instant, instantOrNull } from '../wire-format.ts';
import { bulkLines } from './lines.ts';
import { BulkQueryRefused, planBulkQuery, type BulkPlan } from './plan.ts';
import { openResults, type ResultStore } from './results.ts';

const MAX_CONCURRENT = 5;
const KEPT_MS = 7 * 86_400_000;
const SLICE_MS = 10;
const CHUNK_CHARS = 64 * 1024;

export interface BulkUserError { code: 'INVALID' | 'LIMIT_REACHED' | null; field: string[] | null; message: string }
interface Waiting { plan: BulkPlan | null; context: Context; dueAt: number }

export class BulkOperations {
  private readonly shop: Shop;
  private readonly results: ResultStore;
  private readonly byHand: boolean;
  private readonly damage: () => BulkDamage | null;
  private readonly running = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Waiting>();
  private stopped = false;
  /** By hand: how long after its start an operation is due, milliseconds of the shop's clock. */
  delayMs = 0;

  /** `directory` holds the result files and is made when missing; null keeps them in memory. */
  constructor(shop: Shop, directory: string | null, options: { byHand?: boolean; damage?: () => BulkDamage | null } = {}) {
    this.shop = shop;
    this.results = openResults(directory);
    this.byHand = options.byHand ?? false;
    this.damage = options.damage ?? (() => null);
  }

  private save(record: BulkOperationRecord, damage: BulkDamage | null = null): void {
    this.shop.put('bulkOperations', record);
    const finishes = record.completedAt === null || damage === 'no-finish' ? 0 : damage === 'two-finishes' ? 2 : 1;
    for (let finish = 0; finish < finishes; finish++) {
      this.shop.emit('bulk_operations/finish', {
        admin_graphql_api_id: gid('BulkOperation', record.id), completed_at: instantOrNull(record.completedAt), created_at: instant(record.createdAt),
        error_code: record.errorCode?.toLowerCase() ?? null, status: record.status.toLowerCase(), type: record.type.toLowerCase(),
      });
    }
    this.shop.commit();
  }

  private get(id: string): BulkOperationRecord {
    const record = this.shop.tables.bulkOperations.get(id);
    if (record === undefined) throw new Error(`bulk operation ${id} vanished from the tables`);
    return record;
  }

  /** Starts a query for the caller in `context`; refusals come back as user errors (INVALID, LIMIT_REACHED). */
  start(query: string, groupObjects: boolean, context: Context): { bulkOperation: BulkOperationRecord | null; userErrors: BulkUserError[] } {
    if (this.running.size + this.waiting.size >= MAX_CONCURRENT) {
      return { bulkOperation: null, userErrors: [{ code: 'LIMIT_REACHED', field: null, message: 'Bulk operations limit reached. Please try again later.' }] };
    }
    let plan: BulkPlan | null = null;
    try {
      plan = planBulkQuery(query, context);
    } catch (error) {
      if (error instanceof BulkQueryRefused) return { bulkOperation: null, userErrors: [{ code: 'INVALID', field: ['query'], message: error.message }] };
      if (!(error instanceof GraphQLError) || error.extensions['code'] !== 'ACCESS_DENIED') throw error;
    }
    const record: BulkOperationRecord = {
      id: this.shop.nextId('BulkOperation'), type: 'QUERY', status: 'CREATED', errorCode: null, query, groupObjects, objectCount: 0, rootObjectCount: 0,
      fileSize: null, url: null, partialDataUrl: null, createdAt: this.shop.now(), completedAt: null,
    };
    this.save(record);
    this.launch(record, plan, context);
    return { bulkOperation: record, userErrors: [] };
  }

  private launch(record: BulkOperationRecord, plan: BulkPlan | null, context: Context): void {
    if (this.byHand) { this.waiting.set(record.id, { plan, context, dueAt: Date.parse(record.createdAt) + this.delayMs }); return; }
    const run = this.inBackground(record.id, plan, context).catch(() => this.fail(record.id, 'INTERNAL_SERVER_ERROR'));
    this.running.set(record.id, run.finally(() => this.running.delete(record.id)));
  }

  private fail(id: string, errorCode: 'ACCESS_DENIED' | 'INTERNAL_SERVER_ERROR'): void {
    if (!this.stopped) this.save({ ...this.get(id), status: 'FAILED', errorCode, completedAt: this.shop.now() });
  }

  private async inBackground(id: string, plan: BulkPlan | null, context: Context): Promise<void> {
    await nextTurn();
    // A caller without the scope learns it as the operation's own failure.
    if (plan === null) { this.fail(id, 'ACCESS_DENIED'); return; }
    if (this.get(id).status === 'CREATED') this.save({ ...this.get(id), status: 'RUNNING' });
    let sliceStart = performance.now();
    const work = this.work(id, plan, context);
    while (work.next().done !== true) {
      if (performance.now() - sliceStart < SLICE_MS) continue;
      await nextTurn();
      sliceStart = performance.now();
      if (this.stopped) return;
    }
  }

  /** Brings operations that are due to their end, others to RUNNING. Returns how many ended. */
  pump(): number {
    const now = Date.parse(this.shop.now());
    let ended = 0;
    for (const [id, { plan, context, dueAt }] of [...this.waiting]) {
      if (dueAt > now) {
        if (this.get(id).status === 'CREATED') this.save({ ...this.get(id), status: 'RUNNING' });
        continue;
      }
      this.waiting.delete(id);
      ended++;
      if (plan === null) { this.fail(id, 'ACCESS_DENIED'); continue; }
      const work = this.work(id, plan, context);
      while (work.next().done !== true) { /* to the end */ }
    }
    return ended;
  }

  /** When the next operation is due by hand, milliseconds of the shop's clock; null when none waits. */
  nextDue(): number | null {
    return this.waiting.size === 0 ? null : Math.min(...[...this.waiting.values()].map(({ dueAt }) => dueAt));
  }

  /** Writes the result, line by line, pausing where the caller may do something else. */
  private *work(id: string, plan: BulkPlan, context: Context): Generator<void, void> {
    const name = `${id}-${hexOf(24, 'bulk', id, this.get(id).createdAt)}.jsonl`;
    const file = this.results.create(name);
    let objects = 0;
    let roots = 0;
    let chunk = '';
    for (const line of bulkLines(plan, context, this.get(id).groupObjects)) {
      if (line !== null) {
        chunk += `${line.text}\n`;
        objects++;
        if (line.isRoot) roots++;
      }
      if (chunk.length >= CHUNK_CHARS) { file.write(chunk); chunk = ''; }
      if (this.get(id).status === 'CANCELING') break;
      if (objects % 50 === 0 || line === null) {
        // Progress is for pollers only and need not survive a crash: a restarted operation counts anew.
        this.shop.tables.bulkOperations.set(id, { ...this.get(id), objectCount: objects, rootObjectCount: roots });
        yield;
      }
    }
    file.write(chunk);
    const size = file.end();
    const counted = { ...this.get(id), objectCount: objects, rootObjectCount: roots, completedAt: this.shop.now() };
    if (this.get(id).status === 'CANCELING') {
      this.results.remove(name);
      this.save({ ...counted, status: 'CANCELED' });
      return;
    }
    const damage = this.damage();
    const done: BulkOperationRecord = { ...counted, status: 'COMPLETED', fileSize: objects === 0 ? null : size, url: objects === 0 ? null : `/bulk/${name}` };
    this.save(damage === null || objects === 0 ? done : this.spoil(done, name, damage), damage);
  }

  /** Does to a result what a fault says. */
  private spoil(record: BulkOperationRecord, name: string, damage: BulkDamage): BulkOperationRecord {
    const text = damaged(this.results.read(name)?.toString('utf8') ?? '', damage);
    if (damage === 'expired-url') { this.results.remove(name); return record; }
    const file = this.results.create(name);
    file.write(text);
    const fileSize = file.end();
    if (damage === 'failed-partial') return { ...record, status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR', url: null, fileSize: null, partialDataUrl: `/bulk/${name}` };
    if (damage !== 'fewer-rows') return { ...record, fileSize };
    // Nothing in the operation itself tells that rows are missing.
    const lines = text.split('\n').filter((line) => line !== '');
    return { ...record, fileSize, objectCount: lines.length, rootObjectCount: lines.filter((line) => !line.includes('"__parentId"')).length };
  }

  /** Asks a running operation to stop; null when the id is unknown. Finished operations are left as they are. */
  cancel(id: string): BulkOperationRecord | null {
    const record = this.shop.tables.bulkOperations.get(id);
    if (record === undefined) return null;
    if (record.status !== 'CREATED' && record.status !== 'RUNNING') return record;
    const canceling: BulkOperationRecord = { ...record, status: 'CANCELING' };
    this.shop.put('bulkOperations', canceling);
    this.shop.commit();
    return canceling;
  }

  /** Starts over what a restart interrupted. */
  resume(context: Context): void {
    for (const record of [...this.shop.tables.bulkOperations.values()]) {
      if (record.status === 'CANCELING') this.save({ ...record, status: 'CANCELED', completedAt: this.shop.now() });
      if (record.status === 'CREATED' || record.status === 'RUNNING') this.launch(record, planBulkQuery(record.query, context), context);
    }
  }

  /** True once a result is past its seven days. */
  expired(record: BulkOperationRecord): boolean {
    return record.completedAt !== null && Date.parse(this.shop.now()) - Date.parse(record.completedAt) > KEPT_MS;
  }

  /** The record a served name belongs to while its result can be had; an expired file is deleted here. */
  private servable(name: string): boolean {
    const match = /^(\d+)-[0-9a-f]{24}\.jsonl$/.exec(name);
    const record = match?.[1] === undefined ? undefined : this.shop.tables.bulkOperations.get(match[1]);
    if (record === undefined || (record.url !== `/bulk/${name}` && record.partialDataUrl !== `/bulk/${name}`)) return false;
    if (!this.expired(record)) return true;
    this.results.remove(name);
    return false;
  }

  /** Path of a result file by its served name; null when unknown, expired or kept in memory. */
  resultFile(name: string): string | null {
    return this.servable(name) ? this.results.path(name) : null;
  }

  /** A whole result by its served name; null when unknown or expired. */
  result(name: string): Buffer | null {
    return this.servable(name) ? this.results.read(name) : null;
  }

  /** Waits until nothing runs any more; used on shutdown after `stop`. */
  async idle(): Promise<void> {
    await Promise.all(this.running.values());
  }

  stop(): void {
    this.stopped = true;
  }
}
