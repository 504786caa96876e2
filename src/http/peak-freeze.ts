/**
 * While a peak is on, what decides about stock stays as it is: a wrong match or policy made in a rush sells what is not there before anybody sees it. One list of
 * what waits; an administrator may open it for a while, with a reason (routes/peak.ts). Connections, alerts and people are not on it: a dead token is mended at once.
 */
import type { FastifyInstance } from 'fastify';
import { settingsInPeak } from '../store/peak.ts';
import type { Db } from '../store/db.ts';
import { Refusal } from './app.ts';

type Asked = { body: unknown; query: unknown };
interface Frozen {
  what: string;
  /** Shared by all stores: any store's peak counts. */
  shared?: true;
  /** Only then; left out, always. */
  when?(asked: Asked): boolean;
}

const field = (of: unknown, name: string): unknown => (typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined);
const inEarnest = (asked: Asked): boolean => field(asked.body, 'dryRun') !== true && field(asked.query, 'dryRun') !== 'true';
/** More levels than this let go on at once are a bulk push. */
const BULK_LEVELS = 20;

/** Method and route as registered; a test asks that each is there. */
export const FROZEN_IN_PEAK: Readonly<Record<string, Frozen>> = {
  'PUT /api/v1/locations/:locationId/authority': { what: 'who is right about a location' },
  'PUT /api/v1/locations/:locationId/supply': { what: 'who supplies a location' },
  // Pausing, resuming and the peak's own end are what a peak is steered by.
  'PUT /api/v1/locations/:locationId/policy': { what: 'a push policy', when: ({ body }) => Object.keys((body ?? {}) as object).some((name) => name !== 'paused' && name !== 'peakUntil') },
  'POST /api/v1/push/release': { what: 'a push of many levels at once', when: ({ body }) => ((field(body, 'levels') as unknown[] | undefined)?.length ?? 0) > BULK_LEVELS },
  'POST /api/v1/drift/repairs/:repairId': { what: 'a repair above the limit', when: ({ body }) => field(body, 'action') === 'approve' },
  'PUT /api/v1/mapping': { what: 'a match', shared: true },
  'POST /api/v1/mapping/import': { what: 'matches', shared: true, when: inEarnest },
  'POST /api/v1/mapping/requests/:requestId': { what: 'a change of matches', shared: true, when: ({ body }) => field(body, 'action') === 'approve' },
  'POST /api/v1/mapping/approve': { what: 'matches', shared: true, when: inEarnest },
  'PUT /api/v1/mapping/ignore': { what: 'a code set aside', shared: true },
  'PUT /api/v1/mapping/rules': { what: 'a rule of matching', shared: true },
  'PUT /api/v1/bundles': { what: 'a bundle' },
  'POST /api/v1/bundles/import': { what: 'bundles', when: inEarnest },
  'POST /api/v1/warehouses': { what: 'a warehouse', shared: true },
  'PUT /api/v1/warehouses/:warehouseId': { what: 'a warehouse', shared: true },
  'PUT /api/v1/warehouses/:warehouseId/sharing': { what: 'how stores share a shelf', shared: true },
  'PUT /api/v1/planner': { what: 'the planner' },
  'PUT /api/v1/planner/places/:place': { what: 'the planner’s places' },
  'PUT /api/v1/transfers/settings': { what: 'what moving costs' },
  'PUT /api/v1/policies/:scope': { what: 'a planning policy' },
  'POST /api/v1/drift/repairs/approve': { what: 'repairs above the limit' },
  'POST /api/v1/drift/repairs/bulk': { what: 'a repair of many levels', when: ({ body }) => ((field(body, 'levels') as unknown[] | undefined)?.length ?? 0) > BULK_LEVELS },
  'PUT /api/v1/settings/repair-policy': { what: 'what is repaired without asking' },
  'PUT /api/v1/settings/drift-tolerance': { what: 'which differences are told of' },
  'PUT /api/v1/settings/limits': { what: 'what one person may do alone' },
  'PUT /api/v1/purchase-settings': { what: 'limits and budgets' },
};

/** Refuses what is on the list while a peak is on. Registered before the routes, so that it holds for all of them. */
export function freezeInPeak(app: FastifyInstance, db: Db, clock: { now(): Date }): void {
  app.addHook('preHandler', async (request) => {
    const frozen = FROZEN_IN_PEAK[`${request.method} ${request.routeOptions.url}`];
    if (frozen === undefined || frozen.when?.(request) === false) return;
    const asked = Number(field(request.query, 'store')), now = clock.now().toISOString();
    const on = (await settingsInPeak(db, now)).find((peak) => peak.opened_until === null && (frozen.shared || peak.store_id === asked));
    if (on) throw new Refusal(423, `${on.name} has a peak on until ${inZone(on.until, on.time_zone)}, and while it is, ${frozen.what} stays as it is. An administrator may open the settings for a while on the Peak monitor, with a reason.`);
  });
}

const inZone = (at: string, timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }).format(new Date(at));
