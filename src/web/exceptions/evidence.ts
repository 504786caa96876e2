/** What was recorded with a case, put into rows and words that are read: a person never meets the form it is kept in. */
import { capital } from '../ui/format.ts';

/** `shopifyAvailable` and `shopify_available` → "Shopify available". */
export function fieldName(key: string): string {
  return capital(key.replaceAll('_', ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase());
}

export type Scalar = string | number | boolean | null;
export type Fields = Record<string, unknown>;
export const scalar = (value: unknown): value is Scalar | undefined => value === null || typeof value !== 'object';
const fields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
/** A list of records, which is shown as a table. */
export const records = (value: unknown): value is Fields[] => Array.isArray(value) && value.length > 0 && value.every(fields);

/** Values in words: yes and no, nothing as a dash. Numbers may be ids, so they are left as they are. */
const said = (value: Scalar | undefined): string => (value === null || value === undefined ? '–' : value === true ? 'yes' : value === false ? 'no' : String(value));

/** Any value as lines of words, however deep: a list as its members, a record as its fields. Causes of units read as "Edited in Shopify −3: what shows it". */
export function lines(value: unknown): string[] {
  if (scalar(value)) return [said(value)];
  if (Array.isArray(value)) return value.every(scalar) ? [value.map(said).join(', ') || '–'] : value.map((each) => lines(each).join(', '));
  const { cause, units, evidence, ...rest } = value as Fields;
  const caused = typeof cause === 'string' && typeof units === 'number' ? `${capital(cause)} ${signed(units)}${typeof evidence === 'string' && evidence !== '' ? `: ${evidence}` : ''}` : null;
  const others = Object.entries(caused === null ? (value as Fields) : rest).map(([key, each]) => `${fieldName(key).toLowerCase()} ${lines(each).join(', ')}`);
  return [[...(caused === null ? [] : [caused]), ...others].join(', ') || '–'];
}

const signed = (units: number): string => (units > 0 ? `+${units}` : String(units).replace('-', '−'));

/** A drift keeps available beside its other states: here they are rows of one table, and available is among them only where it differs. */
function ofDrift({ ledger, observed, causes, states, ...rest }: Fields): Fields {
  const available = { state: 'available', ledger, shopify: observed, difference: Number(observed) - Number(ledger), causes };
  const others = (states as Fields[]).map((each) => ({ state: String(each['state']).replaceAll('_', ' '), ledger: each['ledger'], shopify: each['observed'], difference: each['difference'], causes: each['causes'] }));
  return { ...rest, whatDiffers: [...(ledger === observed && others.length > 0 ? [] : [available]), ...others] };
}

/** The evidence of a case as it is shown: single values, then tables. */
export function shownEvidence(evidence: Fields): Fields {
  const { ledger, observed, states } = evidence;
  return typeof ledger === 'number' && typeof observed === 'number' && Array.isArray(states) && states.every(fields) ? ofDrift(evidence) : evidence;
}
