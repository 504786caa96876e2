/** "Why 240?": every term of a figure as a bar, with the sentence that says what it is, and the figure they sum to. */
import type { RecommendationDetail } from '../api/queries.ts';
import { decimal, signed, units } from '../ui/format.ts';
import { Told } from '../ui/time.tsx';
import { steps } from './waterfall.ts';
import './waterfall.css';

/** `fractions`: expected units, to the tenth; orders are whole. */
export function Waterfall({ terms, sum = 'Order', fractions = false }: { terms: RecommendationDetail['waterfall']; sum?: string; fractions?: boolean }) {
  const written = fractions ? decimal : units, change = (value: number): string => (fractions ? `${value > 0 ? '+' : ''}${decimal(value)}` : signed(value));
  const drawn = steps(terms), edge = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return (
    <ol className="waterfall" aria-label={`Terms that sum to: ${sum}`}>
      {drawn.steps.map(({ term, left, width }) => (
        <li key={term.key}>
          <div className="term"><span>{term.label}</span><span className="track" aria-hidden><i className="zero" style={{ left: edge(drawn.zero) }} /><i className="fill" data-sign={term.quantity < 0 ? 'minus' : 'plus'} style={{ left: edge(left), width: edge(width) }} /></span><span className="num">{change(term.quantity)}</span></div>
          {term.sentence && <p className="small dim"><Told>{term.sentence}</Told></p>}
        </li>
      ))}
      <li className="sum"><div className="term"><span>{sum}</span><span className="track" aria-hidden><i className="zero" style={{ left: edge(drawn.zero) }} />{drawn.total !== 0 && <i className="fill" data-sign="sum" style={{ left: edge(drawn.zero), width: edge(drawn.totalWidth) }} />}</span><span className="num">{written(drawn.total)}</span></div></li>
    </ol>
  );
}
