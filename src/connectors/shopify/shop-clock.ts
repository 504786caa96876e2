/**
 * Shopify's clock, as the Date of its answers tells it (RFC 9110 §6.6.1: whole seconds). Cursors over its `updatedAt`, and the times of what was written to it, are by this clock: hosts of
 * ours whose clocks are wrong, or do not agree, then still ask for the same and order things in the same way.
 *
 * An answer of Date d that arrives when our clock says l shows that Shopify's is ahead of ours by at least d − l. The largest of these is kept, which is within a second and the time an
 * answer takes of the truth. One that cannot be of the same clocks, since even its latest second lies before what is kept, means that one of them was set: then it begins anew.
 */

/** An answer older than this tells nothing any more: clocks are set, and drift. */
const FRESH_MS = 60_000;
/** What two machines that hold the same Date may differ by, and an answer take: several answer for one shop. */
const TOLERANCE_MS = 2_000;

export class ShopClock {
  #aheadMs: number | null = null;
  #heardAt = 0;

  /** `date`: the header of an answer, if it had one. `local`: our clock when the answer came, ms. */
  heard(date: string | null, local: number): void {
    const said = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(said)) return;
    const least = said - local, stepped = this.#aheadMs !== null && (local < this.#heardAt || least + 1_000 + TOLERANCE_MS < this.#aheadMs);
    this.#aheadMs = this.#aheadMs === null || stepped ? least : Math.max(this.#aheadMs, least);
    this.#heardAt = local;
  }

  /** ISO-8601; null when nothing was heard within the last minute. */
  now(local: number): string | null {
    if (this.#aheadMs === null || local < this.#heardAt || local - this.#heardAt > FRESH_MS) return null;
    return new Date(local + this.#aheadMs).toISOString();
  }

  /** How far ours is behind, ms, to a second: 0 while no more than whole seconds and the tolerance stand between the two, or nothing was heard within the last minute. */
  error(local: number): number {
    if (this.now(local) === null) return 0;
    const least = this.#aheadMs!;
    return least <= TOLERANCE_MS && least >= -1_000 - TOLERANCE_MS ? 0 : least + 500;
  }
}
