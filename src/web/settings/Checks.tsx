/** What a test call found, check by check. */
import type { TestResult } from '../api/queries.ts';
import { Status } from '../ui/tone.tsx';

export function Checks({ result }: { result: TestResult }) {
  return (
    <div className="checks" role="status">
      <p><Status tone={result.ok ? 'good' : 'bad'}>{result.ok ? 'Passed' : 'Failed'}</Status> {result.sentence}</p>
      <ul>{result.checks.map((check) => <li key={check.label}><Status tone={check.ok ? 'good' : 'bad'}>{check.label}</Status><span className="dim">{check.detail}</span></li>)}</ul>
    </div>
  );
}
