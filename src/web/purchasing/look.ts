/** What the states of a purchase order look like, and amounts as people type them. */
import { money, toDecimal } from '../../domain/money.ts';
import { readAmount } from '../../domain/purchasing/import-numbers.ts';
import type { PurchaseRow } from '../api/purchasing-queries.ts';
import type { Tone } from '../ui/tone.tsx';

export const PURCHASE_LOOK: Record<PurchaseRow['state'], { tone: Tone; word: string }> = {
  draft: { tone: 'neutral', word: 'Draft' }, 'awaiting approval': { tone: 'warn', word: 'Awaiting approval' }, approved: { tone: 'info', word: 'Approved' }, sent: { tone: 'info', word: 'Sent' }, confirmed: { tone: 'info', word: 'Confirmed' },
  'part received': { tone: 'held', word: 'Part received' }, received: { tone: 'good', word: 'Received' }, closed: { tone: 'good', word: 'Closed' }, cancelled: { tone: 'neutral', word: 'Cancelled' },
};

/** 1250 EUR → "12.50", for a field. */
export const typed = (minor: number | null, currency: string): string => (minor === null ? '' : toDecimal(money(minor, currency)));
/** What a person typed → minor units; null when empty, undefined when it is no amount. */
export function minorOf(text: string, currency: string): number | null | undefined {
  if (text.trim() === '') return null;
  const amount = readAmount(text, currency);
  return typeof amount === 'number' ? amount : undefined;
}
/** What is wrong with what a person typed: that it is no amount, or could be two; null when nothing is. */
export function amountFault(text: string, currency: string): string | null {
  const amount = text.trim() === '' ? 0 : readAmount(text, currency);
  return typeof amount === 'string' ? amount : null;
}
/** Whole units typed; null when empty, undefined when they are none. */
export function wholeOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  return /^\d{1,8}$/.test(text.trim()) ? Number(text.trim()) : undefined;
}
