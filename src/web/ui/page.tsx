/** The frame of a page and of its panels: one heading, quiet actions on the right. */
import { useEffect, type ReactNode } from 'react';

export function Page({ title, aside, fill = false, children }: { title: string; aside?: ReactNode; fill?: boolean; children: ReactNode }) {
  useEffect(() => { document.title = `${title} · Instep`; }, [title]);
  return (
    <div className={fill ? 'page fill' : 'page'}>
      <header className="page-head"><h1>{title}</h1>{aside && <div className="row">{aside}</div>}</header>
      {children}
    </div>
  );
}

export function Panel({ title, aside, children, flush = false, className = '' }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; flush?: boolean; className?: string }) {
  return (
    <section className={`panel ${flush ? 'flush' : ''} ${className}`}>
      {title && <header className="panel-head"><h2>{title}</h2>{aside && <div className="row">{aside}</div>}</header>}
      <div className="panel-body">{children}</div>
    </section>
  );
}

/** Label and value pairs, aligned. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return <dl className="facts">{rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>;
}

/** A table wider than a narrow screen scrolls by itself, by keyboard too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>{children}</div>;
}
