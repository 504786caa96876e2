/** The terms of a recommendation as bars that begin where the one before ended. */
import type { RecommendationDetail } from '../api/queries.ts';

type Term = RecommendationDetail['waterfall'][number];
export interface Step { term: Term; from: number; to: number; /** Left edge and width, in shares of the whole track. */ left: number; width: number }

/** Terms that move nothing are left out. The last step ends at the order: the terms sum exactly to it. */
export function steps(terms: readonly Term[]): { steps: Step[]; zero: number; total: number; totalWidth: number } {
  const moving = terms.filter((term) => term.quantity !== 0);
  let at = 0;
  const spans = moving.map((term) => { const from = at; at += term.quantity; return { term, from, to: at }; });
  const low = Math.min(0, ...spans.map((span) => span.to)), high = Math.max(0, ...spans.map((span) => span.to)), range = Math.max(1, high - low);
  return {
    steps: spans.map((span) => ({ ...span, left: (Math.min(span.from, span.to) - low) / range, width: Math.abs(span.to - span.from) / range })),
    zero: (0 - low) / range, total: at, totalWidth: Math.abs(at) / range,
  };
}
