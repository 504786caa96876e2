/** A period as one page of HTML that needs nothing else, to print, file or send: units and what makes them, and what people and checks did. Every text is escaped. */
import { lasted, type PeriodActs } from './period-acts.ts';
import { broughtForwardRows, type BroughtForward, type PeriodFigures } from './period.ts';
import { grouped, kindWords, some } from '../wording.ts';
import { escape, STYLE } from './report.ts';

export interface Signature { at: string; by: string; role: string; note: string | null; digest: string; chain: string }
export interface PeriodReport { shop: { name: string; domain: string; timeZone: string }; from: string; to: string; madeAt: string; figures: PeriodFigures; signed: Signature | null; heardSince: readonly { name: string; what: string; units: number }[]; broughtForward: BroughtForward | null; acts: PeriodActs }

const units = grouped, signed = (n: number): string => (n > 0 ? `+${units(n)}` : n < 0 ? `−${units(-n)}` : '0');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** Of a list, printed at most. */
const PRINTED = 100;

export function periodHtml(report: PeriodReport): string {
  const { shop, from, to, figures, acts } = report, kinds = [...new Set(figures.locations.flatMap((place) => place.movements.map((m) => m.kind)))].sort(), stamp = (at: string): string => escape(new Intl.DateTimeFormat('en-GB', { timeZone: shop.timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at)));
  const row = (what: string, of: (place: PeriodFigures['locations'][number]) => number, all: number, show: (n: number) => string): string => `<tr><td>${escape(what)}</td>${figures.locations.map((place) => `<td class="n">${of(place) === 0 && show === signed ? '–' : show(of(place))}</td>`).join('')}<td class="n">${show(all)}</td></tr>`;
  const sum = (of: (place: PeriodFigures['locations'][number]) => number): number => figures.locations.reduce((total, place) => total + of(place), 0), counted = (place: PeriodFigures['locations'][number]): number => place.counted?.units ?? 0;
  const table = (head: string[], rows: string[][], right: number[] = []): string => `<div class="wide"><table><thead><tr>${head.map((cell, n) => `<th${right.includes(n) ? ' class="n"' : ''}>${escape(cell)}</th>`).join('')}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell, n) => `<td${right.includes(n) ? ' class="n"' : ''}>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table></div>`;
  const { drift, checks, trail, backups, versions } = acts;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(shop.name)}, ${from} to ${to}</title><style>${STYLE}</style></head><body><main>
<header><div><h1>${escape(shop.name)}</h1><p class="dim">${escape(shop.domain)} · ${from} to ${to}, both included · made ${stamp(report.madeAt)}, ${escape(shop.timeZone)}</p></div></header>
${report.signed ? `<p><b>Signed</b> by ${escape(report.signed.by)}, ${escape(report.signed.role)}, ${stamp(report.signed.at)}.${report.signed.note ? ` ${escape(report.signed.note)}` : ''} <span class="dim small">SHA-256 of the figures ${report.signed.digest}, of the chain up to here ${report.signed.chain}.</span></p>` : '<p><b>Not signed.</b></p>'}
${report.heardSince.length > 0 ? `<p>Heard of since it was signed, and not in these figures: ${report.heardSince.slice(0, PRINTED).map((line) => `${escape(line.name)} ${escape(line.what)} ${signed(line.units)}`).join(', ')}.</p>` : ''}
<h2>Units on hand</h2>
<div class="wide"><table><thead><tr><th>Units</th>${figures.locations.map((place) => `<th class="n">${escape(place.name)}</th>`).join('')}<th class="n">All</th></tr></thead><tbody>
${(report.broughtForward ? broughtForwardRows(report.broughtForward, from) : []).map(({ label, kind, units: of }) => row(label, (place) => of.get(place.locationId) ?? 0, [...of.values()].reduce((total, each) => total + each, 0), kind === 'level' ? units : signed)).join('\n')}
${row(`Opening, ${from}`, (place) => place.opening, figures.opening, units)}
${sum(counted) === 0 ? '' : row('Opening counts', counted, sum(counted), signed)}
${kinds.map((kind) => { const of = (place: PeriodFigures['locations'][number]): number => place.movements.find((m) => m.kind === kind)?.units ?? 0; return row(capital(kind), of, sum(of), signed); }).join('\n')}
${row(`Closing, ${to}`, (place) => place.closing, figures.closing, units)}
</tbody></table></div>
<h2>Does it tie?</h2>
<p>${checks.days === 0 ? 'No daily check was made in these days.' : `On ${checks.tied} of ${checks.days} daily checks stock tied.`}${checks.others.length > 0 ? ` Not on ${checks.others.map((each) => `${each.day} (${escape(each.verdict)})`).join(', ')}.` : ''}</p>
<p>Differences opened ${units(drift.opened)}, closed ${units(drift.closed)}, open at the end ${units(drift.open)}. Repairs ${units(drift.repairs)} of ${some(drift.units, 'unit')}, ${units(drift.byPolicy)} of them by a policy; ${units(drift.reversed)} taken back.</p>
<h2>Cases</h2>
${acts.cases.length === 0 ? '<p>None.</p>' : table(['Kind', 'Opened', 'Closed', 'Open at the end', 'Median time to close'], acts.cases.map((each) => [escape(capital(kindWords(each.kind))), units(each.opened), units(each.closed), units(each.open), each.medianSeconds === null ? '–' : lasted(each.medianSeconds)]), [1, 2, 3, 4])}
${acts.acts.map(({ label, count, acts: list }) => `<h2>${escape(label)} <small>${units(count)}</small></h2>${table(['When', 'Who', 'What', 'Of', 'Why'], list.slice(0, PRINTED).map((act) => [stamp(act.at), escape(act.actor), escape(capital(act.action)), escape(act.subject), escape(act.why ?? '')]))}${count > PRINTED ? `<p class="dim">${units(count - PRINTED)} more stand in the audit trail.</p>` : ''}`).join('\n')}
${acts.acts.length === 0 ? '<h2>By hand</h2><p>Nobody changed anything.</p>' : ''}
<p class="dim">${some(acts.rest, 'other entry', 'other entries')} of the audit trail: cases worked on, purchase orders, work started by hand.</p>
<h2>Audit trail</h2>
<p>${trail.entries === 0 ? 'No entry was written in these days.' : `Links ${trail.first} to ${trail.last}; SHA-256 of the last <span class="small">${trail.head}</span>.`} ${trail.broken.length === 0 ? 'The whole chain holds.' : `<b>The chain is broken:</b> ${trail.broken.map(escape).join('; ')}.`}</p>
<h2>Back-ups and versions</h2>
<p>${some(backups.backUps, 'back-up')} made, ${units(backups.failed)} failed; ${some(backups.drills.length, 'drill or restore', 'drills and restores')}.</p>
${backups.drills.length === 0 ? '' : table(['When', 'What', 'Who', 'File', 'Outcome'], backups.drills.slice(0, PRINTED).map((run) => [stamp(run.at), run.kind, escape(run.by), escape(run.file), `${run.ok ? 'good' : '<b>failed</b>'}: ${escape(run.said)}`]))}
<p>Instep ${escape(versions.instep)}, Shopify Admin API ${escape(versions.api)}.${versions.migrations.length === 0 ? ' The database was not changed.' : ` The database was brought forward: ${versions.migrations.map((each) => `${escape(each.name)} (${stamp(each.at)})`).join(', ')}.`}</p>
<footer class="dim small">Made by Instep. Opening + counts + movements = closing, of every location. Acts, trail, back-ups and versions are of the whole installation.</footer>
</main></body></html>
`;
}
