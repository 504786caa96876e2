/** How far a level has come, in a word, a tone and a phase: queued, sent, confirmed by read-back. */
import type { Tone } from '../ui/tone.tsx';

export interface PushLook {
  word: string; tone: Tone;
  /** Phases behind it, of three; null where none is under way. */
  phase: 1 | 2 | 3 | null;
  /** Longer words, for pointing at. */
  means: string;
}

const LOOKS: Record<string, PushLook> = {
  queued: { word: 'Queued', tone: 'info', phase: 1, means: 'To be looked at and sent' },
  sent: { word: 'Sent', tone: 'info', phase: 2, means: 'Sent; Shopify has not answered yet' },
  written: { word: 'Sent, unconfirmed', tone: 'info', phase: 2, means: 'Shopify took it; not read back yet' },
  'in step': { word: 'Confirmed', tone: 'good', phase: 3, means: 'Written and read back: Shopify shows it' },
  held: { word: 'Held', tone: 'held', phase: null, means: 'Waits for a person to release it' },
  quarantined: { word: 'Refused', tone: 'bad', phase: null, means: 'Shopify refused it' },
  conflict: { word: 'Contested', tone: 'warn', phase: null, means: 'Somebody else keeps changing it' },
  shadow: { word: 'Shadow', tone: 'neutral', phase: null, means: 'Computed, not written: the location is in shadow' },
  'not written': { word: 'Not written', tone: 'neutral', phase: null, means: 'Instep never writes this level' },
};

/** `pushedAt`: null when the level was never written; then it agreed by itself. */
export function pushLook(state: string, pushedAt: string | null): PushLook {
  if (state === 'in step' && pushedAt === null) return { word: 'In step', tone: 'good', phase: null, means: 'Shopify shows it already; nothing had to be written' };
  return LOOKS[state] ?? { word: state, tone: 'neutral', phase: null, means: state };
}

/** States a person may let go on. */
export const RELEASABLE: ReadonlySet<string> = new Set(['held', 'quarantined', 'conflict']);
