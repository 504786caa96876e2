/** `/warehouse-sandbox/<command>`: what people in the building do, and faults, by hand. */
import type { Building, Disposition, Line, Parcel } from './building.ts';
import type { Faults } from './faults.ts';
import type { Pace } from './pace.ts';

export interface Controlled { building: Building; faults: Faults; pace: Pace; clerk: { work(): void } | null; flush(): Promise<void> }

type Body = Record<string, unknown>;
type Command = (controlled: Controlled, body: Body) => unknown;
const lines = (body: Body): Line[] | undefined => body['lines'] as Line[] | undefined;
const text = (body: Body, field: string): string => {
  const value = body[field];
  if (typeof value !== 'string' || value === '') throw new Error(`${field} is missing`);
  return value;
};

/** By name; each takes a JSON object and answers one. */
const COMMANDS: Record<string, Command> = {
  state: ({ building, faults, pace }) => ({ stock: building.rows(), orders: [...building.orders.values()].map((order) => ({ ...order, state: building.stateOf(order) })), returns: [...building.returns.values()], said: building.said.length, faults: { ...faults }, ordersPerMinute: pace.ordersPerMinute }),
  book: ({ building }) => ({ entries: building.book.entries }),
  lay: ({ building }, body) => building.lay(text(body, 'sku'), Number(body['quantity'])),
  acknowledge: ({ building }, body) => building.acknowledge(text(body, 'reference')),
  refuse: ({ building }, body) => building.refuse(text(body, 'reference'), text(body, 'reason')),
  ship: ({ building }, body) => building.ship(text(body, 'reference'), lines(body), body['parcels'] as Parcel[] | undefined),
  'receive-return': ({ building }, body) => building.receiveReturn(text(body, 'reference'), lines(body)),
  'inspect-return': ({ building }, body) => building.inspectReturn(text(body, 'reference'), (lines(body) ?? []) as (Line & { disposition: Disposition })[]),
  'receive-goods': ({ building }, body) => building.receiveGoods(text(body, 'reference'), lines(body) ?? []),
  adjust: ({ building }, body) => building.adjust(text(body, 'sku'), Number(body['onHandChange']), Number(body['unsellableChange'] ?? 0), text(body, 'reason')),
  // Anything the building may say, right or wrong: of orders it never got, too.
  say: ({ building }, body) => { const { type: _type, ...fields } = body; building.say(text(body, 'type'), fields); },
  count: ({ building }) => building.tellStock(),
  faults: ({ faults }, body) => faults.set(body),
  pace: ({ pace }, body) => pace.setRate(Number(body['ordersPerMinute'])),
  clerk: ({ clerk }) => clerk?.work(),
  flush: ({ flush }) => flush(),
};

/** The answer to a command. Throws an Error whose message is for the caller. */
export async function control(controlled: Controlled, command: string, body: Body): Promise<object> {
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!run) throw new Error(`${command} is none of ${Object.keys(COMMANDS).join(', ')}`);
  return (await run(controlled, body) as object | undefined) ?? { done: true };
}
