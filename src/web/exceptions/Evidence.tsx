/** What was seen, as it was recorded with the exception: values as pairs, lists of records as a table. */
import { Link } from '@tanstack/react-router';
import { capital } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Told } from '../ui/time.tsx';

/** `shopifyAvailable` and `shopify_available` → "Shopify available". */
export function fieldName(key: string): string {
  return capital(key.replaceAll('_', ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase());
}

type Scalar = string | number | boolean | null;
/** Values in words: yes and no, nothing as a dash. Numbers may be ids, so they are left as they are. */
const said = (value: Scalar): string => (value === null ? '–' : value === true ? 'yes' : value === false ? 'no' : String(value));
const scalar = (value: unknown): value is Scalar => value === null || typeof value !== 'object';

export function Evidence({ evidence }: { evidence: Record<string, unknown> }) {
  const pairs = Object.entries(evidence);
  if (pairs.length === 0) return <p className="dim">Nothing beyond the sentence was recorded.</p>;
  return (
    <div className="stack">
      {pairs.some(([, value]) => scalar(value)) && <dl className="facts">{pairs.filter(([, value]) => scalar(value)).map(([key, value]) => <div key={key}><dt>{fieldName(key)}</dt><dd><Told>{said(value as Scalar)}</Told></dd></div>)}</dl>}
      {pairs.filter(([, value]) => !scalar(value)).map(([key, value]) => <div key={key}><h4>{fieldName(key)}</h4><Nested value={value} /></div>)}
    </div>
  );
}

function Nested({ value }: { value: unknown }) {
  if (Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))) {
    const rows = value as Record<string, unknown>[], keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return (
      <Wide label="Evidence records">
        <table className="plain">
          <thead><tr>{keys.map((key) => <th key={key}>{fieldName(key)}</th>)}</tr></thead>
          <tbody>{rows.slice(0, 50).map((row, n) => <tr key={n}>{keys.map((key) => <td key={key}>{key === 'itemId' && typeof row[key] === 'number' ? <Link to="/items/$itemId" params={{ itemId: String(row[key]) }}>{row[key]}</Link> : scalar(row[key]) ? <Told>{said((row[key] ?? '–') as Scalar)}</Told> : JSON.stringify(row[key])}</td>)}</tr>)}</tbody>
        </table>
      </Wide>
    );
  }
  if (Array.isArray(value) && value.every(scalar)) return <p>{value.map((each) => said(each as Scalar)).join(', ')}</p>;
  return <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>;
}
