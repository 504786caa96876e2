/**
 * The control API under /sandbox/: what a tester does to the simulated world by hand. The routes stand in the files beside this one;
 * docs/sandbox-differences.md lists them with their bodies.
 */
import { HttpRefusal } from '../http-message.ts';
import { bundleRoutes } from './bundles.ts';
import { faultRoutes } from './faults.ts';
import type { Fields } from './fields.ts';
import { locationRoutes } from './locations.ts';
import { orderRoutes } from './orders.ts';
import { returnRoutes } from './returns.ts';
import type { ControlServices, Routes } from './routes.ts';
import { stockRoutes } from './stock.ts';
import { transferRoutes } from './transfers.ts';
import { workRoutes } from './work.ts';
import { worldRoutes } from './world.ts';

const ROUTES: Routes = { ...worldRoutes, ...faultRoutes, ...orderRoutes, ...workRoutes, ...returnRoutes, ...stockRoutes, ...locationRoutes, ...bundleRoutes, ...transferRoutes };

/** Answers one control request. Throws HttpRefusal naming the field at fault. */
export function control(services: ControlServices, method: string, path: string, body: Fields): unknown {
  const [noun = '', id = '', ...rest] = path.split('/');
  const exact = ROUTES[`${method} ${path}`];
  if (exact !== undefined) return exact(services, body, '');
  const route = ROUTES[[`${method} ${noun}/:id`, ...rest].join('/')];
  if (route === undefined || id === '') throw new HttpRefusal(404, `${method} /sandbox/${path} is no control`);
  return route(services, body, id);
}
