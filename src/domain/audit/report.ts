/**
 * An audit as one page of HTML that needs nothing else: no script, no font, no picture from anywhere, dark where the reader's system is, fit for printing.
 * Every text of the shop is escaped.
 */
import { format, money } from '../money.ts';
import { grouped } from '../wording.ts';
import { gradeOf } from './grade.ts';
import { uncapital, type AuditReport, type CheckResult } from './audit.ts';

/** Gaps printed of one check; the CSV has them all. */
export const PRINTED = 60;
const SEVERITY: Readonly<Record<CheckResult['severity'], string>> = { 1: 'Misstated now', 2: 'Hurts today', 3: 'This week', 4: 'Tidy up' };

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}


/** The whole document. `adminUrl` makes links into the shop's admin; only https addresses of the shop's own domain are linked. */
export function htmlReport(report: AuditReport): string {
  const { currency } = report.shop, amount = (minor: number | null): string => (minor === null ? '–' : format(money(minor, currency)));
  const admin = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(report.shop.domain) ? `https://${report.shop.domain}/admin/` : null;
  const withGaps = report.checks.filter((check) => check.found > 0), clean = report.checks.filter((check) => check.found === 0 && check.skipped === null), skipped = report.checks.filter((check) => check.skipped !== null);
  const subject = (gap: CheckResult['gaps'][number]): string => (admin !== null && gap.admin && /^[\w/]+$/.test(gap.admin) ? `<a href="${admin}${gap.admin}" rel="noreferrer">${escape(gap.subject)}</a>` : escape(gap.subject));
  const section = (check: CheckResult): string => `
<section id="${check.id}">
<h2>${escape(check.title)} <small>${grouped(check.found)} of ${grouped(check.checked)}</small></h2>
<p class="facts"><span class="tag s${check.severity}">${SEVERITY[check.severity]}</span> Owner: <b>${escape(check.owner)}</b> ${check.units === 0 ? '' : ` · ${check.units === 1 ? '1 unit' : `${grouped(check.units)} units`}`}${check.money === null ? '' : ` · ${amount(check.money)} at risk`} · ${check.lost} ${check.lost === 1 ? 'point' : 'points'}</p>
<p class="fix"><b>Fix.</b> ${escape(check.fix)}</p>
<div class="wide"><table><thead><tr><th>What</th><th>Evidence</th><th class="n">Units</th><th class="n">At risk</th></tr></thead>
<tbody>${check.gaps.slice(0, PRINTED).map((gap) => `<tr><td>${subject(gap)}</td><td>${escape(gap.sentence)}</td><td class="n">${gap.units === 0 ? '–' : grouped(gap.units)}</td><td class="n">${amount(gap.money)}</td></tr>`).join('\n')}</tbody></table></div>
${check.found > PRINTED ? `<p class="dim">${grouped(check.found - PRINTED)} more; the CSV ${check.found > check.gaps.length ? `holds the ${grouped(check.gaps.length)} dearest` : 'has them all'}.</p>` : ''}
</section>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Audit of ${escape(report.shop.name)}, ${report.at.slice(0, 10)}</title>
<style>${STYLE}</style></head><body><main>
<header><div><h1>${escape(report.shop.name)}</h1><p class="dim">${escape(report.shop.domain)} · read ${escape(report.at.slice(0, 16).replace('T', ' '))} UTC · nothing was changed</p></div>
<div class="score ${gradeOf(report.score)}" aria-label="Score ${report.score} of 100"><b>${report.score}</b><span>of 100</span></div></header>
<p>${escape(report.explained)}</p>
<dl><div><dt>Gaps</dt><dd>${grouped(report.gaps)}</dd></div><div><dt>Units concerned</dt><dd>${grouped(report.units)}</dd></div><div><dt>At risk</dt><dd>${amount(report.money)}</dd></div><div><dt>Read</dt><dd>${grouped(report.read.variants)} variants, ${grouped(report.read.levels)} levels, ${grouped(report.read.locations)} locations, ${grouped(report.read.orders)} orders${report.read.ordersFrom === null ? '' : ` since ${report.read.ordersFrom}`}</dd></div></dl>
<p class="dim small">A unit or an amount may stand under several headings: a duplicate SKU can be stale too. “At risk” is at cost, at price where no cost is kept, and at price for what is promised to customers.</p>
<h2>In short</h2>
<div class="wide"><table><thead><tr><th>Check</th><th>Owner</th><th>Urgency</th><th class="n">Gaps</th><th class="n">Units</th><th class="n">At risk</th><th class="n">Points</th></tr></thead>
<tbody>${withGaps.map((check) => `<tr><td><a href="#${check.id}">${escape(check.title)}</a></td><td>${escape(check.owner)}</td><td><span class="tag s${check.severity}">${SEVERITY[check.severity]}</span></td><td class="n">${grouped(check.found)}</td><td class="n">${grouped(check.units)}</td><td class="n">${amount(check.money)}</td><td class="n">${check.lost}</td></tr>`).join('\n')}</tbody></table></div>
${clean.length > 0 ? `<p><b>Nothing found:</b> ${clean.map((check) => `${escape(uncapital(check.title))} (${grouped(check.checked)} looked at)`).join(', ')}.</p>` : ''}
${skipped.length > 0 ? `<h2>Could not be checked</h2><ul>${skipped.map((check) => `<li><b>${escape(check.title)}</b>: ${escape(check.skipped!)}</li>`).join('')}</ul>` : ''}
${withGaps.map(section).join('\n')}
<footer class="dim small">Made by Instep. Score: weight by urgency 8, 4, 2, 1; each check loses its weight × √(gaps ÷ things checked).</footer>
</main></body></html>
`;
}

/** Of reports that stand alone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --dim: #60646c; --line: #e0e1e6; --paper: #fff; --good: #18794e; --fair: #ad5700; --poor: #cd2b31; --soft: #f6f7f8; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --dim: #a4a9b1; --line: #363a3f; --paper: #16181b; --good: #3dd68c; --fair: #ffa057; --poor: #ff9592; --soft: #212428; } }
@media print { :root { --ink: #000; --dim: #444; --line: #ccc; --paper: #fff; --good: #18794e; --fair: #ad5700; --poor: #cd2b31; --soft: #fff; } @page { margin: 16mm 14mm; } section { break-inside: auto; } tr, h2 { break-inside: avoid; } h2, .facts, .fix, thead { break-after: avoid; } .wide { overflow: visible; } h2 { margin-top: 22px; } a { color: inherit; text-decoration: none; } }
* { box-sizing: border-box; } body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; } main { max-width: 960px; margin: 0 auto; padding: 32px 20px 60px; }
header { display: flex; justify-content: space-between; gap: 20px; align-items: flex-start; } h1 { font-size: 26px; margin: 0; line-height: 1.2; } h2 { font-size: 17px; margin: 32px 0 8px; } h2 small { font-weight: 400; color: var(--dim); } p { margin: 8px 0; }
.dim { color: var(--dim); } .small { font-size: 12px; } .score { text-align: right; line-height: 1; white-space: nowrap; } .score b { font-size: 46px; font-variant-numeric: tabular-nums; } .score span { color: var(--dim); margin-left: 6px; } .good b { color: var(--good); } .fair b { color: var(--fair); } .poor b { color: var(--poor); }
dl { display: flex; flex-wrap: wrap; gap: 10px 32px; border-block: 1px solid var(--line); padding: 12px 0; } dl div { min-width: 90px; } dt { color: var(--dim); font-size: 12px; } dd { margin: 0; font-weight: 600; }
.wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; font-size: 13px; } th { text-align: left; font-weight: 600; color: var(--dim); border-bottom: 1px solid var(--line); padding: 5px 8px 5px 0; } td { border-bottom: 1px solid var(--line); padding: 6px 8px 6px 0; vertical-align: top; overflow-wrap: anywhere; } td:first-child { min-width: 132px; } .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0; padding-left: 12px; } a { color: inherit; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 10px; padding: 0 8px; font-size: 11.5px; white-space: nowrap; } .s1 { color: var(--poor); } .s2 { color: var(--fair); } .s3, .s4 { color: var(--dim); } footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 10px; }
`;
