/** What surrounds every page: where one can go, which store, how fresh, who. */
import { Button, Kbd, NativeSelect, Popover, UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconDots, IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useLiveUpdates } from '../api/live.ts';
import { sessionQuery, type Session, type Store } from '../api/queries.ts';
import { EmptyState, ErrorState } from '../ui/feedback.tsx';
import { TimeZone } from '../ui/time.tsx';
import { Freshness } from './Freshness.tsx';
import { JobStrip } from './JobStrip.tsx';
import { Keyboard } from './Keyboard.tsx';
import { Mark } from './Mark.tsx';
import { isAt, NAVIGATION, SCREENS } from './navigation.ts';
import { chooseStore, CurrentStore, edgeOf, rememberStore } from './store.tsx';
import { SchemeToggle, UserMenu } from './UserMenu.tsx';

const route = getRouteApi('/app');
// The palette is not needed to show the first page.
const Search = lazy(() => import('./Search.tsx').then((module) => ({ default: module.Search })));

export function Shell() {
  const { store: asked } = route.useSearch();
  const session = useQuery(sessionQuery()), client = useQueryClient();
  const [remembered, setRemembered] = useState(0);
  const store = session.data ? chooseStore(session.data, asked) : null;
  useEffect(() => { if (asked !== undefined) { rememberStore(asked); setRemembered((n) => n + 1); } }, [asked]);
  useLiveUpdates(client, store?.storeId ?? null);
  if (session.isError) return <main className="alone"><ErrorState error={session.error} retry={() => void session.refetch()} /></main>;
  if (!session.data) return null;
  return (
    <CurrentStore value={store}>
      <TimeZone value={store?.timeZone ?? 'UTC'}>
        <div className="shell" data-remembered={remembered}>
          <a href="#main" className="skip">Skip to the page</a>
          <Navigation />
          <Top session={session.data} store={store} />
          <div className="content">
            <main id="main" tabIndex={-1}><Body store={store} /></main>
          </div>
        </div>
        <Keyboard />
        <Suspense><Search store={store} /></Suspense>
      </TimeZone>
    </CurrentStore>
  );
}

/** A page without a store is the one where a store is connected. */
function Body({ store }: { store: Store | null }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (store === null && !/^\/settings\/(?:connections|people|audit-trail|backups)/.test(path)) {
    return <EmptyState title="No shop is connected yet" action={<Button component={Link} to="/settings/connections">Connect a shop</Button>}>Instep shows a shop’s stock, forecast and orders once it may read them.</EmptyState>;
  }
  return <Outlet />;
}

function Navigation() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className="nav" aria-label="Screens">
      <Link to="/" className="brand" aria-label="Instep, Today"><Mark /><span>Instep</span></Link>
      {NAVIGATION.map(({ group, screens }) => (
        <div key={group} className="nav-group">
          <p aria-hidden>{group}</p>
          {screens.map((screen) => { const { to, label, short, icon: Picture } = screen; return (
            <Link key={to} to={to} className={screen.phone ? 'nav-link' : 'nav-link not-phone'} activeOptions={{ exact: true, includeSearch: false }} aria-current={isAt(screen, path) ? 'page' : undefined} title={label}>
              <Picture size={18} stroke={1.8} aria-hidden /><span className="long">{label}</span><span className="short" aria-hidden>{short}</span>
            </Link>
          ); })}
        </div>
      ))}
      <More path={path} />
    </nav>
  );
}

/** A phone's bar holds what is done standing up; the rest is one tap further. */
function More({ path }: { path: string }) {
  const rest = SCREENS.filter((screen) => !screen.phone), [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-end" width={220} trapFocus>
      <Popover.Target><UnstyledButton className="nav-link more" data-here={rest.some((screen) => isAt(screen, path)) || undefined} onClick={() => setOpen(!open)}><IconDots size={18} stroke={1.8} aria-hidden /><span>More</span></UnstyledButton></Popover.Target>
      <Popover.Dropdown aria-label="More screens" p={6}>{rest.map((screen) => <Link key={screen.to} to={screen.to} className="more-item" aria-current={isAt(screen, path) ? 'page' : undefined} onClick={() => setOpen(false)}><screen.icon size={18} aria-hidden />{screen.label}</Link>)}</Popover.Dropdown>
    </Popover>
  );
}

function Top({ session, store }: { session: Session; store: Store | null }) {
  const navigate = useNavigate();
  return (
    <header className="top" style={store && session.stores.length > 1 ? { borderTop: `3px solid ${edgeOf(store)}` } : undefined}>
      {session.stores.length > 1 && store
        ? <NativeSelect size="xs" className="store-select" aria-label="Store" value={store.storeId} data={session.stores.map((each) => ({ value: String(each.storeId), label: each.name }))} onChange={(event) => void navigate({ to: '/', search: { store: Number(event.currentTarget.value) } })} />
        : store && <span className="store-name" title={store.shopDomain}>{store.name}</span>}
      {store?.isSandbox && <span className="sandbox-tag" title="A simulated shop on this machine">Sandbox</span>}
      <UnstyledButton className="search-button" onClick={() => spotlight.open()}>
        <IconSearch size={15} aria-hidden /><span>Search</span><Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <div className="top-end">
        {session.mode === 'open' && <span className="dim small open-note">This machine only · no administrator yet</span>}
        {store && <JobStrip store={store.storeId} />}
        {store && <Freshness store={store.storeId} />}
        <SchemeToggle />
        <UserMenu session={session} />
      </div>
    </header>
  );
}
