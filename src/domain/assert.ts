/** A belief of the program was false: a defect, never a business fault (those are data, see exceptions/catalogue.ts). */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws `AssertionError` with `message` unless the condition holds. The message names the value that was wrong. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
