/** A rehearsal of a peak in words: samples of the figures while a pretended rush runs, and pass or fail by rule. Pure: the command line takes the samples. */
import { peakRules, type Light, type PeakFigures } from './peak.ts';

export interface Sample { second: number; figures: PeakFigures; inboxWaiting: number; pushWaiting: number }
export interface RehearsalPlan { shop: string; times: number; usualPerMinute: number; askedPerMinute: number; minutes: number; startedAt: string }
export interface RuleResult { key: string; label: string; unit: 's' | '%' | 'n'; worst: number; bad: number; passed: boolean }
export interface Rehearsal { plan: RehearsalPlan; rules: RuleResult[]; passed: boolean; reachedPerMinute: number; drainedSeconds: number | null; samples: readonly Sample[] }

/** The worst of each rule over the samples; passed where it was never at "act". */
export function worstOf(samples: readonly Sample[]): RuleResult[] {
  const worst = new Map<string, RuleResult & { light: Light }>();
  for (const sample of samples) {
    for (const rule of peakRules(sample.figures)) {
      const known = worst.get(rule.key), lower = rule.warn > rule.bad, value = rule.value ?? 0;
      if (!known || (lower ? value < known.worst : value > known.worst)) worst.set(rule.key, { key: rule.key, label: rule.label, unit: rule.unit, worst: value, bad: rule.bad, passed: rule.light !== 'bad', light: rule.light });
    }
  }
  return [...worst.values()].map(({ light: _, ...rule }) => rule);
}

/** Passed when no rule was ever at "act" and the rush was caught up with. `drainedSeconds`: from the end of the rush until nothing waited, null if that was not seen. */
export function judge(plan: RehearsalPlan, samples: readonly Sample[], orders: number, drainedSeconds: number | null): Rehearsal {
  const rules = worstOf(samples), reached = orders / plan.minutes;
  const drained: RuleResult = { key: 'drained', label: 'Caught up after the rush', unit: 's', worst: drainedSeconds ?? 999, bad: 120, passed: drainedSeconds !== null && drainedSeconds < 120 };
  return { plan, rules: [...rules, drained], passed: [...rules, drained].every((rule) => rule.passed) && samples.length > 0, reachedPerMinute: reached, drainedSeconds, samples };
}

export const figure = (value: number, unit: RuleResult['unit']): string => (unit === 's' ? `${value.toFixed(1)} s` : unit === '%' ? `${Math.round(value)}%` : String(Math.round(value)));

/** The report as Markdown: what was played, what was asked of it, what came. */
export function rehearsalReport({ plan, rules, passed, reachedPerMinute, samples }: Rehearsal): string {
  const every = Math.max(1, Math.floor(samples.length / 20));
  return `# Peak rehearsal: ${passed ? 'passed' : 'not passed'}

${plan.shop}, ${plan.startedAt}. ${plan.times} × the usual ${plan.usualPerMinute.toFixed(1)} orders a minute for ${plan.minutes} ${plan.minutes === 1 ? 'minute' : 'minutes'}: ${plan.askedPerMinute.toFixed(0)} a minute asked for, ${reachedPerMinute.toFixed(0)} placed.

| Rule | Worst | Fails at | |
|---|---:|---:|---|
${rules.map((rule) => `| ${rule.label} | ${figure(rule.worst, rule.unit)} | ${figure(rule.bad, rule.unit)} | ${rule.passed ? 'passed' : '**not passed**'} |`).join('\n')}

## Minute by minute

| Second | Messages waiting | Levels waiting | Oldest message | Oldest level | Lag, p99 | Budget left |
|---:|---:|---:|---:|---:|---:|---:|
${samples.filter((_, n) => n % every === 0).map((s) => `| ${s.second} | ${s.inboxWaiting} | ${s.pushWaiting} | ${s.figures.inboxAge.toFixed(1)} s | ${s.figures.pushAge.toFixed(1)} s | ${(s.figures.lagIn + s.figures.lagOut).toFixed(1)} s | ${Math.round(s.figures.bucketLeft * 100)}% |`).join('\n')}

This was the sandbox on this machine, with the shop, the warehouse and the database beside Instep on the same cores. What Shopify itself does at such a rate is not measured by it.
`;
}
