/** Views of one page as links: each changes the address, so each can be opened, shared and gone back from. */
import { useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { AppLink } from './AppLink.tsx';

export interface View { id: string; label: string; tally?: number | undefined }

/** `change` answers the search parameters of a view, given the present ones; views of a part of the page are `within` it. */
export function ViewTabs({ label, views, current, within = false, change }: { label: string; within?: boolean; views: readonly View[]; current: string; change(id: string, old: Record<string, unknown>): Record<string, unknown> }) {
  const router = useRouter(), location = useRouterState({ select: (state) => state.location });
  const bar = useRef<HTMLElement>(null);
  // On a narrow screen the tabs scroll: the present one is in sight.
  useEffect(() => {
    const box = bar.current, tab = box?.querySelector<HTMLElement>('[aria-current]');
    if (box && tab && box.scrollWidth > box.clientWidth) box.scrollLeft = tab.offsetLeft - box.offsetLeft - (box.clientWidth - tab.offsetWidth) / 2;
  }, [current]);
  const search = location.search as Record<string, unknown>;
  return (
    <nav ref={bar} className={within ? 'tabs-bar within' : 'tabs-bar'} aria-label={label}>
      {views.map((view) => (
        <AppLink key={view.id} to={`${location.pathname}${router.options.stringifySearch!(change(view.id, search))}`} current={view.id === current}>
          {view.label}{view.tally !== undefined && <span className="tally">{view.tally}</span>}
        </AppLink>
      ))}
    </nav>
  );
}
