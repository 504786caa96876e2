/** Where the page begins: theme, data, routes. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiError, wasRefused } from './api/client.ts';
import { buildRouter } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The server says what changed; a question it refused is not asked again.
      staleTime: 60_000, refetchOnWindowFocus: true, retry: (failures, error) => failures < 2 && !wasRefused(error),
    },
  },
});
const router = buildRouter(client);
client.getQueryCache().subscribe(({ query, type }) => {
  // A session that ended while the page was open.
  if (type === 'updated' && query.state.error instanceof ApiError && query.state.error.status === 401) {
    client.removeQueries({ queryKey: ['session'] });
    void router.invalidate();
  }
});

// Scroll locking of drawers and dialogs writes a style of its own and looks for the nonce under this name.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce });

// A newer version was put in place while this page was open: its parts have other names now, so the page begins again, once a minute at most.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('instep.reloaded'));
  if (Date.now() - last < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem('instep.reloaded', String(Date.now()));
  location.reload();
});

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
    <QueryClientProvider client={client}>
      <Notifications position="bottom-right" limit={4} />
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>,
);
