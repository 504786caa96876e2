/** Faults set by hand. Each number is how many more times it happens; reordering and delay last until taken back. */

const COUNTED = ['loseAnswer', 'fail', 'throttle', 'duplicate', 'malform', 'halfFile', 'delayMs'] as const;

export class Faults {
  /** Does what it is asked and hangs up without an answer. */
  loseAnswer = 0;
  /** Answers 500 and does nothing. */
  fail = 0;
  /** Answers 429 with a Retry-After of one second. */
  throttle = 0;
  /** Sends a message or writes a file twice. */
  duplicate = 0;
  /** Sends a broken copy of a message or row along with the good one. */
  malform = 0;
  /** Writes the first half of a file under its final name; the clerk's next round completes it. */
  halfFile = 0;
  /** Messages leave in random order. */
  reorder = false;
  /** Messages leave this much later. */
  delayMs = 0;
  #seed: number;

  constructor(seed: number) { this.#seed = seed >>> 0; }

  /** True and one fewer when the fault is due. */
  take(name: Exclude<(typeof COUNTED)[number], 'delayMs'>): boolean {
    if (this[name] <= 0) return false;
    this[name]--;
    return true;
  }
  /** 0 ≤ x < 1 (mulberry32). */
  dice(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) >>> 0;
    let t = this.#seed;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  inOrder<T>(items: readonly T[]): T[] {
    return this.reorder ? items.map((item) => ({ item, at: this.dice() })).sort((a, b) => a.at - b.at).map(({ item }) => item) : [...items];
  }
  /** Sets the faults named in `body`. Throws on a name or value that is none. */
  set(body: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(body)) {
      if (name === 'reorder' && typeof value === 'boolean') this.reorder = value;
      else if (COUNTED.some((each) => each === name) && typeof value === 'number' && value >= 0) Object.assign(this, { [name]: value });
      else throw new Error(`${name} is no fault, or ${String(value)} no value for it`);
    }
  }
}
