/** A number that explains itself when clicked. Inside a grid it is reached by arrow keys and Enter, not by Tab. */
import { useContext, type ReactNode } from 'react';
import { InGrid } from './in-grid.ts';

export function Figure({ onClick, label, children, negative = false, zero = false }: { onClick(): void; label: string; children: ReactNode; negative?: boolean; zero?: boolean }) {
  const inGrid = useContext(InGrid);
  return <button type="button" data-action className={`number-button num${negative ? ' negative' : zero ? ' zero' : ''}`} tabIndex={inGrid ? -1 : 0} aria-label={label} onClick={(event) => { event.stopPropagation(); onClick(); }}>{children}</button>;
}
