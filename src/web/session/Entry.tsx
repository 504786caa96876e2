/** The card that sign-in and set-up share. */
import { useEffect, type ReactNode } from 'react';
import { Mark } from '../shell/Mark.tsx';

export function Entry({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => { document.title = `${title} · Instep`; }, [title]);
  return (
    <main className="alone">
      <div className="panel entry"><div className="row"><Mark /><strong>Instep</strong></div><h1>{title}</h1>{children}</div>
    </main>
  );
}
