/** `instep peak`: the figures of the peak monitor; `instep rehearse`: a rush on the sandbox, ten times the usual, judged by the same rules. */
import { writeFile } from 'node:fs/promises';
import { peakRules, verdict } from '../../domain/push/peak.ts';
import { peakReportText } from '../../domain/push/peak-report.ts';
import { peakPage } from '../../store/peak.ts';
import { peakReport, peakReports } from '../../store/peak-report.ts';
import { askRehearsal, findRehearsal } from '../../store/rehearsals.ts';
import { rehearsal } from '../../flows/rehearsal.ts';
import { runFlow } from '../../runtime/run-flow.ts';
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
    print(options.json ?? false, { ordersPerMinute: page.ordersPerMinute, rules, hot: page.hot }, () => `${verdict(rules).says}. ${page.ordersPerMinute.toFixed(1)} orders a minute; ${page.inboxWaiting} messages and ${page.pushWaiting} levels wait\n${table(['Rule', 'Now', 'Watch', 'Act', ''], rules.map((r) => [r.label, r.value?.toFixed(1) ?? '–', r.warn, r.bad, r.light]))}`);
    if (rules.some((rule) => rule.light === 'bad')) process.exitCode = EXIT.found;
  });
}

export async function rehearseCommand(options: { store?: string; json?: boolean; times: string; minutes: string; report?: string }): Promise<void> {
  const times = Number(options.times), minutes = Number(options.minutes);
  if (!(times >= 1 && times <= 10_000)) throw new UsageError(`--times ${options.times}: expected 1 to 10000`);
  if (!(minutes > 0 && minutes <= 120)) throw new UsageError(`--minutes ${options.minutes}: expected more than 0, at most 120`);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), at = (): string => house.clock.now().toISOString();
    if ((await house.shoppers(store.store_id)) === null) throw new UsageError(`${store.shop_domain} is a real shop. A rehearsal places orders, so it runs on the sandbox alone: start one with \`npm start\`.`);
    const id = await askRehearsal(house.db, store.store_id, { times, minutes }, 'command line', at());
    if (id === null) throw new UsageError('A rehearsal is on already: see the Peak monitor.');
    const bars = progressBars(options.json ?? false);
    try { await runFlow(house, rehearsal, store.store_id, 'command line', bars.watch); } finally { bars.stop(); }
    const { report, said, passed, failed_rules: failed, ...row } = (await findRehearsal(house.db, store.store_id, id))!;
    if (report === null) throw new Error(`it was not judged: ${said}`);
    if (options.report !== undefined) await writeFile(options.report, report);
    print(options.json ?? false, { times: row.times, minutes: row.minutes, startedAt: row.started_at, reachedPerMinute: row.reached_per_minute, passed, failed }, () => (options.report === undefined ? report : `${passed ? 'Passed' : 'Not passed'}: ${failed.join(', ') || 'every rule'}. The report is in ${options.report}`));
    if (!passed) process.exitCode = EXIT.found;
  });
}
