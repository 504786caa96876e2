/** Controls that break things: each part given replaces that part, parts left out stay, null ends a fault. */
import { setStaleCompares } from '../engine/stale-compares.ts';
import { setRoutingDelay } from '../engine/orders.ts';
import { BULK_DAMAGES } from '../faults/bulk-damage.ts';
import type { CallFault, RequestFault } from '../faults/faults.ts';
import { POISONS } from '../faults/poison.ts';
import { HttpRefusal } from '../http-message.ts';
import { topicEnum } from '../webhooks/delivery-body.ts';
import { choiceField, numberField, objectField, onlyFields, optionalText, textField, textsField, type Fields } from './fields.ts';
import { COUNT } from './orders.ts';
import type { ControlServices, Routes } from './routes.ts';

const CHANCE = { min: 0, max: 1 };
const TIMES = { min: 0, max: 1_000_000, whole: true };
const WAIT = { min: 0, max: 86_400_000, whole: true };

function webhookFaults({ faults }: ControlServices, body: Fields): void {
  if (body['webhooks'] === null) { faults.webhooks = null; return; }
  const given = objectField(body, 'webhooks');
  onlyFields(given, ['drop', 'duplicate', 'reorder', 'delayMs', 'poison', 'topics', 'count']);
  faults.webhooks = {
    drop: numberField(given, 'drop', CHANCE, 0), duplicate: numberField(given, 'duplicate', CHANCE, 0), reorder: numberField(given, 'reorder', CHANCE, 0),
    delayMs: numberField(given, 'delayMs', { min: 0, max: 86_400_000 }, 0), poison: given['poison'] == null ? null : choiceField(given, 'poison', POISONS), topics: given['topics'] == null ? null : textsField(given, 'topics'),
    count: given['count'] == null ? null : numberField(given, 'count', COUNT),
  };
}

function callFault(body: Fields, name: string): CallFault[] {
  if (body[name] === null) return [];
  const given = objectField(body, name);
  onlyFields(given, ['mutation', 'count']);
  return [{ mutation: textField(given, 'mutation'), count: numberField(given, 'count', COUNT, 1) }];
}

function requestFault(body: Fields, name: string, timed: boolean): RequestFault[] {
  if (body[name] === null) return [];
  const given = objectField(body, name);
  onlyFields(given, timed ? ['call', 'count', 'ms'] : ['call', 'count']);
  return [{ call: given['call'] === undefined ? 'any' : textField(given, 'call'), count: numberField(given, 'count', COUNT, 1), ms: timed ? numberField(given, 'ms', WAIT, 30_000) : 0 }];
}

/** Tells the app, as Shopify does when its scopes change. */
function loseScopes({ faults, shop, tokens }: ControlServices, body: Fields): void {
  const previous = tokens.granting;
  faults.lostScopes = textsField(body, 'loseScopes');
  shop.emit('app/scopes_update', { previous, current: tokens.granting, updated_at: shop.now() });
  shop.commit();
}

function deleteSubscriptions({ shop, deliveries }: ControlServices, body: Fields): void {
  const topics = body['deleteSubscriptions'] === true ? null : textsField(body, 'deleteSubscriptions').map(topicEnum);
  for (const { id, topic } of [...shop.tables.subscriptions.values()]) if (topics === null || topics.includes(topic)) deliveries.deleteSubscription(id);
}

/** What each part of the body does; a part nobody reads is refused by name. */
const PARTS: Record<string, (services: ControlServices, body: Fields) => void> = {
  webhooks: webhookFaults,
  throttle: ({ faults }, body) => { faults.throttle = numberField(body, 'throttle', TIMES); },
  concurrentKeys: ({ idempotency }, body) => { idempotency.concurrentAnswers = numberField(body, 'concurrentKeys', TIMES); },
  staleCompares: ({ shop }, body) => setStaleCompares(shop, numberField(body, 'staleCompares', TIMES)),
  failBefore: ({ faults }, body) => { faults.failBefore = callFault(body, 'failBefore'); },
  failAfterCommit: ({ faults }, body) => { faults.failAfterCommit = callFault(body, 'failAfterCommit'); },
  serverErrorAfterCommit: ({ faults }, body) => { faults.serverErrorAfterCommit = callFault(body, 'serverErrorAfterCommit'); },
  proxyError: ({ faults }, body) => { faults.proxyError = requestFault(body, 'proxyError', false); },
  stall: ({ faults }, body) => { faults.stall = requestFault(body, 'stall', true); },
  drip: ({ faults }, body) => { faults.drip = requestFault(body, 'drip', true); },
  fieldError: ({ faults }, body) => {
    if (body['fieldError'] === null) { faults.fieldError = []; return; }
    const given = objectField(body, 'fieldError');
    onlyFields(given, ['field', 'count']);
    faults.fieldError = [{ field: textField(given, 'field'), count: numberField(given, 'count', COUNT, 1) }];
  },
  bulk: ({ faults }, body) => {
    if (body['bulk'] === null) { faults.bulk = []; return; }
    const given = objectField(body, 'bulk');
    onlyFields(given, ['kind', 'count']);
    faults.bulk = [{ kind: choiceField(given, 'kind', BULK_DAMAGES), count: numberField(given, 'count', COUNT, 1) }];
  },
  apiVersion: ({ faults }, body) => {
    const given = body['apiVersion'];
    // A name alone: the same schema under another name, as when an old version fell forward to one that changed nothing that is asked for.
    if (given === null || typeof given === 'string') { faults.apiVersion = given === null ? null : textField(body, 'apiVersion'); faults.gone = []; return; }
    const next = objectField(body, 'apiVersion');
    onlyFields(next, ['version', 'gone']);
    if (!Array.isArray(next['gone']) || !next['gone'].every((name) => typeof name === 'string' && /^\w+\.\w+$/.test(name))) throw new HttpRefusal(400, 'apiVersion.gone: expected a list of "Type.field"');
    faults.apiVersion = textField(next, 'version');
    faults.gone = next['gone'] as string[];
  },
  deprecated: ({ faults }, body) => { faults.deprecated = body['deprecated'] === null ? null : textField(body, 'deprecated'); },
  rival: ({ faults }, body) => {
    if (body['rival'] === null) { faults.rival = null; return; }
    const given = objectField(body, 'rival');
    onlyFields(given, ['app', 'inventoryItemId', 'count']);
    const inventoryItemId = optionalText(given, 'inventoryItemId');
    faults.rival = { app: textField(given, 'app'), ...(inventoryItemId === undefined ? {} : { inventoryItemId }), count: numberField(given, 'count', COUNT, 1) };
  },
  bucket: ({ faults }, body) => {
    if (body['bucket'] === null) { faults.bucket = null; return; }
    const given = objectField(body, 'bucket');
    onlyFields(given, ['share', 'restoreRate']);
    faults.bucket = { share: numberField(given, 'share', CHANCE), restoreRate: numberField(given, 'restoreRate', { min: 0.1, max: 100_000 }) };
  },
  revokeTokens: ({ tokens }, body) => { if (body['revokeTokens'] === true) tokens.revoke(); },
  loseScopes,
  deleteSubscriptions,
  routingDelayMs: ({ shop }, body) => setRoutingDelay(shop, numberField(body, 'routingDelayMs', WAIT)),
  bulkDelayMs: ({ bulk }, body) => { bulk.delayMs = numberField(body, 'bulkDelayMs', WAIT); },
};

export const faultRoutes: Routes = {
  'POST faults': (services, body) => {
    onlyFields(body, Object.keys(PARTS));
    for (const [name, part] of Object.entries(PARTS)) if (body[name] !== undefined) part(services, body);
    return services.faults.describe();
  },
};
