/** Signed messages to the customer, in bodies of up to fifty, sent again until they are taken. */
import type { Building, Message } from './building.ts';
import type { Faults } from './faults.ts';
import { signatureOf } from './rest-desk.ts';

const IN_BODY = 50;
const RETRY_MS = 500;
const TRIES = 20;

export class Webhooks {
  readonly #building: Building;
  readonly #faults: Faults;
  readonly #options: { url: string | null; secret(): string; now(): Date };
  #sent = 0;
  /** How many messages, from the first, the customer took or will never take. */
  delivered = 0;
  #bodies = 0;
  #working: Promise<void> | null = null;
  #stopped = false;
  /** What was given up or refused, for people. */
  readonly failures: string[] = [];

  constructor(building: Building, faults: Faults, options: { url: string | null; secret(): string; now(): Date }) {
    this.#building = building;
    this.#faults = faults;
    this.#options = options;
  }

  /** Sends what was said since; resolves when all of it was taken or given up. */
  flush(): Promise<void> {
    this.#working ??= this.#send().finally(() => { this.#working = null; });
    return this.#working;
  }
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  async #send(): Promise<void> {
    const { url } = this.#options;
    if (url === null) return;
    if (this.#faults.delayMs > 0) await pause(this.#faults.delayMs);
    while (this.#sent < this.#building.said.length && !this.#stopped) {
      const waiting = this.#building.said.slice(this.#sent, this.#sent + 1_000);
      this.#sent += waiting.length;
      const ordered = this.#faults.inOrder(waiting);
      const size = this.#faults.reorder ? 1 : IN_BODY;
      for (let start = 0; start < ordered.length; start += size) await this.#deliver(url, ordered.slice(start, start + size));
      if (!this.#stopped) this.delivered = this.#sent;
    }
  }

  async #deliver(url: string, messages: Message[]): Promise<void> {
    const bad = this.#faults.take('malform') ? [{ ...messages[0], id: `${messages[0]!.id}-bad`, at: 'yesterday' }] : [];
    const id = `sandbox_${++this.#bodies}`, body = JSON.stringify({ messages: [...bad, ...messages] });
    const times = this.#faults.take('duplicate') ? 2 : 1;
    for (let time = 0; time < times; time++) {
      for (let attempt = 1; !this.#stopped; attempt++) {
        const status = await this.#post(url, id, body);
        if (status >= 200 && status < 300) break;
        if (attempt === TRIES || (status >= 400 && status < 500 && status !== 429)) { this.failures.push(`${id}: HTTP ${status}`); break; }
        await pause(RETRY_MS);
      }
    }
  }

  /** The status, 0 when nobody answered. */
  async #post(url: string, id: string, body: string): Promise<number> {
    const seconds = String(Math.floor(this.#options.now().getTime() / 1000));
    try {
      const response = await fetch(url, {
        method: 'POST', body, signal: AbortSignal.timeout(10_000),
        headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatureOf(this.#options.secret(), id, seconds, body) },
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
