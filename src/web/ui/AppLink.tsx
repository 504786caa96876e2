/** A link whose address the server gave, followed without reloading the page. */
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export function AppLink({ to, children, className }: { to: string; children: ReactNode; className?: string }) {
  const router = useRouter();
  return (
    <a href={to} className={className} onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      router.history.push(to);
    }}>{children}</a>
  );
}
