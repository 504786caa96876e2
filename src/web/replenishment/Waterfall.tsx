/** "Why 240?": every term of the order as a bar, with the sentence that says what it is. */
import type { RecommendationDetail } from '../api/queries.ts';
import { signed, units } from '../ui/format.ts';
import { steps } from './waterfall.ts';
import './waterfall.css';

export function Waterfall({ terms }: { terms: RecommendationDetail['waterfall'] }) {
  const drawn = steps(terms), edge = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return (
    <ol className="waterfall" aria-label="Terms that sum to the order">
      {drawn.steps.map(({ term, left, width }) => (
        <li key={term.key}>
          <div className="term"><span>{term.label}</span><span className="track" aria-hidden><i className="zero" style={{ left: edge(drawn.zero) }} /><i className="fill" data-sign={term.quantity < 0 ? 'minus' : 'plus'} style={{ left: edge(left), width: edge(width) }} /></span><span className="num">{signed(term.quantity)}</span></div>
          <p className="small dim">{term.sentence}</p>
        </li>
      ))}
      <li className="sum"><div className="term"><span>Order</span><span className="track" aria-hidden><i className="zero" style={{ left: edge(drawn.zero) }} />{drawn.total !== 0 && <i className="fill" data-sign="sum" style={{ left: edge(drawn.zero), width: edge(drawn.totalWidth) }} />}</span><span className="num">{units(drawn.total)}</span></div></li>
    </ol>
  );
}
