/** What was seen, as it was recorded with the exception: values as pairs, lists of records as a table. */
import { Link } from '@tanstack/react-router';
import { Wide } from '../ui/page.tsx';
import { Told } from '../ui/time.tsx';
import { fieldName, lines, records, scalar, shownEvidence, type Fields } from './evidence.ts';

/** More rows than these are a list of their own, on the screen the case leads to. */
const MOST_ROWS = 50;

export function Evidence({ evidence }: { evidence: Fields }) {
  const pairs = Object.entries(shownEvidence(evidence)), values = pairs.filter(([, value]) => scalar(value)), others = pairs.filter(([, value]) => !scalar(value));
  if (pairs.length === 0) return <p className="dim">Nothing beyond the sentence was recorded.</p>;
  return (
    <div className="stack">
      {values.length > 0 && <dl className="facts">{values.map(([key, value]) => <div key={key}><dt>{fieldName(key)}</dt><dd><Words value={value} /></dd></div>)}</dl>}
      {others.map(([key, value]) => <div key={key}><h4>{fieldName(key)}</h4>{records(value) ? <Records rows={value} /> : <div><Words value={value} /></div>}</div>)}
    </div>
  );
}

function Words({ value }: { value: unknown }) {
  const [first, ...more] = lines(value);
  return more.length === 0 ? <Told>{first ?? '–'}</Told> : <ul className="said">{[first!, ...more].map((line, n) => <li key={n}><Told>{line}</Told></li>)}</ul>;
}

function Records({ rows }: { rows: readonly Fields[] }) {
  // An item is told by its name, not by its number here.
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))], links = all.includes('title') ? 'title' : 'itemId', keys = all.filter((key) => key !== 'itemId' || links === 'itemId');
  return (
    <Wide label="Evidence records">
      <table className="plain">
        <thead><tr>{keys.map((key) => <th key={key}>{fieldName(key)}</th>)}</tr></thead>
        <tbody>{rows.slice(0, MOST_ROWS).map((row, n) => <tr key={n}>{keys.map((key) => <td key={key}>{key === links && typeof row['itemId'] === 'number' ? <Link to="/items/$itemId" params={{ itemId: String(row['itemId']) }}>{lines(row[key]).join(' ')}</Link> : <Words value={row[key]} />}</td>)}</tr>)}</tbody>
      </table>
    </Wide>
  );
}
