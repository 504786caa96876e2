/** From one number to another; one that stays as it is is dim. */
import { IconArrowRight } from '@tabler/icons-react';
import { units } from '../ui/format.ts';

export function Change({ change: { from, to } }: { change: { from: number; to: number } }) {
  return from === to ? <span className="dim">{units(from)}</span> : <>{units(from)} <IconArrowRight size={12} aria-label="to" /> <b>{units(to)}</b></>;
}
