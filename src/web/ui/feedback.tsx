/** What a screen says when it has nothing, or something went wrong: a plain sentence, what to do, and the id to quote. */
import { Button, CopyButton, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';

export function ErrorState({ error, retry, title = 'This could not be read' }: { error: Error; retry?: () => void; title?: string }) {
  const requestId = error instanceof ApiError ? error.requestId : '';
  return (
    <div className="state" role="alert" data-tone="bad">
      <IconCircleX size={22} aria-hidden />
      <div>
        <h2>{title}</h2>
        <p>{error.message}</p>
        {requestId && <p className="dim small">Request <code>{requestId}</code></p>}
        <div className="row">
          {retry && <Button variant="default" onClick={retry}>Try again</Button>}
          {requestId && <CopyButton value={`${error.message} (request ${requestId})`}>{({ copied, copy }) => <Button variant="subtle" onClick={copy}>{copied ? 'Copied' : 'Copy details'}</Button>}</CopyButton>}
        </div>
      </div>
    </div>
  );
}

/** Empty because all is well (`good`), or because there is nothing yet. */
export function EmptyState({ good = false, title, children, action }: { good?: boolean; title: string; children?: ReactNode; action?: ReactNode }) {
  const Picture = good ? IconCircleCheck : IconInbox;
  return (
    <div className="state" data-tone={good ? 'good' : 'neutral'}>
      <Picture size={22} aria-hidden />
      <div><h2>{title}</h2>{children && <p className="dim">{children}</p>}{action}</div>
    </div>
  );
}

/** What a toast says of something done that can be taken back, with the button that does. */
export function Undoable({ said, undo }: { said: string; undo(): void }) {
  return <span className="undoable"><span>{said}</span><Button size="compact-xs" variant="default" onClick={undo}>Undo</Button></span>;
}

/** A state of the whole page: some of what is shown is late or partial. */
export function Banner({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return <div className="banner" role="status" data-tone="warn"><IconAlertTriangle size={16} aria-hidden /><span>{children}</span>{action}</div>;
}

export function Lines({ rows = 4, height = 14 }: { rows?: number; height?: number }) {
  return <div className="stack" aria-busy="true">{Array.from({ length: rows }, (_, n) => <Skeleton key={n} height={height} width={`${92 - ((n * 17) % 40)}%`} />)}</div>;
}
