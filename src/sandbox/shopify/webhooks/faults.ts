/** Faults typed by hand into the control API: what happens to webhooks, to API calls before and after their commit. */

export interface WebhookFaults {
  /** Probabilities from 0 to 1 for each delivery. */
  drop: number; duplicate: number; reorder: number;
  /** Extra wait before the first attempt, milliseconds of the shop's clock. */
  delayMs: number;
  /** Topics concerned (`orders/create`); null: all. */
  topics: string[] | null;
  /** Deliveries left to be treated this way; null: no end. */
  count: number | null;
}
export interface CallFault { mutation: string; count: number }

/** What one delivery suffers. */
export interface Fate { dropped: boolean; copies: number; delayMs: number }

const REORDER_SPREAD_MS = 2_000;

/** A small seeded generator (mulberry32), so that a run with faults can be repeated. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class Faults {
  webhooks: WebhookFaults | null = null;
  /** Requests to be answered THROTTLED with an empty bucket. */
  throttle = 0;
  /** The mutation commits, then the connection is cut: the caller sees a network error. */
  failAfterCommit: CallFault[] = [];
  /** The mutation is answered HTTP 503 and nothing happens. */
  failBefore: CallFault[] = [];
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** Draws what happens to a delivery of `topic` and counts it off. */
  fateOf(topic: string): Fate {
    const faults = this.webhooks;
    if (faults === null || faults.count === 0 || (faults.topics !== null && !faults.topics.includes(topic))) return { dropped: false, copies: 1, delayMs: 0 };
    if (faults.count !== null) faults.count--;
    const reordered = this.random() < faults.reorder;
    return {
      dropped: this.random() < faults.drop,
      copies: this.random() < faults.duplicate ? 2 : 1,
      delayMs: faults.delayMs + (reordered ? Math.ceil(this.random() * REORDER_SPREAD_MS) : 0),
    };
  }

  /** Uses up one fault of `list` that names one of the mutations; `*` names any. */
  takeCall(list: CallFault[], mutations: readonly string[]): boolean {
    const fault = list.find((candidate) => candidate.count > 0 && mutations.length > 0 && (candidate.mutation === '*' || mutations.includes(candidate.mutation)));
    if (fault === undefined) return false;
    fault.count--;
    return true;
  }

  takeThrottle(): boolean {
    if (this.throttle === 0) return false;
    this.throttle--;
    return true;
  }

  /** What is still in force. */
  describe(): Record<string, unknown> {
    const left = (list: CallFault[]) => list.filter((fault) => fault.count > 0);
    return { webhooks: this.webhooks, throttle: this.throttle, failAfterCommit: left(this.failAfterCommit), failBefore: left(this.failBefore) };
  }
}
