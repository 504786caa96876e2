/** A link whose address the server gave, followed without reloading the page. */
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export function AppLink({ to, children, className, current = false }: { to: string; children: ReactNode; className?: string; current?: boolean }) {
  const router = useRouter();
  return (
    <a href={to} className={className} aria-current={current ? 'page' : undefined} onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      router.history.push(to);
    }}>{children}</a>
  );
}
