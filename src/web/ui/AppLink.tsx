/** A link whose address the server gave, followed without reloading the page. */
import { useRouter } from '@tanstack/react-router';
import { useContext, type ReactNode } from 'react';
import { InGrid } from '../table/in-grid.ts';

export function AppLink({ to, children, className, label, current = false }: { to: string; children: ReactNode; className?: string; label?: string; current?: boolean }) {
  const router = useRouter(), inGrid = useContext(InGrid);
  return (
    <a href={to} className={className} tabIndex={inGrid ? -1 : undefined} aria-current={current ? 'page' : undefined} aria-label={label} onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      router.history.push(to);
    }}>{children}</a>
  );
}
