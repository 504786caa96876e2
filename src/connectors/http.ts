/** Outgoing HTTP for every connector: a time limit on each call, a bound on bodies, plain errors without secrets in them. */

export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;
  /** Seconds the other side asked us to wait, from Retry-After. */
  readonly retryAfterSeconds: number | null;
  constructor(message: string, status: number, retryAfterSeconds: number | null = null) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The answer never came or was cut off: for a write, its outcome is unknown. */
export class NetworkError extends Error {
  override name = 'NetworkError';
}

export interface HttpRequest { method: 'GET' | 'POST' | 'PUT' | 'PATCH'; url: string; headers?: Record<string, string>; body?: string; timeoutMs?: number }

/** Sends one request; resolves with any status. Throws `NetworkError` when there was no answer within the time limit. */
export async function send(request: HttpRequest): Promise<Response> {
  try {
    return await fetch(request.url, {
      method: request.method, redirect: 'error', signal: AbortSignal.timeout(request.timeoutMs ?? 30_000),
      ...(request.headers ? { headers: request.headers } : {}), ...(request.body === undefined ? {} : { body: request.body }),
    });
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name;
    throw new NetworkError(`No answer from ${new URL(request.url).host} (${cause})`, { cause: error });
  }
}

/** The whole body as text. Throws `NetworkError` when it was cut off or is larger than `mostBytes`. */
export async function readText(response: Response, mostBytes = 64 * 1024 * 1024): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > mostBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new NetworkError(`The answer of ${new URL(response.url).host} was cut off`, { cause: error });
  }
  if (size > mostBytes) throw new NetworkError(`The answer of ${new URL(response.url).host} is larger than ${mostBytes} bytes`);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Retry-After is in seconds (or a date); null when absent or unreadable. */
export function retryAfter(response: Response, nowMs: number): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMs) / 1000);
}
