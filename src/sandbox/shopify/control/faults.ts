/** Controls that break things: each part given replaces that part, parts left out stay, null ends a fault. */
import { setRoutingDelay } from '../engine/orders.ts';
import { HttpRefusal } from '../http-message.ts';
import type { CallFault } from '../webhooks/faults.ts';
import { numberField, objectField, onlyFields, textField, type Fields } from './fields.ts';
import { COUNT } from './orders.ts';
import type { ControlServices, Routes } from './routes.ts';

const CHANCE = { min: 0, max: 1 };
const TIMES = { min: 0, max: 1_000_000, whole: true };

function webhookFaults({ faults }: ControlServices, body: Fields): void {
  if (body['webhooks'] === null) { faults.webhooks = null; return; }
  const given = objectField(body, 'webhooks');
  onlyFields(given, ['drop', 'duplicate', 'reorder', 'delayMs', 'topics', 'count']);
  if (given['topics'] != null && (!Array.isArray(given['topics']) || given['topics'].some((topic) => typeof topic !== 'string'))) {
    throw new HttpRefusal(400, 'webhooks.topics: expected a list of topics such as "orders/create"');
  }
  faults.webhooks = {
    drop: numberField(given, 'drop', CHANCE, 0), duplicate: numberField(given, 'duplicate', CHANCE, 0), reorder: numberField(given, 'reorder', CHANCE, 0),
    delayMs: numberField(given, 'delayMs', { min: 0, max: 86_400_000 }, 0), topics: (given['topics'] ?? null) as string[] | null,
    count: given['count'] == null ? null : numberField(given, 'count', COUNT),
  };
}

function callFault(body: Fields, name: string): CallFault[] {
  if (body[name] === null) return [];
  const given = objectField(body, name);
  onlyFields(given, ['mutation', 'count']);
  return [{ mutation: textField(given, 'mutation'), count: numberField(given, 'count', COUNT, 1) }];
}

/** What each part of the body does; a part nobody reads is refused by name. */
const PARTS: Record<string, (services: ControlServices, body: Fields) => void> = {
  webhooks: webhookFaults,
  throttle: ({ faults }, body) => { faults.throttle = numberField(body, 'throttle', TIMES); },
  concurrentKeys: ({ idempotency }, body) => { idempotency.concurrentAnswers = numberField(body, 'concurrentKeys', TIMES); },
  failAfterCommit: ({ faults }, body) => { faults.failAfterCommit = callFault(body, 'failAfterCommit'); },
  failBefore: ({ faults }, body) => { faults.failBefore = callFault(body, 'failBefore'); },
  routingDelayMs: ({ shop }, body) => setRoutingDelay(shop, numberField(body, 'routingDelayMs', { min: 0, max: 86_400_000, whole: true })),
  bulkDelayMs: ({ bulk }, body) => { bulk.delayMs = numberField(body, 'bulkDelayMs', { min: 0, max: 86_400_000, whole: true }); },
};

export const faultRoutes: Routes = {
  'POST faults': (services, body) => {
    onlyFields(body, Object.keys(PARTS));
    for (const [name, part] of Object.entries(PARTS)) if (body[name] !== undefined) part(services, body);
    return services.faults.describe();
  },
};
