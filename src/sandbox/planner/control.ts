/** `/planner-sandbox/<command>`: what people in the planner do, and faults, by hand. */
import type { Account, Order } from './account.ts';
import type { Faults } from './faults.ts';
import type { ForecastSettings, Terms } from './formulas.ts';

export interface Controlled { account: Account; faults: Faults }
type Body = Record<string, unknown>;

const text = (body: Body, field: string): string => {
  const value = body[field];
  if (typeof value !== 'string' || value === '') throw new Error(`${field} is missing`);
  return value;
};
function orderOf(account: Account, body: Body): Order {
  const found = [...account.orders.values()].find((order) => order.id === body['id'] || order.reference === body['reference']);
  if (!found) throw new Error('id or reference: there is no such order');
  return found;
}
const shown = (order: Order): object => ({ ...order, lines: [...order.lines.values()] });

const COMMANDS: Record<string, (controlled: Controlled, body: Body) => unknown> = {
  state: ({ account, faults }) => ({ syncedAt: account.syncedAt, warehouses: [...account.warehouses.values()], variants: account.variants.size, orders: [...account.orders.values()].map(shown), statuses: [...account.statuses], settings: account.settings, faults: { ...faults } }),
  sync: ({ account }) => account.sync(),
  files: ({ account }) => ({ loaded: Object.fromEntries([...account.files?.rows ?? []].map(([name]) => [name, account.files!.live(name).length])), outcomes: account.files?.outcomes.slice(-200) ?? [] }),
  order: ({ account }, body) => shown(account.makeOrder(body)),
  receive: ({ account }, body) => { for (const line of (body['lines'] ?? []) as { id: string; received: number }[]) account.receive(orderOf(account, body), line.id, line.received); },
  change: ({ account }, body) => account.changeOrder(orderOf(account, body), body),
  terms: ({ account }, body) => account.setTerms(text(body, 'variant'), text(body, 'warehouse'), body['terms'] as Partial<Terms>),
  settings: ({ account }, body) => { Object.assign(account.settings, body as Partial<ForecastSettings>); },
  'rename-status': ({ account }, body) => account.renameStatus(text(body, 'from'), text(body, 'to')),
  reconnect: ({ account }, body) => account.reconnect(text(body, 'connection')),
  'add-warehouse': ({ account }, body) => account.addWarehouse(body['type'] === 'combined' ? 'combined' : 'ip', text(body, 'name'), (body['children'] ?? []) as string[]),
  'save-orders': ({ account }, body) => { account.savesOrders = body['on'] === true; },
  'stale-modified': ({ account }, body) => { account.staleModified = body['on'] === true; },
  faults: ({ faults }, body) => faults.set(body),
};

/** Throws an Error whose message is for the caller. */
export function control(controlled: Controlled, command: string, body: Body): object {
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!run) throw new Error(`${command} is none of ${Object.keys(COMMANDS).join(', ')}`);
  return (run(controlled, body) as object | undefined) ?? { done: true };
}
