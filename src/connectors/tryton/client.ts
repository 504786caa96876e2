/**
 * Tryton's JSON-RPC: a session by login, the context as last parameter, errors on HTTP 200.
 *
 * - A lost or expired session (401) is renewed once.
 * - A collision of transactions comes as an error whose name says so; it was rolled back, so it is tried again.
 * - A warning wants to be confirmed: the confirmation is stored, and the call made again.
 */
import { HttpError, NetworkError, readText, retryAfter, send } from '../http.ts';

export interface TrytonClientOptions { url: string; database: string; user: string; password: string; clock: { now(): Date; sleep(ms: number): Promise<void> } }

/** Tryton answered, and the answer was no: a rule of its own (`UserError`) or an unknown model, field or method. */
export class TrytonError extends Error {
  override name = 'TrytonError';
  readonly kind: string;
  constructor(method: string, kind: string, detail: string) {
    super(`${method}: ${detail || kind}`);
    this.kind = kind;
  }
}

/** Login refused: a person must act. */
export class TrytonLoginRefused extends Error { override name = 'TrytonLoginRefused'; }

export type Context = Record<string, unknown>;

export interface TrytonClient {
  /** `model.method`; `more` joins the user's context. Throws `TrytonError`, `TrytonLoginRefused`, `HttpError`, `NetworkError`. */
  call<T>(model: string, method: string, params: unknown[], more?: Context): Promise<T>;
  /** Runs a wizard's one question: `answer` gets the defaults of the form shown at the start. */
  wizard(name: string, record: { model: string; id: number }, answer: (defaults: Record<string, unknown>) => Record<string, unknown>, button: string): Promise<void>;
  /** The company of the user, null when he has none. */
  company(): Promise<number | null>;
}

const TRIES = 5;
const LARGEST_ANSWER = 32 * 1024 * 1024;
const COLLISION = /could not serialize|could not obtain lock|deadlock|database is locked|ConcurrencyException/i;

interface Session { authorization: string; userId: number; context: Context }
interface Reply { result?: unknown; error?: unknown[] }

export function trytonClient(options: TrytonClientOptions): TrytonClient {
  const { clock, user } = options;
  const url = `${options.url}/${options.database}/`, host = new URL(options.url).host;
  let opening: Promise<Session> | null = null;
  let calls = 0;

  async function exchange(method: string, params: unknown[], authorization: string | null): Promise<{ status: number; reply: Reply }> {
    const response = await send({
      method: 'POST', url, timeoutMs: 60_000, body: JSON.stringify({ id: ++calls, method, params }),
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    });
    const text = await readText(response, LARGEST_ANSWER);
    if (response.status === 401 || response.status === 403) return { status: response.status, reply: {} };
    if (!response.ok) throw new HttpError(`Tryton at ${host} answered HTTP ${response.status}`, response.status, retryAfter(response, clock.now().getTime()));
    try {
      return { status: response.status, reply: JSON.parse(text) as Reply };
    } catch (error) {
      throw new NetworkError(`The answer of ${host} is no JSON: is this Tryton's address?`, { cause: error });
    }
  }

  async function open(): Promise<Session> {
    const { status, reply } = await exchange('common.db.login', [user, { password: options.password }, 'en'], null);
    if (status !== 200 || !Array.isArray(reply.result)) throw new TrytonLoginRefused(`Tryton refused the user ${user} or the password (database ${options.database}).`);
    const [userId, key] = reply.result as [number, string];
    const authorization = `Session ${Buffer.from(`${user}:${userId}:${key}`).toString('base64')}`;
    const preferences = await exchange('model.res.user.get_preferences', [true, {}], authorization);
    return { authorization, userId, context: (preferences.reply.result ?? {}) as Context };
  }
  /** Single flight; a failed login is not remembered. */
  function session(): Promise<Session> {
    opening ??= open().catch((error: unknown) => { opening = null; throw error; });
    return opening;
  }

  async function run(method: string, paramsFor: (context: Context) => unknown[]): Promise<unknown> {
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const current = await session();
      const { status, reply } = await exchange(method, paramsFor(current.context), current.authorization);
      if (status !== 200) {
        if (renewed) throw new TrytonLoginRefused(`Tryton refuses ${method} to the user ${user} (HTTP ${status}).`);
        renewed = true;
        opening = null;
        continue;
      }
      if (!Array.isArray(reply.error)) return reply.result;
      const [kind, detail] = [String(reply.error[0]), reply.error[1]];
      if (kind === 'UserWarning' && attempt < TRIES) {
        // [name, message, description]: stored for this user, it counts once.
        await exchange('model.res.user.warning.create', [[{ user: current.userId, name: String((detail as unknown[])[0]), always: false }], current.context], current.authorization);
      } else if (COLLISION.test(kind) && attempt < TRIES) {
        await clock.sleep(100 * 2 ** attempt);
      } else {
        // The message comes first; what follows may be 50 KB of field definitions.
        throw new TrytonError(method, kind, (Array.isArray(detail) ? String(detail[0]) : kind).slice(0, 500));
      }
    }
  }

  return {
    async call<T>(model: string, method: string, params: unknown[], more: Context = {}) {
      return await run(`model.${model}.${method}`, (context) => [...params, { ...context, ...more }]) as T;
    },
    async wizard(name, { model, id }, answer, button) {
      const more = { active_model: model, active_id: id, active_ids: [id] };
      const [key, start] = await run(`wizard.${name}.create`, (context) => [context]) as [number, string, string];
      const execute = (data: object, state: string) => run(`wizard.${name}.execute`, (context) => [key, data, state, { ...context, ...more }]);
      const shown = await execute({}, start) as { view?: { defaults?: Record<string, unknown> } };
      await execute({ [start]: answer(shown.view?.defaults ?? {}) }, button);
      await run(`wizard.${name}.delete`, (context) => [key, context]);
    },
    async company() { return ((await session()).context['company'] as number | undefined) ?? null; },
  };
}
