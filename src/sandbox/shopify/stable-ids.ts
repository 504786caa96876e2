/** Ids that look random and are not: the same parts give the same id, so that a run on a virtual clock can be repeated byte for byte. */
import { createHash } from 'node:crypto';

/** A UUID (version 4 in form) from any texts or numbers. */
export function uuidOf(...parts: (string | number)[]): string {
  const hex = hexOf(32, ...parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `length` hexadecimal digits, at most 64. */
export function hexOf(length: number, ...parts: (string | number)[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, length);
}
