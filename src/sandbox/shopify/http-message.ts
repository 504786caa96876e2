/** Reading and answering small HTTP messages. */
import type { IncomingMessage } from 'node:http';

/** A request this server refuses; `message` goes to the caller as it is. */
export class HttpRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The whole body. Throws HttpRefusal 413 beyond `limit` bytes. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new HttpRefusal(413, `body larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A JSON object; an empty body is an empty object. Throws HttpRefusal 400 on anything else. */
export function jsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpRefusal(400, 'body is not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new HttpRefusal(400, 'body is not a JSON object');
  return value as Record<string, unknown>;
}

export interface StoreRequest { method: string; path: string; headers?: Readonly<Record<string, string | string[] | undefined>>; body?: string | Uint8Array | null }
export interface StoreReply {
  status: number; headers: Record<string, string>; body: Buffer;
  /** How long the body takes to arrive, in drops; absent: at once. In process it is for the caller to wait. */
  takesMs?: number;
}

/** The caller gets no reply: its connection ends, at once or after a while. What the request did, if anything, stands. */
export class ConnectionLost extends Error {
  readonly afterMs: number;
  constructor(message: string, afterMs = 0) {
    super(message);
    this.afterMs = afterMs;
  }
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): StoreReply {
  const text = Buffer.from(JSON.stringify(body), 'utf8');
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': String(text.length), ...headers }, body: text };
}

/** What a proxy in front of the API says when it cannot reach it: a page for people, where JSON was expected. */
export function proxyPage(): StoreReply {
  const body = Buffer.from('<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n');
  return { status: 502, headers: { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Length': String(body.length) }, body };
}
