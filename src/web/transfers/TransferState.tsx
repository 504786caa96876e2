/** How far a transfer has come, or what Shopify has not answered yet. */
import type { TransferRow } from '../api/replay-queries.ts';
import { Status, type Tone } from '../ui/tone.tsx';

const LOOK: Record<TransferRow['state'], { tone: Tone; word: string }> = { draft: { tone: 'neutral', word: 'Not in Shopify yet' }, ready: { tone: 'info', word: 'Ready to ship' }, 'in transit': { tone: 'held', word: 'On its way' }, received: { tone: 'good', word: 'Received' }, cancelled: { tone: 'neutral', word: 'Cancelled' } };
const ASKED: Record<NonNullable<TransferRow['asked']>, string> = { create: 'Being made', change: 'Being changed', ship: 'Being shipped', receive: 'Being received', cancel: 'Being cancelled' };

export function TransferState({ row }: { row: TransferRow }) {
  if (row.refused) return <Status tone="bad" title={row.message ?? undefined}>Refused</Status>;
  if (row.asked) return <Status tone="info" title={row.message ?? undefined}>{ASKED[row.asked]}</Status>;
  return <Status tone={LOOK[row.state].tone}>{row.state === 'in transit' && row.shipped < row.units ? 'Partly shipped' : LOOK[row.state].word}</Status>;
}
