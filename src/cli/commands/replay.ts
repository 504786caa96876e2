/** `instep replay`: a policy on the days that were, beside what was really bought. */
import { randomUUID } from 'node:crypto';
import type { BuiltHouse } from '../../compose.ts';
import { addDays, dayNumber, dayOf, daysBetween } from '../../domain/calendar.ts';
import { format, money } from '../../domain/money.ts';
import type { PolicyChanges } from '../../domain/replenishment/replay-panel.ts';
import { POLICY_KINDS } from '../../domain/replenishment/policy.ts';
import { pointName } from '../../domain/replenishment/replay-result.ts';
import type { ReplayTotals } from '../../domain/replenishment/replay-totals.ts';
import { replay } from '../../flows/replay.ts';
import { replayView } from '../../http/replay-views.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { demandSpan } from '../../store/replay-series.ts';
import { askReplay, repeatReplay, replayOf, stopReplay, type NewReplay } from '../../store/replays.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { isSupplierKnown, NO_SUPPLIER } from '../../store/worklist.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, UsageError, print, progressBars, rowLimit, table } from '../terminal.ts';

const STOPPING = ['SIGINT', 'SIGTERM'] as const;
/** Kinds without a promise. */
const UNPROMISED = ['min/max', 'planner parity', 'planner parity floored'];

/** Values a replay may try in place of each line's own, with the least and the most of them. */
const CHANGES = [['minStock', 'min-stock', 0, 1_000_000], ['maxStock', 'max-stock', 0, 1_000_000], ['daysOfStock', 'days-of-stock', 1, 120], ['stockPercent', 'stock-percent', 0, 1_000]] as const;

export interface ReplayOptions { store?: string; json?: boolean; policy?: string; promise?: string; from?: string; to?: string; vendor?: string; sku?: string; limit: string; minStock?: string; maxStock?: string; daysOfStock?: string; stockPercent?: string; values?: string; again?: string }

export async function replayCommand(options: ReplayOptions): Promise<void> {
  if (options.again !== undefined) return replayAgain(options.again, options);
  const most = rowLimit(options.limit), kind = options.policy === undefined ? null : POLICY_KINDS.find((one) => one === options.policy), promise = options.promise === undefined ? null : Number(options.promise);
  if (kind === undefined) throw new UsageError(`--policy ${options.policy}: one of ${POLICY_KINDS.join(', ')}`);
  if (most > 5_000) throw new UsageError('--limit: 5000 lines at most');
  if (promise !== null && !(promise >= 0.5 && promise <= 0.995)) throw new UsageError(`--promise ${options.promise}: a share from 0.5 to 0.995`);
  if (promise !== null && kind !== null && UNPROMISED.includes(kind)) throw new UsageError(`--promise: ${kind} has none; it orders by its own numbers`);
  const known = options.values ?? 'then', changes: PolicyChanges = {};
  if (known !== 'then' && known !== 'today') throw new UsageError(`--values ${known}: then (as known on each morning) or today`);
  for (const [field, name, least, highest] of CHANGES) {
    const said = options[field], value = Number(said);
    if (said === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > highest) throw new UsageError(`--${name} ${said}: a whole number from ${least} to ${highest}`);
    changes[field] = value;
  }
  if (changes.maxStock !== undefined && changes.maxStock < (changes.minStock ?? 0)) throw new UsageError(`--max-stock ${changes.maxStock}: below the minimum of ${changes.minStock}`);
  for (const name of ['from', 'to'] as const) if (options[name] !== undefined) try { dayNumber(options[name]); } catch { throw new UsageError(`--${name} ${options[name]}: a date like 2026-05-01`); }
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), today = dayOf(house.clock.now().toISOString(), store.time_zone), to = options.to ?? addDays(today, -1), from = options.from ?? addDays(to, -181);
    if (to >= today) throw new UsageError(`--to ${to}: that day is not over yet`);
    if (daysBetween(from, to) < 27) throw new UsageError('--from: a replay takes 28 days at least');
    if (options.vendor && (options.vendor === NO_SUPPLIER || !(await isSupplierKnown(house.db, store.store_id, options.vendor)))) throw new UsageError(`--vendor ${options.vendor}: there is no supplier or vendor of that name, as it is spelled. Suppliers lists them`);
    const span = await demandSpan(house.db, store.store_id);
    if (span === null) throw new UsageError('Nothing has been sold yet, so there are no days to replay.');
    if (daysBetween(span.first, from) < 28) throw new UsageError(`--from ${from}: the first sale known is of ${span.first}; begin 28 days later at least, so that there is something to forecast from`);
    const now = house.clock.now().toISOString(), asked: Omit<NewReplay, 'key'> = { kind, promise, from_day: from, to_day: to, scope: { ...(options.vendor ? { vendor: options.vendor } : {}), ...(options.sku ? { q: options.sku } : {}) }, most, orderCost: 0, changes, known }, id = await askReplay(house.db, store.store_id, { key: randomUUID(), ...asked }, 'command line', now);
    await audit(house.db, { at: now, actor: 'command line', action: 'replay', subject: `${store.shop_domain} replay ${id}`, after: asked });
    await follow(house, store, id, options.json ?? false);
  });
}

/** One that failed, once more. */
async function replayAgain(text: string, options: ReplayOptions): Promise<void> {
  const id = Number(text);
  if (!Number.isInteger(id) || id < 1) throw new UsageError(`--again ${text}: expected the number of a replay`);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), row = await replayOf(house.db, store.store_id, id);
    if (row === null) throw new UsageError(`There is no replay ${id}: only the latest are kept. Run it again with its own values.`);
    const refused = await repeatReplay(house.db, store, row, 'command line', house.clock.now().toISOString());
    if (refused !== null) throw new UsageError(refused);
    await follow(house, store, id, options.json ?? false);
  });
}

/** Runs what waits and prints what came of this one. */
async function follow(house: BuiltHouse, store: StoreRow, id: number, json: boolean): Promise<void> {
  const bars = progressBars(json);
  let ran = null;
  // Ctrl-C: it is given up, not left running for a worker to begin again. A second one ends the process at once.
  const stop = (signal: NodeJS.Signals): void => {
    bars.stop();
    console.error(`Stopped. Replay ${id} is given up; nothing of it was kept.`);
    void stopReplay(house.db, store.store_id, id, 'It was stopped on the command line.', house.clock.now().toISOString()).finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of STOPPING) process.once(signal, stop);
  try { ran = await runFlow(house, replay, store.store_id, 'command line', bars.watch); } finally { bars.stop(); for (const signal of STOPPING) process.off(signal, stop); }
  const row = (await replayOf(house.db, store.store_id, id))!, view = replayView(row);
  if (row.state !== 'done') {
    if (ran === null) console.error(`Another worker is replaying; replay ${id} runs after it: see the Replay screen.`);
    else { console.error(`Failed: ${row.message}`); process.exitCode = EXIT.failed; }
    return;
  }
  const result = row.result!, cash = ({ costs }: Pick<ReplayTotals, 'costs'>): string => costs.map((one) => format(money(one.cash, one.currency))).join(' + ') || 'no cost known', bought = ({ costs }: Pick<ReplayTotals, 'costs'>): string => costs.map((one) => format(money(one.bought, one.currency))).join(' + ');
  const line = (name: string, of: ReplayTotals): (string | number)[] => [name, of.wanted === 0 ? '–' : `${((100 * of.served) / of.wanted).toFixed(1)}%`, of.lost, of.ordered, of.orders, Math.round(of.unitDays / result.days), cash(of), bought(of)];
  print(json, view, () => [
    `${pointName(row)}${row.known === 'today' ? ', with today’s values' : ''}, ${row.from_day} to ${row.to_day}, ${result.policy.lines} lines`, '',
    table(['', 'Fill', 'Lost', 'Ordered', 'Orders', 'In stock', 'Money in stock', 'Bought'], [line('this policy', result.policy), ...result.frontier.map((point) => line(pointName(point), point.totals))]), '',
    `Really ordered in these days: ${result.bought.ordered.toLocaleString('en-GB')} units by ${result.bought.orders} order lines${result.bought.costs.map((one) => `, ${format(money(one.cost, one.currency))}`).join('')}.`, 
    `This policy: ${result.policy.returned.toLocaleString('en-GB')} units brought back to the shelf, ${(result.policy.bulkWanted - result.policy.bulkServed).toLocaleString('en-GB')} of ${result.policy.bulkWanted.toLocaleString('en-GB')} in bulk order lines lost, ${result.policy.belowMinimum.toLocaleString('en-GB')} order lines below a supplier’s minimum.`, ...result.notes, `Hash ${row.hash}`,
  ].join('\n'));
}
