/** The planning values a person may set: their names, units and bounds, as the API checks them. */
import { POLICY_KINDS, type PolicyKind } from '../../domain/replenishment/policy.ts';
import type { PolicyBody } from '../api/queries.ts';

export interface PolicyField { key: Exclude<keyof PolicyBody, 'version'>; label: string; unit: string; kind: 'number' | 'share' | 'day' | 'choice'; min: number; max: number; hint: string; /** Only for these kinds of policy. */ of?: readonly PolicyKind[] }

export const KIND_WORDS: Record<PolicyKind, string> = {
  'cycle service': 'Cycle service: few cycles with a stockout', 'fill rate': 'Fill rate: most units met at once', 'cost ratio': 'Cost ratio: margin against holding', 's,Q': 's,Q: lots at a reorder point', 'min/max': 'Min/max: up to the maximum at the minimum',
  'planner parity': 'As Inventory Planner', 'planner parity floored': 'As Inventory Planner, lost sales not bought again',
};
const number = (key: PolicyField['key'], label: string, unit: string, min: number, max: number, hint: string, of?: readonly PolicyKind[]): PolicyField => ({ key, label, unit, kind: 'number', min, max, hint, ...(of ? { of } : {}) });
const share = (key: PolicyField['key'], label: string, hint: string, of: readonly PolicyKind[]): PolicyField => ({ key, label, unit: '%', kind: 'share', min: 50, max: 99.9, hint, of });

export const POLICY_FIELDS: readonly PolicyField[] = [
  { key: 'kind', label: 'Policy', unit: '', kind: 'choice', min: 0, max: 0, hint: 'How much is ordered up to, and when' },
  number('leadTimeDays', 'Lead time', 'days', 0, 365, 'From placing the order to having it on the shelf'),
  number('reviewDays', 'Review period', 'days', 1, 90, 'Until the next chance to order'),
  share('serviceLevel', 'Service level', 'Share of order cycles that end without a stockout', ['cycle service', 's,Q']),
  share('fillRate', 'Fill rate', 'Share of units met at once', ['fill rate']),
  share('costRatio', 'Cost ratio', 'Margin ÷ (margin + holding); empty: from price and cost', ['cost ratio']),
  number('reorderPoint', 'Reorder point', 'units', 0, 10_000_000, 'Position at which lots are ordered; empty: as the service level asks', ['s,Q']),
  number('orderQuantity', 'Lot', 'units', 1, 10_000_000, 'Units of a lot; empty: the demand of a review period', ['s,Q']),
  number('daysOfStock', 'Days of stock', 'days', 1, 365, 'Bought beyond the lead time', ['planner parity', 'planner parity floored']),
  number('moq', 'Minimum order', 'units', 0, 1_000_000, 'The fewest units the supplier accepts'),
  number('casePack', 'Case pack', 'units', 1, 100_000, 'Units in a case; orders are full cases'),
  number('minStock', 'Minimum stock', 'units', 0, 1_000_000, 'Kept beyond the expected demand'),
  number('maxStock', 'Maximum stock', 'units', 0, 10_000_000, 'The most an order may bring the position to'),
  { key: 'holdingPerYear', label: 'Holding cost', unit: '% a year', kind: 'share', min: 0, max: 200, hint: 'What a year on the shelf takes, as a share of the unit cost: capital, room, insurance, loss' },
  { key: 'endOfLife', label: 'End of life', unit: '', kind: 'day', min: 0, max: 0, hint: 'Last day it is sold' },
  { key: 'lastOrder', label: 'Last order', unit: '', kind: 'day', min: 0, max: 0, hint: 'Last day the supplier takes an order; the one before it buys for all that is left' },
];

/** The fields that count for a kind of policy. */
export function fieldsOf(kind: string | null | undefined): readonly PolicyField[] {
  return POLICY_FIELDS.filter((field) => !field.of || field.of.includes((kind ?? 'cycle service') as PolicyKind));
}

/** The stored value as a person types it: a service level of 0.95 is 95. */
export function shown(field: PolicyField, value: number | string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return field.kind === 'share' ? String(Math.round(Number(value) * 10_000) / 100) : String(value);
}

/** What is typed as it is stored, or why it cannot be. Empty takes the value away. */
export function typed(field: PolicyField, text: string): { value: number | string | null } | { fault: string } {
  const said = text.trim();
  if (said === '') return { value: null };
  if (field.kind === 'choice') return POLICY_KINDS.includes(said as PolicyKind) ? { value: said } : { fault: 'Choose one' };
  if (field.kind === 'day') return /^\d{4}-\d{2}-\d{2}$/.test(said) && !Number.isNaN(Date.parse(said)) ? { value: said } : { fault: 'Enter a date like 2026-11-27' };
  const amount = Number(said.replace('%', '').trim());
  if (!Number.isFinite(amount) || (field.kind === 'number' && !Number.isInteger(amount))) return { fault: field.kind === 'share' ? 'Enter a number' : 'Enter a whole number' };
  if (amount < field.min || amount > field.max) return { fault: `Between ${field.min} and ${field.max.toLocaleString('en-GB')}` };
  return { value: field.kind === 'share' ? Math.round(amount * 100) / 10_000 : amount };
}
