/** Faults typed by hand into the control API: what happens to webhooks, to API calls before and after their commit, to tokens and bulk files. */
import type { BulkDamage } from './bulk-damage.ts';
import type { Poison } from './poison.ts';

export interface WebhookFaults {
  /** Probabilities from 0 to 1 for each delivery. */
  drop: number; duplicate: number; reorder: number;
  /** Extra wait before the first attempt, milliseconds of the shop's clock. */
  delayMs: number;
  /** What the body becomes; it is signed as it is sent. */
  poison?: Poison | null;
  /** Topics concerned (`orders/create`); null: all. */
  topics: string[] | null;
  /** Deliveries left to be treated this way; null: no end. */
  count: number | null;
}
/** `mutation` names one, or `*` for any. */
export interface CallFault { mutation: string; count: number }
/** `call` is `any`, `query`, `mutation`, or the name of a mutation. */
export interface RequestFault { call: string; count: number; ms: number }
export interface FieldFault { field: string; count: number }
/** Another app that is faster: it adds a unit to each level of the next `count` sets, just before them; of one item alone where that is named. */
export interface RivalFault { app: string; inventoryItemId?: string; count: number }
/** What is left of every bucket, as a share of it, and how fast it refills (points a second): somebody else uses up the token's calls. */
export interface BucketFault { share: number; restoreRate: number }
export interface BulkFault { kind: BulkDamage; count: number }

/** What one delivery suffers. */
export interface Fate { dropped: boolean; copies: number; delayMs: number; poison: Poison | null }

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

/** Uses up one of a fault's counts. */
function use<F extends { count: number }>(fault: F | undefined): F | null {
  if (fault === undefined) return null;
  fault.count--;
  return fault;
}

export class Faults {
  webhooks: WebhookFaults | null = null;
  /** Requests to be answered THROTTLED with an empty bucket. */
  throttle = 0;
  /** The mutation commits, then the connection is cut: the caller sees a network error. */
  failAfterCommit: CallFault[] = [];
  /** The mutation commits, then HTTP 500. */
  serverErrorAfterCommit: CallFault[] = [];
  /** The mutation is answered HTTP 503 and nothing happens. */
  failBefore: CallFault[] = [];
  /** A proxy answers HTTP 502 with a page of HTML; nothing happens. */
  proxyError: RequestFault[] = [];
  /** Nothing happens, and after `ms` the connection is cut. */
  stall: RequestFault[] = [];
  /** The request is served; its reply trickles for `ms`. */
  drip: RequestFault[] = [];
  /** `Type.field` fails with an internal error beside the rest of the data. */
  fieldError: FieldFault[] = [];
  bulk: BulkFault[] = [];
  /** Scopes taken from every token, as when the merchant or the app's owner withdrew them. */
  lostScopes: string[] = [];
  /** Version named in the headers of replies and webhooks, as when an old one fell forward; null: the one served. */
  apiVersion: string | null = null;
  /** What replies say is on its way out (`X-Shopify-API-Deprecated-Reason`); null: nothing. */
  deprecated: string | null = null;
  rival: RivalFault | null = null;
  bucket: BucketFault | null = null;
  /** `Type.field`s that version does not know any more: a document that asks for one is refused whole. */
  gone: string[] = [];
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** Draws what happens to a delivery of `topic` and counts it off. */
  fateOf(topic: string): Fate {
    const faults = this.webhooks;
    if (faults === null || faults.count === 0 || (faults.topics !== null && !faults.topics.includes(topic))) return { dropped: false, copies: 1, delayMs: 0, poison: null };
    if (faults.count !== null) faults.count--;
    const reordered = this.random() < faults.reorder;
    return {
      dropped: this.random() < faults.drop,
      copies: this.random() < faults.duplicate ? 2 : 1,
      delayMs: faults.delayMs + (reordered ? Math.ceil(this.random() * REORDER_SPREAD_MS) : 0),
      poison: faults.poison ?? null,
    };
  }

  /** Uses up one fault of `list` that names one of the mutations; `*` names any. */
  takeCall(list: CallFault[], mutations: readonly string[]): boolean {
    return use(list.find((fault) => fault.count > 0 && mutations.length > 0 && (fault.mutation === '*' || mutations.includes(fault.mutation)))) !== null;
  }

  /** Uses up one fault of `list` that fits a request with these mutations (none: a query). */
  takeRequest(list: RequestFault[], mutations: readonly string[]): RequestFault | null {
    const kind = mutations.length > 0 ? 'mutation' : 'query';
    return use(list.find(({ call, count }) => count > 0 && (call === 'any' || call === kind || mutations.includes(call))));
  }

  /** Whether a field is to fail now. */
  takeField(typeName: string, fieldName: string): boolean {
    if (this.fieldError.length === 0) return false;
    return use(this.fieldError.find(({ field, count }) => count > 0 && field === `${typeName}.${fieldName}`)) !== null;
  }

  /** What the bulk operation that ends now suffers. */
  takeBulk(): BulkDamage | null {
    return use(this.bulk.find((fault) => fault.count > 0))?.kind ?? null;
  }

  /** The app that writes before a set of these items; null: nobody does. */
  takeRival(inventoryItemIds: readonly string[]): RivalFault | null {
    const { rival } = this;
    return rival !== null && rival.count > 0 && (rival.inventoryItemId === undefined || inventoryItemIds.includes(rival.inventoryItemId)) ? use(rival) : null;
  }

  takeThrottle(): boolean {
    if (this.throttle === 0) return false;
    this.throttle--;
    return true;
  }

  /** What is still in force. */
  describe(): Record<string, unknown> {
    const left = (list: { count: number }[]) => list.filter((fault) => fault.count > 0);
    return {
      webhooks: this.webhooks, throttle: this.throttle, failAfterCommit: left(this.failAfterCommit), serverErrorAfterCommit: left(this.serverErrorAfterCommit), failBefore: left(this.failBefore),
      proxyError: left(this.proxyError), stall: left(this.stall), drip: left(this.drip), fieldError: left(this.fieldError), bulk: left(this.bulk), lostScopes: this.lostScopes, apiVersion: this.apiVersion, gone: this.gone, deprecated: this.deprecated, rival: this.rival, bucket: this.bucket,
    };
  }
}
