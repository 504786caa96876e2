/**
 * Webhook deliveries: every event goes to each subscription of its topic, stored first, sent with bounded concurrency per address,
 * retried eight times over four hours of the shop's clock with the original body; a subscription that only failed in that time is deleted.
 * By hand (`byHand`) there is no timer: `pumpByHand` sends what is due, one after the other.
 */
import { uuidOf } from '../stable-ids.ts';
import type { Shop, ShopEvent } from '../state.ts';
import { bodyText, passesFilter, topicEnum, withFields } from './delivery-body.ts';
import type { Delivery, DeliveryFile, NewDelivery } from './delivery-file.ts';
import { poisoned } from '../faults/poison.ts';
import type { Faults } from '../faults/faults.ts';
import { handOver, openAgents, post, type Deliver } from './post.ts';

export const MAX_RETRIES = 8;
const RETRY_SPAN_MS = 4 * 3_600_000;
/** Deliveries under way at once: to one address, and to one host, where the addresses of all topics are. Guesses: Shopify states no limit. */
const PER_ADDRESS = 32, PER_HOST = 8 * PER_ADDRESS;
/** Deliveries of one address read ahead of sending; the rest stay on disk. */
const READ_AHEAD = 256;
const TICK_MS = 100;
const BY_HAND_BATCH = 10_000;

/** Wait before retry `n` (1…8): doubling, so that the eight waits together last four hours. */
export function retryDelayMs(n: number): number {
  return Math.round((RETRY_SPAN_MS / (2 ** MAX_RETRIES - 1)) * 2 ** (n - 1));
}

/** Deliveries to one address. */
interface Lane { ready: Delivery[]; inFlight: number; claimed: Set<number> }

export interface DeliveryCounts { waiting: number; delivered: number; failedAttempts: number; dropped: number; givenUp: number; subscriptionsDeleted: number }

export class Deliveries {
  private readonly shop: Shop;
  private readonly file: DeliveryFile;
  private readonly faults: Faults;
  private readonly secret: () => string;
  private readonly agents = openAgents(PER_HOST);
  private readonly lanes = new Map<string, Lane>();
  private readonly lastSuccess = new Map<string, number>();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly deliver: Deliver | undefined;
  private readonly byHand: boolean;
  /** By hand: deliveries being sent, so that a pump inside a receiver does not send them again. */
  private readonly sending = new Set<number>();
  private made = 0;
  private readonly counts = { delivered: 0, failedAttempts: 0, dropped: 0, givenUp: 0, subscriptionsDeleted: 0 };
  private incoming: NewDelivery[] = [];
  private settledDone: number[] = [];
  private settledRetry: { seq: number; attempts: number; nextAt: number; firstAt: number }[] = [];
  private flushing = false;
  private closed = false;

  /** Starts with whatever an earlier process left in `file`. `secret` is the client secret that signs. */
  constructor(shop: Shop, file: DeliveryFile, faults: Faults, secret: () => string, options: { deliver?: Deliver | undefined; byHand?: boolean } = {}) {
    this.shop = shop;
    this.file = file;
    this.faults = faults;
    this.secret = secret;
    this.deliver = options.deliver;
    this.byHand = options.byHand ?? false;
    for (const uri of file.addresses()) this.openLane(uri);
    shop.onEvent((event) => this.take(event));
    this.timer = this.byHand ? undefined : setInterval(() => this.pump(), TICK_MS);
  }

  private get now(): number {
    return Date.parse(this.shop.now());
  }

  private take(event: ShopEvent): void {
    const topic = topicEnum(event.topic);
    for (const subscription of this.shop.tables.subscriptions.values()) {
      if (subscription.topic !== topic || !passesFilter(subscription.filter, event.payload)) continue;
      const fate = this.faults.fateOf(event.topic);
      if (fate.dropped) { this.counts.dropped++; continue; }
      const at = Date.parse(event.at);
      const body = bodyText(withFields(event.payload, subscription.includeFields));
      const delivery: NewDelivery = {
        subscriptionId: subscription.id, uri: subscription.uri, topic: event.topic, apiVersion: this.faults.apiVersion ?? subscription.apiVersion, webhookId: uuidOf('webhook', event.eventId, subscription.id, this.made++),
        eventId: event.eventId, triggeredAt: event.at, body: fate.poison === null ? body : poisoned(body, fate.poison),
        attempts: 0, nextAt: at + fate.delayMs, firstAt: at,
      };
      this.openLane(subscription.uri);
      for (let copy = 0; copy < fate.copies; copy++) this.incoming.push(delivery);
    }
    if (this.incoming.length > 0) this.flushSoon();
  }

  /** Many events and results share one transaction: everything of this turn of the event loop. */
  private flushSoon(): void {
    if (this.flushing || this.byHand) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      this.flush();
      this.pump();
    });
  }

  private flush(): void {
    if (this.closed) return;
    if (this.incoming.length > 0) this.file.add(this.incoming);
    this.incoming = [];
    if (this.settledDone.length + this.settledRetry.length === 0) return;
    this.file.settle(this.settledDone, this.settledRetry);
    // Only now may these be read again.
    const settled = [...this.settledDone, ...this.settledRetry.map((retry) => retry.seq)];
    for (const lane of this.lanes.values()) for (const seq of settled) lane.claimed.delete(seq);
    this.settledDone = [];
    this.settledRetry = [];
  }

  /** Sends whatever is due. Called by itself; call it after the shop's clock was moved to save a tick. */
  pump(): void {
    if (this.closed) return;
    this.flush();
    const now = this.now;
    for (const [uri, lane] of this.lanes) this.fill(uri, lane, now);
  }

  /**
   * By hand: sends what was due when it was called, by due time, one at a time, and resolves when all of it is settled. What a receiver causes
   * meanwhile waits for the next pump. Returns the number of attempts.
   */
  async pumpByHand(): Promise<number> {
    this.flush();
    const now = this.now;
    const due = this.file.addresses().flatMap((uri) => this.file.due(uri, now, BY_HAND_BATCH, this.sending)).sort((a, b) => a.nextAt - b.nextAt || a.seq - b.seq);
    for (const delivery of due) this.sending.add(delivery.seq);
    for (const delivery of due) {
      await this.send(delivery);
      this.flush();
      this.sending.delete(delivery.seq);
    }
    return due.length;
  }

  /** When the next delivery is due, milliseconds of the shop's clock; null when none waits. */
  nextDue(): number | null {
    this.flush();
    return this.file.nextAt();
  }

  private openLane(uri: string): void {
    if (!this.lanes.has(uri)) this.lanes.set(uri, { ready: [], inFlight: 0, claimed: new Set() });
  }

  private fill(uri: string, lane: Lane, now: number): void {
    if (lane.ready.length < PER_ADDRESS && lane.claimed.size < READ_AHEAD) {
      const due = this.file.due(uri, now, READ_AHEAD - lane.claimed.size, lane.claimed);
      for (const delivery of due) lane.claimed.add(delivery.seq);
      lane.ready.push(...due);
    }
    while (lane.inFlight < PER_ADDRESS) {
      const delivery = lane.ready.shift();
      if (delivery === undefined) break;
      lane.inFlight++;
      void this.send(delivery).finally(() => {
        lane.inFlight--;
        this.flushSoon();
        if (!this.closed && lane.ready.length > 0) this.fill(uri, lane, this.now);
      });
    }
  }

  private async send(delivery: Delivery): Promise<void> {
    if (!this.shop.tables.subscriptions.has(delivery.subscriptionId)) { this.settledDone.push(delivery.seq); return; }
    const domain = this.shop.tables.shop.values().next().value?.domain ?? '';
    const attempt = this.deliver === undefined ? await post(delivery, this.secret(), domain, this.agents) : await handOver(this.deliver, delivery, this.secret(), domain);
    if (this.closed) return;
    if (attempt.ok) this.succeeded(delivery);
    else this.failed(delivery);
  }

  private succeeded(delivery: Delivery): void {
    this.counts.delivered++;
    this.settledDone.push(delivery.seq);
    this.lastSuccess.set(delivery.subscriptionId, this.now);
    this.countFailures(delivery.subscriptionId, 0);
  }

  private failed(delivery: Delivery): void {
    this.counts.failedAttempts++;
    const retries = delivery.attempts; // retries already used up before this attempt's failure
    if (retries < MAX_RETRIES) {
      this.settledRetry.push({ seq: delivery.seq, attempts: retries + 1, nextAt: this.now + retryDelayMs(retries + 1), firstAt: delivery.firstAt });
      const record = this.shop.tables.subscriptions.get(delivery.subscriptionId);
      if (record !== undefined) this.countFailures(delivery.subscriptionId, Math.max(record.consecutiveFailures, retries));
      return;
    }
    this.counts.givenUp++;
    this.settledDone.push(delivery.seq);
    const healthySince = this.lastSuccess.get(delivery.subscriptionId) ?? Number.NEGATIVE_INFINITY;
    if (healthySince < delivery.firstAt) this.deleteSubscription(delivery.subscriptionId);
  }

  private countFailures(subscriptionId: string, consecutiveFailures: number): void {
    const record = this.shop.tables.subscriptions.get(subscriptionId);
    if (record === undefined || record.consecutiveFailures === consecutiveFailures) return;
    this.shop.put('subscriptions', { ...record, consecutiveFailures });
    this.shop.commit();
  }

  /** Ends a subscription and what waits for it, as the platform does after too many failures. */
  deleteSubscription(id: string): void {
    if (!this.shop.tables.subscriptions.has(id)) return;
    this.shop.remove('subscriptions', id);
    this.shop.commit();
    this.counts.subscriptionsDeleted++;
    this.flush();
    this.file.dropSubscription(id);
    for (const lane of this.lanes.values()) lane.ready = lane.ready.filter((delivery) => delivery.subscriptionId !== id);
  }

  describe(): DeliveryCounts {
    return { waiting: this.file.waiting() + this.incoming.length, ...this.counts };
  }

  /** Stops sending; what is undelivered stays on disk for the next start. An attempt in flight may so be repeated: deliveries are at least once. */
  close(): void {
    clearInterval(this.timer);
    this.flush();
    this.closed = true;
    this.agents.close();
  }
}
