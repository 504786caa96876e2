/** Bulk operations: start one, wait for it by polling, stream its JSONL line by line. Memory is one chunk, whatever the size of the file. */
import { StringDecoder } from 'node:string_decoder';
import type { OnProgress } from '../../ports/storefront.ts';
import { HttpError } from '../http.ts';
import type { AdminClient } from './admin-client.ts';
import { BULK_RUN, BULK_STATUS } from './documents.ts';

interface Operation { id: string; status: string; errorCode: string | null; objectCount: string; fileSize: string | null; url: string | null; partialDataUrl: string | null }

/**
 * Runs a bulk query and yields the lines of its result, parsed, those of a chunk together. An operation that FAILED is an error even when partial data exists: a partial
 * history must not pass for a whole one. Throws when it is cancelled, expires or stands still for an hour.
 */
export async function* bulkLines(
  client: AdminClient, document: string, stage: string, sleep: (ms: number) => Promise<void>, onProgress: OnProgress,
): AsyncGenerator<Record<string, unknown>[]> {
  const started = await startWhenFree(client, document, sleep);
  let operation: Operation, wait = 150, lastCount = '', still = 0;
  for (;;) {
    operation = (await client.run<{ bulkOperation: Operation }>(BULK_STATUS, { id: started })).bulkOperation;
    onProgress({ stage: `${stage}: Shopify prepares the file`, done: Number(operation.objectCount), total: null });
    if (!['CREATED', 'RUNNING', 'CANCELING'].includes(operation.status)) break;
    still = operation.objectCount === lastCount ? still + wait : 0;
    lastCount = operation.objectCount;
    if (still > 3_600_000) throw new Error(`${stage}: the bulk operation ${started} has stood still for an hour`);
    await sleep(wait);
    wait = Math.min(wait * 1.5, 5_000);
  }
  if (operation.status !== 'COMPLETED') throw new Error(`${stage}: the bulk operation ended ${operation.status} (${operation.errorCode ?? 'no code'}) after ${operation.objectCount} objects`);
  if (operation.url === null) return; // nothing matched
  const total = Number(operation.objectCount);
  let done = 0, told = 0, bytes = 0;
  for await (const lines of jsonLines(await client.download(operation.url), (n) => { bytes += n; })) {
    yield lines;
    done += lines.length;
    if (done - told >= 2_000) { told = done; onProgress({ stage, done, total, bytes }); }
  }
  if (done < total) throw new HttpError(`${stage}: the file holds ${done} of ${total} objects`, 502);
  onProgress({ stage, done, total, bytes });
}

async function startWhenFree(client: AdminClient, query: string, sleep: (ms: number) => Promise<void>): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const { bulkOperationRunQuery: answer } = await client.run<{ bulkOperationRunQuery: { bulkOperation: { id: string } | null; userErrors: { message: string; code?: string }[] } }>(BULK_RUN, { query });
    if (answer.bulkOperation) return answer.bulkOperation.id;
    const message = answer.userErrors.map((e) => e.message).join('; ');
    // Five bulk queries may run per app and shop; ours waits for its turn.
    if (attempt >= 60 || !/limit|already in progress|concurren/i.test(message)) throw new Error(`Shopify refused the bulk query: ${message}`);
    await sleep(5_000);
  }
}

/** Parses newline-delimited JSON from a response, the lines of a chunk together: an asynchronous step a line costs more than its JSON. */
export async function* jsonLines(response: Response, onBytes: (bytes: number) => void): AsyncGenerator<Record<string, unknown>[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    onBytes(chunk.length);
    const text = rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const lines: Record<string, unknown>[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (end > start) lines.push(JSON.parse(text.slice(start, end)) as Record<string, unknown>);
      start = end + 1;
    }
    rest = text.slice(start);
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield [JSON.parse(rest) as Record<string, unknown>];
}
