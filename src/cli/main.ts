/** `instep`: one command line. Every command takes --json, shows an example in --help, and exits 0 done, 1 failed, 2 wrong use, 3 found something. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../runtime/version.ts';
import { EXIT, UsageError } from './terminal.ts';

// What Node makes of TypeScript is kept beside the packages, for us and for the threads and processes we start: each would strip the types anew, which takes half
// a second and tens of megabytes. Where the folder cannot be written nothing is kept.
const compiled = process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../../node_modules/.cache/instep', import.meta.url));
enableCompileCache(compiled);

const program = new Command('instep').description('Keeps a Shopify store and its inventory planning in step.').version(VERSION).exitOverride().showHelpAfterError('(--help shows how)');

const example = (text: string): string => `\nExample:\n  ${text}\n`;
const storeOption = ['--store <id or domain>', 'which store, when there are several'] as const;
const jsonOption = ['--json', 'print JSON instead of text'] as const;
/** Only the command that is called is read: a forecast of a file needs no database client, no web server and no shop. */
const lazily = <A extends unknown[]>(load: () => Promise<(...args: A) => Promise<void>>) => async (...args: A): Promise<void> => {
  // Commander adds itself as the last argument, which is nobody's: `start` would take it for the tries it has left.
  return (await load())(...(args.slice(0, -1) as A));
};

program.command('start').description('start everything on this machine: database, sandbox shop when none is configured, import, worker, web UI and API')
  .option('--no-web', 'API only, without the web UI').option('--history <file>', 'the sandbox begins with a real order history (CSV, .gz allowed)').addHelpText('after', example('INSTEP_PORT=3100 npm start')).action(lazily(async () => (await import('./commands/start.ts')).start));
program.command('worker').description('a further worker process on the same database').addHelpText('after', example('DATABASE_URL=postgresql://… instep worker')).action(lazily(async () => (await import('./commands/worker.ts')).workerCommand));
program.command('sandbox').description('only the simulated Shopify store').option('--port <n>', 'port on 127.0.0.1', '4010').option('--history <file>', 'load a real order history (CSV, .gz allowed) instead of the invented town')
  .option('--seed <n>', 'seed of the town').option('--orders-per-minute <n>', 'live trade').option('--data <folder>', 'where it keeps its state').addHelpText('after', example('instep sandbox --history invoices.csv.gz --orders-per-minute 0')).action(lazily(async () => (await import('./commands/sandbox.ts')).sandboxCommand));
program.command('import').description('run the first import, or read again what changed').option(...storeOption).option(...jsonOption).option('--all', 'read the whole history again').addHelpText('after', example('instep import --all')).action(lazily(async () => (await import('./commands/import.ts')).importCommand));
program.command('explain').argument('<sku>', 'SKU, barcode or item id').description('why is this number 7? the movements that sum to it').option(...storeOption).option(...jsonOption)
  .option('--location <name or id>', 'one location').option('--state <state>', 'available, committed, damaged …', 'available').option('--at <instant>', 'as of this instant').option('--limit <n>', 'movements shown', '20')
  .addHelpText('after', example('instep explain TEE-BLU-M --location "Main warehouse"')).action(lazily(async () => (await import('./commands/explain.ts')).explainCommand));
program.command('drift').description('compare the ledger with Shopify now; exit 3 when units are unexplained').option(...storeOption).option(...jsonOption).addHelpText('after', example('instep drift --json')).action(lazily(async () => (await import('./commands/drift.ts')).driftCommand));
program.command('push').description('levels Instep may write: what each should show, what it shows, and why; exit 3 when some failed').option(...storeOption).option(...jsonOption)
  .option('--view <view>', 'all, waiting, held, failed, shadow, not written', 'all').option('--sku <sku>', 'one SKU, or words').option('--now', 'ask the warehouse and push first').option('--limit <n>', 'levels shown', '25')
  .addHelpText('after', example('instep push --view shadow')).action(lazily(async () => (await import('./commands/push.ts')).pushCommand));
program.command('peak').description('the figures of the peak monitor; exit 3 when one says to act').option(...storeOption).option(...jsonOption).option('--report [id]', 'the report of a peak that is over, as Markdown; the newest when no id is given').addHelpText('after', example('instep peak')).action(lazily(async () => (await import('./commands/peak.ts')).peakCommand));
program.command('rehearse').description('a peak on the sandbox, judged by the monitor\'s rules; exit 3 when it is not passed').option(...storeOption).option(...jsonOption).option('--times <n>', 'times the usual trade', '10').option('--minutes <n>', 'how long', '5').option('--report <file>', 'write the report (Markdown) there')
  .addHelpText('after', example('instep rehearse --times 10 --minutes 5 --report rehearsal.md')).action(lazily(async () => (await import('./commands/peak.ts')).rehearseCommand));
program.command('fulfilments').description('parcels the warehouse sent and what became of them in Shopify; exit 3 when some are late').option(...storeOption).option(...jsonOption)
  .option('--view <view>', 'late, waiting, held, written, all', 'all').option('--now', 'try those that wait first').option('--limit <n>', 'parcels shown', '25').addHelpText('after', example('instep fulfilments --view late --json')).action(lazily(async () => (await import('./commands/fulfilments.ts')).fulfilmentsCommand));
program.command('plan').description('what to order, with the arithmetic of each line').option(...storeOption).option(...jsonOption).option('--csv', 'print CSV instead of text').option('--supplier <name>', 'one supplier or vendor')
  .option('--policy <kind>', 'as this kind of policy would order, without saving: cycle service, fill rate, cost ratio, s,Q, min/max, planner parity, planner parity floored').option('--due', 'only what must be ordered by today')
  .option('--limit <n>', 'lines shown', '25').option('--refresh', 'compute again first').addHelpText('after', example('instep plan --supplier Northwind --due --csv')).action(lazily(async () => (await import('./commands/plan.ts')).planCommand));
program.command('audit').description('read a shop, change nothing, and say what is wrong with it: scored, with evidence, owner and fix; exit 3 when something is urgent').option('--shop <domain>', 'any shop, without a database: X.myshopify.com')
  .option('--token <token>', 'its Admin API token; better in INSTEP_AUDIT_TOKEN, or typed when asked: an argument stays in the history of the shell').option(...storeOption).option(...jsonOption)
  .option('--html <file>', 'the report as one page').option('--csv <file>', 'every gap as a line').option('--pdf <file>', 'the report printed; needs the browser packages of the tests').addHelpText('after', example('INSTEP_AUDIT_TOKEN=shpat_… instep audit --shop example.myshopify.com --html audit.html'))
  .action(lazily(async () => (await import('./commands/audit.ts')).auditCommand));
program.command('backup').description('everything Instep keeps, as one file, while it runs; the master key is not in it').requiredOption('--to <folder>', 'where the file is put').option('--drill', 'then restore it into a database made for it, look it through, and drop that').option(...jsonOption)
  .addHelpText('after', example('instep backup --to /var/backups/instep --drill')).action(lazily(async () => (await import('./commands/backup.ts')).backupCommand));
program.command('restore').description('a back-up into an empty database, compared to the byte; exit 3 when something in it does not hold').requiredOption('--from <file>', 'the back-up').option('--drill', 'into a database made for it, which is dropped again').option('--check', 'read the file alone, no database').option(...jsonOption)
  .addHelpText('after', example('instep restore --from instep-20261126T020000Z.tar.gz')).action(lazily(async () => (await import('./commands/backup.ts')).restoreCommand));
program.command('audit-trail').description('who did what, and whether the chain of it holds; exit 3 when it does not').option(...jsonOption).option('--actor <who>', 'one person').option('--action <act>', 'how the act begins').option('--search <words>', 'words that must all be in it').option('--limit <n>', 'entries shown', '25')
  .addHelpText('after', example('instep audit-trail --actor buyer@shop.example --json')).action(lazily(async () => (await import('./commands/audit-trail.ts')).auditTrailCommand));
const demo = program.command('demo').description('makes things go wrong on the sandbox, to learn what to do about them; never on a real shop');
demo.command('raise').argument('[type]', 'kind of exception; left out, the kinds are listed').description('makes the cause of an exception happen and runs the flow that finds it').option('--clear', 'undo it').option(...storeOption).option(...jsonOption)
  .addHelpText('after', example('instep demo raise OVERSOLD   …   instep demo raise OVERSOLD --clear')).action(lazily(async () => (await import('./commands/demo.ts')).demoRaise));
program.command('replay').description('a policy on the days that were: what it would have served, bought and held, beside what was really bought').option(...storeOption).option(...jsonOption).option('--policy <kind>', 'as planned when left out: cycle service, fill rate, cost ratio, s,Q, min/max, planner parity, planner parity floored')
  .option('--promise <share>', 'service level, fill rate or cost ratio of it').option('--min-stock <units>', 'another minimum than each line’s own').option('--max-stock <units>', 'another maximum').option('--days-of-stock <days>', 'other days of stock, of planner parity').option('--stock-percent <n>', 'per cent of each line’s own minimum, maximum and reorder point')
  .option('--values <when>', 'planning values, terms and costs: then (as known on each morning) or today', 'then').option('--from <day>', 'first day; half a year before the last').option('--to <day>', 'last day; yesterday').option('--vendor <name>', 'one supplier or vendor').option('--sku <sku>', 'one SKU, or words').option('--limit <n>', 'lines: the best sellers', '500').option('--again <id>', 'run one that failed once more, with its own values')
  .addHelpText('after', example('instep replay --policy "fill rate" --promise 0.97 --from 2026-01-01 --to 2026-06-30 --json')).action(lazily(async () => (await import('./commands/replay.ts')).replayCommand));
program.command('split').argument('<sku>', 'SKU, barcode or item id').description('a line of the plan ordered at several places; the sum stays').option('--part <place=units>', 'a location, by name or id, and its units; once for each place', (part: string, all: string[]) => [...all, part], []).requiredOption('--reason <words>', 'why').option('--dry-run', 'show it, change nothing').option(...storeOption).option(...jsonOption)
  .addHelpText('after', example('instep split TEE-BLU-M --part "Main warehouse=24" --part "Shop=6" --reason "shop opening"')).action(lazily(async () => (await import('./commands/split.ts')).splitCommand));
const rates = program.command('rates').description('exchange rates: what a unit of another currency is worth in the store’s, from which day on');
rates.command('list').description('those that hold, latest first, and currencies without one').option('--currency <code>', 'of one currency').option('--limit <n>', 'rates shown', '50').option(...storeOption).option(...jsonOption).addHelpText('after', example('instep rates list --currency USD')).action(lazily(async () => (await import('./commands/rates.ts')).ratesList));
rates.command('set').argument('<currency>', 'three letters').argument('<rate>', 'of the store’s currency for one unit; none takes it away').description('say one').option('--since <day>', 'from that day on; today').option(...storeOption).option(...jsonOption).addHelpText('after', example('instep rates set USD 0.9231 --since 2026-11-01')).action(lazily(async () => (await import('./commands/rates.ts')).ratesSet));
rates.command('import').argument('<file>', 'CSV: Currency, Since, Rate').description('from a file, a dry run without --apply; exit 3 when some of its lines are wrong').option('--apply', 'say them').option(...storeOption).option(...jsonOption).addHelpText('after', example('instep rates import rates.csv --apply')).action(lazily(async () => (await import('./commands/rates.ts')).ratesImport));
program.command('forecast').description('the forecast engine on a file of series, without a database; exit 3 when some were left out')
  .requiredOption('--input <file>', 'NDJSON (a line a series) or CSV (id,date,quantity[,price,promotion,in_stock,item,location,category]); .gz allowed').requiredOption('--freq <grain>', 'D days, W weeks, M months')
  .requiredOption('--horizon <periods>', 'periods ahead').option('--totals <periods>', 'also the totals of the first so many periods, e.g. 21,28').requiredOption('--output <file>', 'CSV: series_id,origin,h,mean,q50,q80,q90,q95,q975; .gz allowed')
  .option('--events <file>', 'CSV: name,from,to[,locations,uplift]').option('--threads <n>', 'cores used; all by default').option(...jsonOption)
  .addHelpText('after', example('instep forecast --input sales.csv.gz --freq D --horizon 28 --totals 21,28 --output forecast.csv.gz')).action(lazily(async () => (await import('./commands/forecast.ts')).forecastCommand));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else if (error instanceof UsageError) { console.error(error.message); process.exitCode = EXIT.usage; }
  else { console.error(process.env['INSTEP_LOG'] === 'debug' ? error : `Failed: ${(error as Error).message}`); process.exitCode = EXIT.failed; }
}
