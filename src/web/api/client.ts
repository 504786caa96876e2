/** Requests to our own API. A refusal becomes an ApiError that keeps the server's words and the request id to quote. */
import type { Of, Problem } from '../../http/contract.ts';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Id to quote when asking for help; empty when the server was not reached. */
  readonly requestId: string;
  readonly errors: { field: string; message: string }[];
  constructor(status: number, message: string, requestId = '', errors: { field: string; message: string }[] = []) {
    super(message);
    this.status = status;
    this.requestId = requestId;
    this.errors = errors;
  }
}

/** Refused: nothing was recorded. After any other failure it may have been. */
export const wasRefused = (error: Error): boolean => error instanceof ApiError && error.status >= 400 && error.status < 500;

export type Parameters = Record<string, string | number | undefined | null>;

/** `/api/v1/…` with the parameters that are set, in the order given. */
export function address(path: string, parameters: Parameters = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

export async function read<T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T> {
  return answer<T>(await reach(address(path, parameters), { signal: signal ?? null }));
}

export async function write<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, parameters: Parameters, body?: unknown): Promise<T> {
  return answer<T>(await reach(address(path, parameters), {
    method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }));
}

/** Asks the server; whatever it answers comes back. Throws when it is not reached. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin' });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError(0, 'Instep does not answer. Is it running, and is this machine connected?');
  }
}

/** The answer as JSON; a refusal is thrown with the server's words. */
export async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return await response.json() as T;
  const problem = await response.json().catch(() => null) as Of<typeof Problem> | null;
  throw new ApiError(response.status, problem?.detail ?? `The server answered ${response.status}.`, problem?.requestId, problem?.errors);
}
