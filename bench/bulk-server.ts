/** The few answers of an Admin API that a bulk read needs: a token, an operation already completed, and its file. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

export interface BulkServer { origin: string; serve(file: string, objects: number): void; close(): Promise<void> }

export async function startBulkServer(): Promise<BulkServer> {
  let file = '', objects = 0, origin = '';
  const server = createServer((request, reply) => {
    if (request.method === 'GET') {
      reply.writeHead(200, { 'content-type': 'application/jsonl', 'content-length': statSync(file).size });
      createReadStream(file, { highWaterMark: 1 << 18 }).pipe(reply);
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      if (request.url?.includes('access_token')) reply.end(JSON.stringify({ access_token: 'bench', expires_in: 86_399, scope: 'read_orders' }));
      else if (body.includes('bulkOperationRunQuery')) reply.end(JSON.stringify({ data: { bulkOperationRunQuery: { bulkOperation: { id: 'gid://shopify/BulkOperation/1', status: 'CREATED' }, userErrors: [] } } }));
      else reply.end(JSON.stringify({ data: { bulkOperation: { id: 'gid://shopify/BulkOperation/1', status: 'COMPLETED', errorCode: null, objectCount: String(objects), fileSize: '0', url: `${origin}/file`, partialDataUrl: null } } }));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    origin,
    serve(path, count) { file = path; objects = count; },
    close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}
