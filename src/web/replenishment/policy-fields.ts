/** The planning values a person may set: their names, units and bounds, as the API checks them. */
import type { PolicyBody } from '../api/queries.ts';

export interface PolicyField { key: keyof PolicyBody; label: string; unit: string; min: number; max: number; step: number; share?: boolean; hint: string }

export const POLICY_FIELDS: readonly PolicyField[] = [
  { key: 'leadTimeDays', label: 'Lead time', unit: 'days', min: 0, max: 365, step: 1, hint: 'From placing the order to having it on the shelf' },
  { key: 'reviewDays', label: 'Review period', unit: 'days', min: 1, max: 90, step: 1, hint: 'Until the next chance to order' },
  { key: 'serviceLevel', label: 'Service level', unit: '%', min: 50, max: 99.9, step: 0.5, share: true, hint: 'Share of order cycles that end without a stockout' },
  { key: 'moq', label: 'Minimum order', unit: 'units', min: 0, max: 1_000_000, step: 1, hint: 'The fewest units the supplier accepts' },
  { key: 'casePack', label: 'Case pack', unit: 'units', min: 1, max: 100_000, step: 1, hint: 'Units in a case; orders are full cases' },
  { key: 'minStock', label: 'Minimum stock', unit: 'units', min: 0, max: 1_000_000, step: 1, hint: 'Kept beyond the expected demand' },
  { key: 'maxStock', label: 'Maximum stock', unit: 'units', min: 0, max: 10_000_000, step: 1, hint: 'The most an order may bring the position to' },
];

/** The stored value as a person types it: a service level of 0.95 is 95. */
export function shown(field: PolicyField, value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : field.share ? Math.round(value * 10_000) / 100 : value;
}

/** What is typed as it is stored, or why it cannot be. Empty takes the value away. */
export function typed(field: PolicyField, text: string): { value: number | null } | { fault: string } {
  if (text.trim() === '') return { value: null };
  const number = Number(text.replace('%', '').trim());
  if (!Number.isFinite(number) || (!field.share && !Number.isInteger(number))) return { fault: field.share ? 'Enter a number' : 'Enter a whole number' };
  if (number < field.min || number > field.max) return { fault: `Between ${field.min} and ${field.max.toLocaleString('en-GB')}` };
  return { value: field.share ? Math.round(number * 100) / 10_000 : number };
}
