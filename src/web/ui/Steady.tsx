/**
 * A form under somebody's hands stays as it is. It starts over with what it edits whenever that changes, unless something was typed since: then it keeps what it began with,
 * so that the server refuses what would overwrite another's change, and says that there is something newer.
 */
import { Button } from '@mantine/core';
import { Fragment, useState, type ReactNode } from 'react';
import { Banner } from './feedback.tsx';

export interface Hands {
  /** Something was changed by other means than a field: a line taken off. */
  touch(): void;
  /** It is saved, or what was typed is given up: what comes next may be shown. */
  saved(): void;
}

/** @param of What is edited, as it is now. @param by What of it the form shows: as long as that is the same, a newer version is taken up without a word. */
export function Steady<T>({ of, by, children }: { of: T; by(value: T): string | number; children(value: T, hands: Hands): ReactNode }) {
  const [held, setHeld] = useState<{ value: T } | null>(null), now = held === null || by(held.value) === by(of) ? of : held.value, touch = (): void => setHeld((old) => old ?? { value: of }), saved = (): void => setHeld(null);
  return (
    <div className="steady" onChange={touch}>
      {now !== of && <Banner action={<Button size="compact-xs" variant="default" onClick={saved}>Show it as it is now</Button>}>This was changed meanwhile. What you typed is still here and cannot be saved over it.</Banner>}
      <Fragment key={by(now)}>{children(now, { touch, saved })}</Fragment>
    </div>
  );
}
