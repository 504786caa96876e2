/** Faults set by hand. A number is how many more times it happens; a word or yes/no lasts until it is taken back. */

const COUNTED = ['throttle', 'throttleSilently', 'unavailable', 'fail', 'refuse', 'truncate', 'grow', 'duplicatePost', 'html', 'hang', 'loseAnswer', 'empty'] as const;
export type Counted = (typeof COUNTED)[number];
export const DATE_FORMS = ['rfc822', 'iso', 'unix'] as const;
export const METRIC_FORMS = ['both', 'flat', 'nested'] as const;

export const CALLS = ['any', 'writes'] as const;

export class Faults {
  /** 429 with a Retry-After of three seconds; the same without one. */
  throttle = 0; throttleSilently = 0;
  /** 503; 500 with a message of its own; 500 with a message that says what is wrong with the request. */
  unavailable = 0; fail = 0; refuse = 0;
  /** A list's body ends in the middle. */
  truncate = 0;
  /** A variant or order appears between two pages: the total moves. */
  grow = 0;
  /** A POST is done twice. */
  duplicatePost = 0;
  /** A page for people in place of JSON. */
  html = 0;
  /** No answer for a minute, and nothing done; done, and hung up without an answer; 204 without a body. */
  hang = 0; loseAnswer = 0; empty = 0;
  /** Whether faults meet any call or only those that write. */
  on: (typeof CALLS)[number] = 'any';
  dates: (typeof DATE_FORMS)[number] = 'rfc822';
  metrics: (typeof METRIC_FORMS)[number] = 'both';

  /** True and one fewer when the fault is due. */
  take(name: Counted): boolean {
    if (this[name] <= 0) return false;
    this[name]--;
    return true;
  }
  /** Throws on a name or value that is none. */
  set(body: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(body)) {
      if (COUNTED.some((each) => each === name) && typeof value === 'number' && value >= 0) Object.assign(this, { [name]: value });
      else if ((name === 'dates' && DATE_FORMS.some((each) => each === value)) || (name === 'on' && CALLS.some((each) => each === value)) || (name === 'metrics' && METRIC_FORMS.some((each) => each === value))) Object.assign(this, { [name]: value });
      else throw new Error(`${name} is no fault, or ${String(value)} no value for it`);
    }
  }
}
