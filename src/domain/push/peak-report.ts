/** What a peak was, in figures and in words, in the form of a rehearsal's report, so that the two can be laid side by side. Pure: the flow brings the facts. */
import { figure, worstOf, type RuleResult, type Sample } from './rehearsal.ts';

export interface PeakFacts {
  orders: { total: number; units: number; busiestMinute: number; busiestAt: string | null };
  /** Seconds; null where nothing was measured. In: from Shopify's event to the ledger. Out: from the change of a shelf to Shopify's yes. */
  lag: { inP50: number | null; inP99: number | null; outP50: number | null; outP99: number | null; messages: number };
  /** Levels written, by what became of each attempt at one. */
  pushes: { written: number; stale: number; refused: number; abandoned: number };
  oversold: { cases: number; units: number };
  cases: { kind: string; raised: number; closed: number; open: number }[];
  heldBack: { sku: string; since: string; until: string | null; by: string; reason: string }[];
  acts: { at: string; by: string; what: string; said: string }[];
  /** More was done than is listed. */
  actsLeftOut: number;
}
export interface PeakStep { at: string; orders: number; figures: Sample | null }
export interface PeakReport extends PeakFacts {
  shop: string; begunAt: string; begunBy: string; endedAt: string; endedBy: string; minutes: number;
  rules: RuleResult[];
  /** Lowest share of the calls Shopify allows that was left, of the samples; null without samples. And the share of samples below the rule's watch. */
  bucket: { lowest: number | null; watched: number };
  samples: number;
  /** Orders and the sample of each stretch of time, at most `MOST_STEPS` of them. */
  stepMinutes: number; steps: PeakStep[];
}

export const MOST_STEPS = 240;
/** Minutes of a stretch, so that a peak of any length has at most MOST_STEPS of them. */
export const stepMinutes = (minutes: number): number => Math.max(1, Math.ceil(minutes / MOST_STEPS));
const BUCKET_WATCH = 0.3;

/** `perMinute`: orders by whole minute since the beginning. `samples`: the monitor's figures, by second since then; oldest first. */
export function composePeak(of: { shop: string; begunAt: string; begunBy: string; endedAt: string; endedBy: string }, facts: PeakFacts, perMinute: readonly { minute: number; orders: number }[], samples: readonly Sample[]): PeakReport {
  const begun = Date.parse(of.begunAt), minutes = Math.max(1, Math.round((Date.parse(of.endedAt) - begun) / 60_000)), step = stepMinutes(minutes);
  const steps: PeakStep[] = Array.from({ length: Math.ceil(minutes / step) }, (_, n) => ({ at: new Date(begun + n * step * 60_000).toISOString(), orders: 0, figures: null }));
  const at = (minute: number): PeakStep | undefined => steps[Math.min(steps.length - 1, Math.floor(minute / step))];
  for (const { minute, orders } of perMinute) { const found = at(minute); if (found) found.orders += orders; }
  // Of several samples in a stretch the one with the longest wait stands for it: a report that shows the calm one hides the rush.
  for (const sample of samples) {
    const found = at(Math.floor(sample.second / 60));
    if (found && (found.figures === null || wait(sample) > wait(found.figures))) found.figures = sample;
  }
  const left = samples.map((sample) => sample.figures.bucketLeft);
  return {
    ...of, ...facts, minutes, rules: worstOf(samples), samples: samples.length, stepMinutes: step, steps,
    bucket: { lowest: left.length === 0 ? null : Math.min(...left), watched: left.length === 0 ? 0 : left.filter((share) => share <= BUCKET_WATCH).length / left.length },
  };
}

const wait = (sample: Sample): number => Math.max(sample.figures.inboxAge, sample.figures.pushAge);
const seconds = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} s`);
const at = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** The report as Markdown, in the order of a rehearsal's. */
export function peakReportText(report: PeakReport): string {
  const { lag, orders, pushes, oversold } = report, failed = report.rules.filter((rule) => !rule.passed);
  const table = (head: string, align: string, rows: readonly string[], none: string): string => (rows.length === 0 ? none : `| ${head} |\n|${align}|\n${rows.join('\n')}`);
  return `# Peak: ${report.samples === 0 ? 'no figures were kept' : failed.length === 0 ? 'no rule was at “act”' : `at “act” was ${failed.map((rule) => rule.label.toLowerCase()).join(', ')}`}

${report.shop}, ${at(report.begunAt)} to ${at(report.endedAt)}, ${report.minutes} minutes; begun by ${report.begunBy}, ended by ${report.endedBy}. ${orders.total} orders of ${orders.units} units, ${(orders.total / report.minutes).toFixed(1)} a minute, ${orders.busiestMinute} in the busiest${orders.busiestAt === null ? '' : ` (${at(orders.busiestAt)})`}.

| | |
|---|---:|
| Lag in, p50 / p99 | ${seconds(lag.inP50)} / ${seconds(lag.inP99)} |
| Lag out, p50 / p99 | ${seconds(lag.outP50)} / ${seconds(lag.outP99)} |
| Messages applied | ${lag.messages} |
| Levels written | ${pushes.written} |
| Sets that sales had outrun | ${pushes.stale} |
| Refused, given up | ${pushes.refused}, ${pushes.abandoned} |
| Oversold | ${oversold.units} units, ${oversold.cases} items |
| Budget left at the lowest | ${report.bucket.lowest === null ? '–' : `${Math.round(report.bucket.lowest * 100)}%`} |

${table('Rule | Worst | Act at | ', '---|---:|---:|---', report.rules.map((rule) => `| ${rule.label} | ${figure(rule.worst, rule.unit)} | ${figure(rule.bad, rule.unit)} | ${rule.passed ? 'passed' : '**not passed**'} |`), 'No figures were kept: the worker did not run.')}

## Cases

${table('Kind | Raised | Closed | Open at the end', '---|---:|---:|---:', report.cases.map((one) => `| ${one.kind} | ${one.raised} | ${one.closed} | ${one.open} |`), 'None was raised.')}

## What was done

${table('When | Who | What', '---|---|---', report.acts.map((act) => `| ${at(act.at)} | ${cell(act.by)} | ${cell(`${act.what}: ${act.said}`)} |`), 'Nothing.')}${report.actsLeftOut > 0 ? `\n\n${report.actsLeftOut} further acts are in the audit trail.` : ''}

## ${report.stepMinutes === 1 ? 'Minute by minute' : `By stretches of ${report.stepMinutes} minutes`}

| From | Orders | Messages waiting | Levels waiting | Oldest message | Oldest level | Lag, p99 | Budget left |
|---|---:|---:|---:|---:|---:|---:|---:|
${report.steps.map(({ at: from, orders: n, figures: s }) => `| ${at(from)} | ${n} | ${s === null ? '– | – | – | – | – | –' : `${s.inboxWaiting} | ${s.pushWaiting} | ${s.figures.inboxAge.toFixed(1)} s | ${s.figures.pushAge.toFixed(1)} s | ${(s.figures.lagIn + s.figures.lagOut).toFixed(1)} s | ${Math.round(s.figures.bucketLeft * 100)}%`} |`).join('\n')}
`;
}
