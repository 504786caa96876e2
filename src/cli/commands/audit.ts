/** `instep audit`: a shop by its token alone, or a connected store with what the database knows; on the terminal, as JSON, HTML, CSV and PDF. It changes nothing. */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { shopToAudit, systemClock } from '../../compose.ts';
import { audit as auditOf, type AuditReport } from '../../domain/audit/audit.ts';
import { gapLines, GAP_COLUMNS } from '../../domain/audit/gap-lines.ts';
import { htmlReport } from '../../domain/audit/report.ts';
import { format, money } from '../../domain/money.ts';
import { audit, readShop } from '../../flows/audit.ts';
import { cell } from '../../domain/csv.ts';
import { readConfig } from '../../runtime/config.ts';
import { printPdf } from '../../runtime/print-pdf.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { findReport, wholeReport } from '../../store/audit.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, print, progressBars, table, UsageError } from '../terminal.ts';

interface Options { shop?: string; token?: string; store?: string; json?: boolean; html?: string; csv?: string; pdf?: string }

export async function auditCommand(options: Options): Promise<void> {
  if (options.shop !== undefined && options.store !== undefined) throw new UsageError('--shop reads any shop without a database, --store one that is connected: give one of them');
  const report = options.shop === undefined ? await connected(options) : await strange(options, options.shop);
  if (options.html) await writeFile(options.html, htmlReport(report));
  if (options.csv) await writeFile(options.csv, `\uFEFF${[GAP_COLUMNS, ...gapLines(report)].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`);
  const printed = options.pdf ? await printPdf(htmlReport(report)) : null;
  if (printed !== null && 'pdf' in printed) await writeFile(options.pdf!, printed.pdf);
  print(options.json ?? false, report, () => told(report));
  if (printed !== null && 'why' in printed) throw new Error(`no PDF was made: ${printed.why}`);
  if (report.checks.some((check) => check.found > 0 && check.severity <= 2)) process.exitCode = EXIT.found;
}

async function strange(options: Options, shop: string): Promise<AuditReport> {
  const domain = shop.includes('.') ? shop.toLowerCase() : `${shop.toLowerCase()}.myshopify.com`;
  if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(domain)) throw new UsageError(`--shop ${shop}: expected X.myshopify.com`);
  if (options.token) console.error('The token was given as an argument, where the history of the shell and the list of processes show it. INSTEP_AUDIT_TOKEN, or the prompt, keeps it to yourself.');
  const token = (options.token ?? process.env['INSTEP_AUDIT_TOKEN'] ?? await askToken(domain)).trim();
  if (!/^[\x21-\x7e]{8,512}$/.test(token)) throw new UsageError('There is no token: set INSTEP_AUDIT_TOKEN, pipe it in, or type it when asked');
  const bars = progressBars(options.json ?? false);
  try {
    const storefront = await shopToAudit({ domain, token, origin: readConfig().shopifyApiOrigin ?? null });
    return auditOf({ ...await readShop(storefront, { at: systemClock.now().toISOString(), writes: false, onProgress: (p) => bars.watch({ flow: 'audit', ...p }) }), own: null });
  } finally { bars.stop(); }
}

async function connected(options: Options): Promise<AuditReport> {
  return withHouse(async (house) => {
    const store = await chosenStore(house, options.store), bars = progressBars(options.json ?? false);
    try { await runFlow(house, audit, store.store_id, 'command line', bars.watch); } finally { bars.stop(); }
    const latest = await findReport(house.db, store.store_id, null);
    if (!latest) throw new Error('another process is making the first audit of this store; ask again when it is done');
    return (await wholeReport(house.db, store.store_id, latest.report_id))!;
  });
}

/** One line of standard input; on a terminal, asked for and not shown. */
async function askToken(domain: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => { done(); } }), terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write(`Admin API token of ${domain} (it is not shown): `);
  const lines = createInterface({ input: process.stdin, output: terminal ? silent : undefined, terminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
}

function told(report: AuditReport): string {
  const amount = (minor: number | null): string => (minor === null ? '–' : format(money(minor, report.shop.currency)));
  const bad = report.checks.filter((check) => check.found > 0).sort((a, b) => b.lost - a.lost), skipped = report.checks.filter((check) => check.skipped !== null);
  return [
    `${report.shop.name}: ${report.score} of 100. ${report.explained}`, '',
    bad.length === 0 ? 'No gap was found.' : table(['Check', 'Owner', 'Gaps', 'Of', 'Units', 'At risk', 'Points', 'The first'], bad.map((check) => [check.title, check.owner, check.found, check.checked, check.units, amount(check.money), String(check.lost), check.gaps[0]?.sentence ?? ''])),
    ...(skipped.length === 0 ? [] : ['', ...skipped.map((check) => `${check.title}: ${check.skipped}`)]),
  ].join('\n');
}
