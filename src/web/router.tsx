/** The pages, by address. Every filter, sort and open drawer is in the address, so reload, back and a copied link show the same. */
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { sessionQuery } from './api/queries.ts';
import { ALL_LOCATIONS, dayText, positive, text, oneOf } from './search-params.ts';
import { Shell } from './shell/Shell.tsx';
import { NotFound, Broken } from './shell/Outside.tsx';

type Raw = Record<string, unknown>;
/** Every part of an address is optional; what is not understood is left out. */
const optional = <T extends object>(understand: (raw: Raw) => T) => (raw: Raw): Partial<T> => understand(raw);

const root = createRootRouteWithContext<{ client: QueryClient }>()({ notFoundComponent: NotFound });

const app = createRoute({
  getParentRoute: () => root, id: 'app', component: Shell, errorComponent: Broken,
  validateSearch: optional<{ store: number | undefined }>((raw) => ({ store: positive(raw['store']) })),
  search: { middlewares: [retainSearchParams(['store'])] },
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery());
    if (session.mode === 'signed-out') throw redirect({ to: '/login', search: { next: location.href } });
  },
});

export const TODAY_ROLES = ['everyone', 'ecommerce', 'planner', 'warehouse'] as const;
const today = createRoute({
  getParentRoute: () => app, path: '/', component: lazyRouteComponent(() => import('./today/TodayPage.tsx'), 'TodayPage'),
  validateSearch: optional((raw) => ({ as: oneOf(raw['as'], TODAY_ROLES), day: text(raw['day'], 10) })),
});

export const STOCK_VIEWS = ['all', 'drift', 'planner', 'negative', 'out of stock', 'pending', 'changed'] as const;
export const STOCK_SORTS = ['sku', 'title', 'onHand', 'committed', 'available', 'drift', 'lastMovement'] as const;
const stock = createRoute({
  getParentRoute: () => app, path: '/stock', component: lazyRouteComponent(() => import('./stock/StockScreen.tsx'), 'StockScreen'),
  validateSearch: optional((raw) => ({
    tab: oneOf(raw['tab'], ['repairs'] as const), view: oneOf(raw['view'], STOCK_VIEWS), q: text(raw['q'], 4000), location: text(raw['location']), vendor: text(raw['vendor']),
    sort: oneOf(raw['sort'], STOCK_SORTS), dir: oneOf(raw['dir'], ['asc', 'desc'] as const), why: text(raw['why']),
  })),
});

export const ITEM_TABS = ['summary', 'movements', 'demand', 'replenishment', 'mapping'] as const;
const item = createRoute({
  getParentRoute: () => app, path: '/items/$itemId', component: lazyRouteComponent(() => import('./item/ItemPage.tsx'), 'ItemPage'),
  validateSearch: optional((raw) => ({
    tab: oneOf(raw['tab'], ITEM_TABS), location: String(raw['location']) === String(ALL_LOCATIONS) ? ALL_LOCATIONS : positive(raw['location']), state: text(raw['state']), at: text(raw['at']), grain: oneOf(raw['grain'], ['d', 'w', 'm'] as const), why: text(raw['why']),
  })),
});

export const PUSH_VIEWS = ['all', 'waiting', 'held', 'failed', 'shadow', 'not written'] as const;
const push = createRoute({
  getParentRoute: () => app, path: '/push', component: lazyRouteComponent(() => import('./push/PushScreen.tsx'), 'PushScreen'),
  validateSearch: optional((raw) => ({ view: oneOf(raw['view'], PUSH_VIEWS), q: text(raw['q'], 4000), location: positive(raw['location']), level: text(raw['level'], 60) })),
});

export const MAPPING_TABS = ['skus', 'variants', 'locations', 'bundles', 'rules'] as const;
export const LISTING_FAULTS = ['same SKU', 'no SKU', 'renamed', 'same barcode', 'wrong barcode', 'no barcode', 'planner'] as const;
export const MAPPING_VIEWS = ['all', 'unmatched', 'suggested', 'by hand', 'ignored'] as const;
const mapping = createRoute({
  getParentRoute: () => app, path: '/mapping', component: lazyRouteComponent(() => import('./mapping/MappingScreen.tsx'), 'MappingScreen'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], MAPPING_TABS), view: oneOf(raw['view'], MAPPING_VIEWS), fault: oneOf(raw['fault'], LISTING_FAULTS), q: text(raw['q'], 4000), row: text(raw['row'], 240), bundle: text(raw['bundle'], 40), approve: oneOf(raw['approve'], ['yes'] as const), file: oneOf(raw['file'], ['in'] as const) })),
});

export const PARCEL_VIEWS = ['late', 'waiting', 'held', 'written', 'all'] as const;
export const ORDER_OUT_VIEWS = ['open', 'stuck', 'done', 'all'] as const;
const fulfilments = createRoute({
  getParentRoute: () => app, path: '/fulfilments', component: lazyRouteComponent(() => import('./fulfilments/FulfilmentsScreen.tsx'), 'FulfilmentsScreen'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['parcels', 'orders'] as const), view: oneOf(raw['view'], [...PARCEL_VIEWS, ...ORDER_OUT_VIEWS]), q: text(raw['q'], 200), id: text(raw['id'], 60) })),
});

export const RETURN_VIEWS = ['to inspect', 'announced', 'inspected', 'all'] as const;
const returns = createRoute({
  getParentRoute: () => app, path: '/returns', component: lazyRouteComponent(() => import('./returns/ReturnsScreen.tsx'), 'ReturnsScreen'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['ghosts'] as const), view: oneOf(raw['view'], RETURN_VIEWS), q: text(raw['q'], 200) })),
});
const returnCase = createRoute({ getParentRoute: () => app, path: '/returns/$returnId', component: lazyRouteComponent(() => import('./returns/ReturnPage.tsx'), 'ReturnPage') });

const counts = createRoute({ getParentRoute: () => app, path: '/counts', component: lazyRouteComponent(() => import('./counts/CountsScreen.tsx'), 'CountsScreen'), validateSearch: optional((raw) => ({ begin: oneOf(raw['begin'], ['yes'] as const) })) });
const count = createRoute({ getParentRoute: () => app, path: '/counts/$countId', component: lazyRouteComponent(() => import('./counts/CountPage.tsx'), 'CountPage') });

export const PLAN_VIEWS = ['to order', 'due', 'drafted', 'overstock', 'set aside', 'all'] as const;
const replenishment = createRoute({
  getParentRoute: () => app, path: '/replenishment', component: lazyRouteComponent(() => import('./replenishment/ReplenishmentScreen.tsx'), 'ReplenishmentScreen'),
  validateSearch: optional((raw) => ({
    view: oneOf(raw['view'], PLAN_VIEWS), q: text(raw['q'], 4000), location: text(raw['location']), vendor: text(raw['vendor']),
    sort: oneOf(raw['sort'], ['urgency', 'sku', 'supplier', 'quantity', 'cost', 'risk', 'cover', 'stockout', 'overstock'] as const), dir: oneOf(raw['dir'], ['asc', 'desc'] as const), why: text(raw['why']), values: text(raw['values']),
    what: oneOf(raw['what'], ['if'] as const), service: positive(raw['service']), days: positive(raw['days']), budget: positive(raw['budget']), fill: oneOf(raw['fill'], ['container'] as const),
  })),
});

const replay = createRoute({
  getParentRoute: () => app, path: '/replay', component: lazyRouteComponent(() => import('./replay/ReplayScreen.tsx'), 'ReplayScreen'),
  validateSearch: optional((raw) => ({ run: positive(raw['run']), tab: oneOf(raw['tab'], ['lines'] as const), q: text(raw['q'], 200), sort: oneOf(raw['sort'], ['lost', 'cash', 'bought', 'wanted', 'sku'] as const), line: text(raw['line'], 60), show: oneOf(raw['show'], ['new'] as const) })),
});
export const MOVE_VIEWS = ['open', 'over', 'all'] as const;
export const TRANSFER_VIEWS = ['open', 'ready', 'in transit', 'refused', 'over', 'all'] as const;
const transfers = createRoute({
  getParentRoute: () => app, path: '/transfers', component: lazyRouteComponent(() => import('./transfers/TransfersScreen.tsx'), 'TransfersScreen'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['transfers', 'moves'] as const), view: oneOf(raw['view'], TRANSFER_VIEWS), moves: oneOf(raw['moves'], MOVE_VIEWS), q: text(raw['q'], 4000), from: positive(raw['from']), to: positive(raw['to']), id: positive(raw['id']), show: oneOf(raw['show'], ['settings'] as const) })),
});
const receiveTransfer = createRoute({ getParentRoute: () => app, path: '/transfers/$transferId/receive', component: lazyRouteComponent(() => import('./transfers/ReceiveTransfer.tsx'), 'ReceiveTransfer') });

export const FORECAST_TABS = ['overrides', 'accuracy', 'runs', 'events', 'prices'] as const;
export const FORECAST_VIEWS = ['all', 'overridden', 'unusual', 'out of stock', 'intermittent', 'short history'] as const;
const forecast = createRoute({
  getParentRoute: () => app, path: '/forecast', component: lazyRouteComponent(() => import('./forecast/ForecastScreen.tsx'), 'ForecastScreen'),
  validateSearch: optional((raw) => ({
    tab: oneOf(raw['tab'], FORECAST_TABS), view: oneOf(raw['view'], FORECAST_VIEWS), q: text(raw['q'], 4000), location: text(raw['location']), vendor: text(raw['vendor']),
    sort: oneOf(raw['sort'], ['sku', 'location', 'mean28', 'p90', 'sold28', 'change', 'than', 'wape', 'bias', 'coverage'] as const), dir: oneOf(raw['dir'], ['asc', 'desc'] as const), than: text(raw['than'], 20),
    by: oneOf(raw['by'], ['class', 'category', 'supplier', 'item', 'location'] as const), event: text(raw['event'], 20), plan: text(raw['plan'], 20), file: oneOf(raw['file'], ['in'] as const), state: oneOf(raw['state'], ['all'] as const), say: oneOf(raw['say'], ['many'] as const),
  })),
});
const forecastOfItem = createRoute({
  getParentRoute: () => app, path: '/forecast/$itemId', component: lazyRouteComponent(() => import('./forecast/SeriesPage.tsx'), 'SeriesPage'),
  validateSearch: optional((raw) => ({ location: positive(raw['location']), grain: oneOf(raw['grain'], ['d', 'w', 'm'] as const), than: text(raw['than'], 20), override: oneOf(raw['override'], ['new'] as const), like: oneOf(raw['like'], ['set'] as const) })),
});

export const PURCHASE_VIEWS = ['open', 'draft', 'awaiting approval', 'on order', 'overdue', 'received', 'over', 'all'] as const;
const purchaseOrders = createRoute({
  getParentRoute: () => app, path: '/purchase-orders', component: lazyRouteComponent(() => import('./purchasing/PurchaseOrdersScreen.tsx'), 'PurchaseOrdersScreen'),
  validateSearch: optional((raw) => ({ view: oneOf(raw['view'], PURCHASE_VIEWS), q: text(raw['q'], 200), supplier: positive(raw['supplier']), location: positive(raw['location']), show: oneOf(raw['show'], ['new', 'file', 'settings', 'recommended'] as const) })),
});
const purchaseOrder = createRoute({ getParentRoute: () => app, path: '/purchase-orders/$purchaseOrderId', component: lazyRouteComponent(() => import('./purchasing/PurchaseOrderPage.tsx'), 'PurchaseOrderPage'), validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['receipts', 'versions'] as const) })) });
const receive = createRoute({ getParentRoute: () => app, path: '/purchase-orders/$purchaseOrderId/receive', component: lazyRouteComponent(() => import('./purchasing/ReceivePage.tsx'), 'ReceivePage') });
const suppliers = createRoute({
  getParentRoute: () => app, path: '/suppliers', component: lazyRouteComponent(() => import('./suppliers/SuppliersScreen.tsx'), 'SuppliersScreen'),
  validateSearch: optional((raw) => ({ q: text(raw['q'], 200), all: oneOf(raw['all'], ['yes'] as const), show: oneOf(raw['show'], ['new', 'file'] as const) })),
});
const supplier = createRoute({ getParentRoute: () => app, path: '/suppliers/$supplierId', component: lazyRouteComponent(() => import('./suppliers/SupplierPage.tsx'), 'SupplierPage'), validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['items', 'terms'] as const), q: text(raw['q'], 200), item: positive(raw['item']), file: oneOf(raw['file'], ['in'] as const) })) });

export const CASE_TABS = ['open', 'mine', 'unassigned', 'snoozed', 'resolved', 'ignored'] as const;
const exceptions = createRoute({
  getParentRoute: () => app, path: '/exceptions', component: lazyRouteComponent(() => import('./exceptions/ExceptionsScreen.tsx'), 'ExceptionsScreen'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], CASE_TABS), kind: text(raw['kind']), owner: text(raw['owner'], 40), person: text(raw['person'], 200), q: text(raw['q'], 200), id: text(raw['id']) })),
});

const help = createRoute({ getParentRoute: () => app, path: '/help', component: lazyRouteComponent(() => import('./help/HelpPage.tsx'), 'HelpPage'), validateSearch: optional((raw) => ({ page: text(raw['page'], 80), q: text(raw['q'], 200) })) });
const peakReport = createRoute({ getParentRoute: () => app, path: '/peak/reports/$reportId', component: lazyRouteComponent(() => import('./peak/ReportPage.tsx'), 'ReportPage') });
const peak = createRoute({ getParentRoute: () => app, path: '/peak', component: lazyRouteComponent(() => import('./peak/PeakPage.tsx'), 'PeakPage'), validateSearch: optional((raw) => ({ rehearsal: positive(raw['rehearsal']) })) });
const audit = createRoute({
  getParentRoute: () => app, path: '/audit', component: lazyRouteComponent(() => import('./audit/AuditScreen.tsx'), 'AuditScreen'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['gaps', 'period'] as const), report: positive(raw['report']), check: text(raw['check'], 60), owner: text(raw['owner'], 40), q: text(raw['q'], 200), gap: raw['gap'] === '0' || raw['gap'] === 0 ? 0 : positive(raw['gap']), from: dayText(raw['from']), to: dayText(raw['to']) })),
});
const flows = createRoute({
  getParentRoute: () => app, path: '/flows', component: lazyRouteComponent(() => import('./flows/FlowsPage.tsx'), 'FlowsPage'), validateSearch: optional((raw) => ({ flow: text(raw['flow']) })),
});
const connections = createRoute({ getParentRoute: () => app, path: '/settings/connections', component: lazyRouteComponent(() => import('./settings/ConnectionsPage.tsx'), 'ConnectionsPage') });
const warehouses = createRoute({
  getParentRoute: () => app, path: '/settings/warehouses', component: lazyRouteComponent(() => import('./settings/WarehousesPage.tsx'), 'WarehousesPage'),
  validateSearch: optional((raw) => ({ edit: text(raw['edit'], 20), sharing: positive(raw['sharing']) })),
});
const SHADOW_SORTS = ['size', 'gap', 'sku', 'theirs', 'ours', 'parity'] as const;
const planner = createRoute({
  getParentRoute: () => app, path: '/settings/planner', component: lazyRouteComponent(() => import('./planner/PlannerPage.tsx'), 'PlannerPage'),
  validateSearch: optional((raw) => ({
    tab: oneOf(raw['tab'], ['shadow', 'orders', 'files'] as const), view: oneOf(raw['view'], ['gaps', 'not at parity', 'all'] as const), q: text(raw['q'], 4000), location: text(raw['location']), reason: text(raw['reason'], 60), sort: oneOf(raw['sort'], SHADOW_SORTS), dir: oneOf(raw['dir'], ['asc', 'desc'] as const),
    why: text(raw['why']), stuck: oneOf(raw['stuck'], ['yes'] as const), order: positive(raw['order']), edit: oneOf(raw['edit'], ['yes'] as const),
  })),
});
const locations = createRoute({
  getParentRoute: () => app, path: '/settings/locations', component: lazyRouteComponent(() => import('./settings/LocationsPage.tsx'), 'LocationsPage'), validateSearch: optional((raw) => ({ location: positive(raw['location']) })),
});

const alerts = createRoute({
  getParentRoute: () => app, path: '/settings/alerts', component: lazyRouteComponent(() => import('./alerts/AlertsPage.tsx'), 'AlertsPage'),
  validateSearch: optional((raw) => ({ tab: oneOf(raw['tab'], ['deliveries'] as const), edit: text(raw['edit'], 20), state: oneOf(raw['state'], ['waiting', 'delivered', 'failed'] as const), channel: text(raw['channel'], 20), delivery: text(raw['delivery'], 20) })),
});

const limits = createRoute({ getParentRoute: () => app, path: '/settings/limits', component: lazyRouteComponent(() => import('./settings/LimitsPage.tsx'), 'LimitsPage') });
const exchangeRates = createRoute({ getParentRoute: () => app, path: '/settings/exchange-rates', component: lazyRouteComponent(() => import('./settings/ExchangeRatesPage.tsx'), 'ExchangeRatesPage') });
const backups = createRoute({ getParentRoute: () => app, path: '/settings/backups', component: lazyRouteComponent(() => import('./settings/BackupsPage.tsx'), 'BackupsPage') });
const people = createRoute({
  getParentRoute: () => app, path: '/settings/people', component: lazyRouteComponent(() => import('./settings/PeoplePage.tsx'), 'PeoplePage'), validateSearch: optional((raw) => ({ edit: text(raw['edit'], 20) })),
});
const auditTrail = createRoute({
  getParentRoute: () => app, path: '/settings/audit-trail', component: lazyRouteComponent(() => import('./settings/AuditTrailPage.tsx'), 'AuditTrailPage'),
  validateSearch: optional((raw) => ({ q: text(raw['q'], 200), actor: text(raw['actor'], 200), action: text(raw['action'], 100), from: dayText(raw['from']), to: dayText(raw['to']), entry: text(raw['entry'], 20) })),
});

const login = createRoute({
  getParentRoute: () => root, path: '/login', component: lazyRouteComponent(() => import('./session/LoginPage.tsx'), 'LoginPage'), validateSearch: optional((raw) => ({ next: text(raw['next'], 2000) })),
});
const setup = createRoute({
  getParentRoute: () => root, path: '/setup', component: lazyRouteComponent(() => import('./session/SetupPage.tsx'), 'SetupPage'), validateSearch: optional((raw) => ({ token: text(raw['token']) })),
});

const join = createRoute({
  getParentRoute: () => root, path: '/join', component: lazyRouteComponent(() => import('./session/JoinPage.tsx'), 'JoinPage'), validateSearch: optional((raw) => ({ token: text(raw['token'], 200) })),
});

const tree = root.addChildren([app.addChildren([today, stock, push, mapping, item, forecast, forecastOfItem, replenishment, replay, transfers, receiveTransfer, purchaseOrders, purchaseOrder, receive, suppliers, supplier, exceptions, fulfilments, returns, returnCase, counts, count, audit, help, peak, peakReport, flows, connections, warehouses, planner, locations, alerts, limits, exchangeRates, backups, people, auditTrail]), login, setup, join]);

/** Addresses stay plain text: `?view=out+of+stock`, never quoted JSON. */
export function buildRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree, context: { client }, defaultPreload: 'intent', defaultPreloadStaleTime: 0, scrollRestoration: true,
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const out = new URLSearchParams();
      for (const [name, value] of Object.entries(search)) if (value !== undefined && value !== null && value !== '') out.set(name, String(value));
      const written = out.toString();
      return written ? `?${written}` : '';
    },
  });
}

declare module '@tanstack/react-router' {
  interface Register { router: ReturnType<typeof buildRouter> }
}
