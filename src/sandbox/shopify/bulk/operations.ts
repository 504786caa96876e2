/**
 * Bulk query operations: CREATED → RUNNING → COMPLETED in the background, five at a time, results kept seven days.
 * A run holds the event loop for some milliseconds at a time; an operation interrupted by a restart starts over.
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { gid } from '../gid.ts';
import type { Context } from '../resolvers/fields.ts';
import type { BulkOperationRecord, Shop } from '../state.ts';
import { instant } from '../wire-format.ts';
import { bulkLines } from './lines.ts';
import { BulkQueryRefused, planBulkQuery, type BulkPlan } from './plan.ts';

const MAX_CONCURRENT = 5;
const KEPT_MS = 7 * 86_400_000;
const SLICE_MS = 10;
const CHUNK_CHARS = 64 * 1024;

export interface BulkUserError { code: 'INVALID' | 'LIMIT_REACHED' | null; field: string[] | null; message: string }

export class BulkOperations {
  private readonly shop: Shop;
  private readonly directory: string;
  private readonly running = new Map<string, Promise<void>>();
  private stopped = false;

  /** `directory` holds the result files and is made when missing. */
  constructor(shop: Shop, directory: string) {
    this.shop = shop;
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  private save(record: BulkOperationRecord): void {
    this.shop.put('bulkOperations', record);
    if (record.completedAt !== null) {
      this.shop.emit('bulk_operations/finish', {
        admin_graphql_api_id: gid('BulkOperation', record.id), completed_at: instant(record.completedAt), created_at: instant(record.createdAt),
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
    if (this.running.size >= MAX_CONCURRENT) {
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
    this.launch(record.id, plan, context);
    return { bulkOperation: record, userErrors: [] };
  }

  private launch(id: string, plan: BulkPlan | null, context: Context): void {
    // A caller without the scope learns it as the operation's own failure.
    const run = plan === null ? this.fail(id, 'ACCESS_DENIED') : this.run(id, plan, context).catch(() => this.fail(id, 'INTERNAL_SERVER_ERROR'));
    this.running.set(id, run.finally(() => this.running.delete(id)));
  }

  private async fail(id: string, errorCode: 'ACCESS_DENIED' | 'INTERNAL_SERVER_ERROR'): Promise<void> {
    await nextTurn();
    if (!this.stopped) this.save({ ...this.get(id), status: 'FAILED', errorCode, completedAt: this.shop.now() });
  }

  private async run(id: string, plan: BulkPlan, context: Context): Promise<void> {
    await nextTurn();
    if (this.get(id).status === 'CREATED') this.save({ ...this.get(id), status: 'RUNNING' });
    const name = `${id}-${randomBytes(12).toString('hex')}.jsonl`;
    const path = join(this.directory, name);
    const file = createWriteStream(path);
    await once(file, 'open');
    let objects = 0;
    let roots = 0;
    let chunk = '';
    let sliceStart = performance.now();
    for (const line of bulkLines(plan, context, this.get(id).groupObjects)) {
      if (line !== null) {
        chunk += `${line.text}\n`;
        objects++;
        if (line.isRoot) roots++;
      }
      if (chunk.length < CHUNK_CHARS && performance.now() - sliceStart < SLICE_MS) continue;
      if (chunk !== '' && !file.write(chunk)) await once(file, 'drain');
      chunk = '';
      if (performance.now() - sliceStart >= SLICE_MS) {
        await nextTurn();
        sliceStart = performance.now();
        if (this.stopped) { file.destroy(); return; }
        const now = this.get(id);
        if (now.status === 'CANCELING') break;
        // Progress is for pollers only and need not survive a crash: a restarted operation counts anew.
        this.shop.tables.bulkOperations.set(id, { ...now, objectCount: objects, rootObjectCount: roots });
      }
    }
    file.end(chunk);
    await once(file, 'finish');
    if (this.stopped) return;
    if (this.get(id).status === 'CANCELING') {
      unlinkSync(path);
      this.save({ ...this.get(id), status: 'CANCELED', objectCount: objects, rootObjectCount: roots, completedAt: this.shop.now() });
      return;
    }
    const url = objects === 0 ? null : `/bulk/${name}`;
    this.save({ ...this.get(id), status: 'COMPLETED', objectCount: objects, rootObjectCount: roots, fileSize: objects === 0 ? null : statSync(path).size, url, completedAt: this.shop.now() });
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
      if (record.status === 'CREATED' || record.status === 'RUNNING') this.launch(record.id, planBulkQuery(record.query, context), context);
    }
  }

  /** True once a result is past its seven days. */
  expired(record: BulkOperationRecord): boolean {
    return record.completedAt !== null && Date.parse(this.shop.now()) - Date.parse(record.completedAt) > KEPT_MS;
  }

  /** Path of a result file by its served name; null when unknown or expired (an expired file is deleted here). */
  resultFile(name: string): string | null {
    const match = /^(\d+)-[0-9a-f]{24}\.jsonl$/.exec(name);
    const record = match?.[1] === undefined ? undefined : this.shop.tables.bulkOperations.get(match[1]);
    const path = join(this.directory, name);
    if (record === undefined || record.url !== `/bulk/${name}` || !existsSync(path)) return null;
    if (!this.expired(record)) return path;
    unlinkSync(path);
    return null;
  }

  /** Waits until nothing runs any more; used on shutdown after `stop`. */
  async idle(): Promise<void> {
    await Promise.all(this.running.values());
  }

  stop(): void {
    this.stopped = true;
  }
}
