/** Status is always an icon, a word and a colour together. */
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconClockPause, IconHelpCircle, IconInfoCircle, IconLoader2, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'held' | 'neutral';

const ICONS: Record<Tone, Icon> = { good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX, info: IconInfoCircle, held: IconClockPause, neutral: IconCircleDashed };

export interface StatusProps { tone: Tone; children: ReactNode; icon?: Icon; pill?: boolean; title?: string }

export function Status({ tone, children, icon, pill = false, title }: StatusProps) {
  const Picture = icon ?? ICONS[tone];
  return <span className={pill ? 'status pill' : 'status'} data-tone={tone} title={title}><Picture size={14} stroke={2} aria-hidden />{children}</span>;
}

interface Look { tone: Tone; icon: Icon }

/** State of one item at one location. */
export const STOCK_LOOK: Record<string, Look> = {
  'in step': { tone: 'good', icon: IconCircleCheck }, pending: { tone: 'info', icon: IconClock }, drift: { tone: 'bad', icon: IconCircleX },
  unmapped: { tone: 'warn', icon: IconHelpCircle }, untracked: { tone: 'neutral', icon: IconCircleDashed }, 'not opened': { tone: 'neutral', icon: IconCircleDashed },
};

export const RUN_LOOK: Record<string, Look> = {
  running: { tone: 'info', icon: IconLoader2 }, done: { tone: 'good', icon: IconCircleCheck }, failed: { tone: 'bad', icon: IconCircleX }, interrupted: { tone: 'warn', icon: IconAlertTriangle },
};

/** Severity 1 is misstated now, 4 is tidy-up. */
export const SEVERITY: Record<number, { tone: Tone; word: string }> = {
  1: { tone: 'bad', word: 'Misstated now' }, 2: { tone: 'warn', word: 'Hurts today' }, 3: { tone: 'info', word: 'This week' }, 4: { tone: 'neutral', word: 'Tidy up' },
};

export const CASE_LOOK: Record<string, { tone: Tone; word: string }> = {
  grace: { tone: 'neutral', word: 'Just seen' }, open: { tone: 'warn', word: 'Open' }, snoozed: { tone: 'held', word: 'Snoozed' }, resolved: { tone: 'good', word: 'Resolved' }, ignored: { tone: 'neutral', word: 'Ignored' },
};
