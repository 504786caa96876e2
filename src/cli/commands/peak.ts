/** `instep peak`: the figures of the peak monitor; `instep rehearse`: a rush on the sandbox, ten times the usual, judged by the same rules. */
import { writeFile } from 'node:fs/promises';
import { peakRules } from '../../domain/push/peak.ts';
import { peakReportText } from '../../domain/push/peak-report.ts';
import { judge, rehearsalReport, type Sample } from '../../domain/push/rehearsal.ts';
import { peakPage } from '../../store/peak.ts';
import { peakReport, peakReports } from '../../store/peak-report.ts';
import { findConnection, type StoreRow } from '../../store/stores.ts';
import type { BuiltHouse } from '../../compose.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, UsageError, print, progressBars, table } from '../terminal.ts';

export async function peakCommand(options: { store?: string; json?: boolean; report?: string | true }): Promise<void> {
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    if (options.report !== undefined) {
      const id = options.report === true ? (await peakReports(house.db, store.store_id, 1))[0]?.peak_report_id : options.report, report = id !== undefined && /^\d{1,18}$/.test(id) ? await peakReport(house.db, store.store_id, id) : null;
      if (report === null) throw new UsageError(options.report === true ? 'No peak has ended yet, so there is no report.' : `There is no report ${options.report}`);
      print(options.json ?? false, report, () => peakReportText(report));
      return;
    }
    const page = await peakPage(house.db, store.store_id, house.clock.now().toISOString()), rules = peakRules(page);
    print(options.json ?? false, { ordersPerMinute: page.ordersPerMinute, rules, hot: page.hot }, () => `${page.ordersPerMinute.toFixed(1)} orders a minute; ${page.inboxWaiting} messages and ${page.pushWaiting} levels wait\n${table(['Rule', 'Now', 'Watch', 'Act', ''], rules.map((r) => [r.label, r.value?.toFixed(1) ?? '–', r.warn, r.bad, r.light]))}`);
    if (rules.some((rule) => rule.light === 'bad')) process.exitCode = EXIT.found;
  });
}

/** Orders a minute a sandbox trades at unless told otherwise (INSTEP_SANDBOX_ORDERS_PER_MINUTE). */
const USUAL = 2;
const DRAIN_MS = 180_000;

export async function rehearseCommand(options: { store?: string; json?: boolean; times: string; minutes: string; report?: string }): Promise<void> {
  const times = Number(options.times), minutes = Number(options.minutes);
  if (!(times >= 1 && times <= 10_000)) throw new UsageError(`--times ${options.times}: expected 1 to 10000`);
  if (!(minutes > 0 && minutes <= 120)) throw new UsageError(`--minutes ${options.minutes}: expected more than 0, at most 120`);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), sandbox = await sandboxOf(house, store), startedAt = house.clock.now(), from = await ordersThere(sandbox);
    const usual = house.config.sandbox.ordersPerMinute || USUAL, asked = Math.round(usual * times), samples: Sample[] = [], bars = progressBars(options.json ?? false);
    let drained: number | null = null, placed = 0;
    await trade(sandbox, asked);
    try {
      const end = startedAt.getTime() + minutes * 60_000;
      for (let second = 0; house.clock.now().getTime() < end; second = Math.round((house.clock.now().getTime() - startedAt.getTime()) / 1000)) {
        const page = await peakPage(house.db, store.store_id, house.clock.now().toISOString(), 1, startedAt.toISOString());
        samples.push({ second, figures: page, inboxWaiting: page.inboxWaiting, pushWaiting: page.pushWaiting });
        bars.watch({ flow: 'rehearsal', stage: `${asked} orders a minute`, done: second, total: Math.round(minutes * 60) });
        await house.clock.sleep(1_000);
      }
      placed = await ordersThere(sandbox) - from;
      await trade(sandbox, usual);
      for (const over = house.clock.now().getTime(); house.clock.now().getTime() - over < DRAIN_MS && drained === null; await house.clock.sleep(500)) {
        const page = await peakPage(house.db, store.store_id, house.clock.now().toISOString(), 1);
        if (page.inboxAge < 2 && page.pushAge < 5) drained = (house.clock.now().getTime() - over) / 1000;
      }
    } finally {
      bars.stop();
      await trade(sandbox, usual).catch(() => {}); // the usual pace again, whatever happened
    }
    const result = judge({ shop: store.shop_domain, times, usualPerMinute: usual, askedPerMinute: asked, minutes, startedAt: startedAt.toISOString() }, samples, placed, drained), report = rehearsalReport(result);
    if (options.report !== undefined) await writeFile(options.report, report);
    const { samples: _, ...short } = result;
    print(options.json ?? false, short, () => (options.report === undefined ? report : `${result.passed ? 'Passed' : 'Not passed'}: ${result.rules.filter((rule) => !rule.passed).map((rule) => rule.label).join(', ') || 'every rule'}. The report is in ${options.report}`));
    if (!result.passed) process.exitCode = EXIT.found;
  });
}

/** The control address of a store's sandbox. A real shop is refused: nobody rehearses on customers. */
async function sandboxOf(house: BuiltHouse, store: StoreRow): Promise<string> {
  const connection = await findConnection(house.db, store.store_id);
  if (!connection?.origin) throw new UsageError(`${store.shop_domain} is a real shop. A rehearsal places orders, so it runs on the sandbox alone: start one with \`npm start\`.`);
  return `${house.config.shopifyApiOrigin ?? connection.origin}/sandbox`;
}

async function control<T>(sandbox: string, path: string, body?: object): Promise<T> {
  const reply = await fetch(`${sandbox}${path}`, { method: body ? 'POST' : 'GET', ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}), signal: AbortSignal.timeout(10_000) })
    .catch((error: Error) => { throw new UsageError(`The sandbox does not answer (${error.message}). Start it with \`npm start\` in another window.`); });
  if (!reply.ok) throw new UsageError(`The sandbox refused: ${reply.status} ${(await reply.text()).slice(0, 200)}`);
  return await reply.json() as T;
}
const trade = (sandbox: string, ordersPerMinute: number) => control(sandbox, '/trading', { ordersPerMinute });
const ordersThere = async (sandbox: string): Promise<number> => (await control<{ counts: { orders: number } }>(sandbox, '/state')).counts.orders;
