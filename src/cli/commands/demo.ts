/** `instep demo raise TYPE`: makes an exception happen for real on the sandbox, says where to look, and undoes it with `--clear`. */
import { EXCEPTION_KINDS, type ExceptionKindName } from '../../domain/exceptions/catalogue.ts';
import type { BuiltHouse } from '../../compose.ts';
import { DEMO_FAULTS, NOT_DEMONSTRATED } from '../demo-faults.ts';
import { demoWorld } from '../demo-world.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, print, table, UsageError } from '../terminal.ts';

/** How often, and how far apart, a case is looked for that a running product is about to open or close. */
const MOST_LOOKS = 20, LOOK_MS = 500;

export async function demoRaise(type: string | undefined, options: { store?: string; json?: boolean; clear?: boolean }): Promise<void> {
  const json = options.json ?? false;
  if (type === undefined) {
    const rows = EXCEPTION_KINDS.map(({ kind, severity, owner }) => ({ kind, severity, owner, story: DEMO_FAULTS.find((fault) => fault.kind === kind)?.story ?? `not on the sandbox: ${NOT_DEMONSTRATED[kind as ExceptionKindName]?.why ?? ''}` }));
    print(json, rows, () => table(['Type', 'Severity', 'Owner', 'What happens'], rows.map((row) => [row.kind, row.severity, row.owner, row.story])));
    return;
  }
  const kind = type.toUpperCase(), fault = DEMO_FAULTS.find((one) => one.kind === kind), instead = NOT_DEMONSTRATED[kind as ExceptionKindName];
  if (!fault) throw new UsageError(instead ? `${kind} cannot be made on the sandbox: ${instead.why}. ${instead.test} raises and clears it.` : `${type}: there is no such exception. \`instep demo raise\` lists them`);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), demo = await demoWorld(house, store.store_id, kind);
    const before = await openCases(house, store.store_id, kind);
    // Raised while it stands raised, it would remember what it made as what was there before: it is undone first.
    if (!options.clear && (await demo.one('select from cursor where store_id = $1 and name = $2', `demo.${kind}`)) !== null) await fault.clear(demo);
    const mended = options.clear ? await fault.clear(demo) ?? null : (await fault.raise(demo), null);
    if (options.clear) await demo.one('delete from cursor where store_id = $1 and name = $2', `demo.${kind}`);
    house.changed(store.store_id, ['exceptions', 'stock', 'flows']);
    await new Promise((resolve) => { setTimeout(resolve, 150); }); // what changed is told to open screens after a tenth of a second
    let after = await openCases(house, store.store_id, kind);
    // What a running product has in its hands comes to its case within moments, as it comes to its end.
    for (let n = 0; n < MOST_LOOKS && (options.clear ? mended === null && before.length > 0 && before.every((old) => after.some((row) => row.exception_id === old.exception_id)) : after.length === 0); n++) {
      await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
      after = await openCases(house, store.store_id, kind);
    }
    const fresh = after.filter((row) => !before.some((old) => old.exception_id === row.exception_id));
    const gone = before.filter((old) => !after.some((row) => row.exception_id === old.exception_id)).length, done = options.clear ? gone > 0 || mended !== null : after.length > 0, look = `${house.publicUrl}/exceptions?kind=${kind}`;
    print(json, { kind, story: fault.story, cleared: options.clear ?? false, mended, done, look, open: after }, () => (options.clear
      ? mended !== null ? [`Nothing was left to undo: ${mended}. It was mended already.`] : [`Undone: ${fault.story}.`, gone === 0 ? `No case has closed yet; look at ${look}.` : `${gone === 1 ? 'Its case is' : `${gone} cases are`} closed.${after.length > 0 ? ` ${after.length} more of the kind are the shop’s own.` : ''}`]
      : [`Now ${fault.story}.`, ...(fresh.length > 0 ? fresh : after).map((row) => `  ${row.subject}: ${row.sentence}`), ...(done ? [`Look at ${look} and ${house.publicUrl}${fault.look}.`, `Undo it: instep demo raise ${kind} --clear`] : ['No case is open: a running worker may have mended it already. `--clear` undoes what is left of it.'])]).join('\n'));
    if (!done) process.exitCode = EXIT.found;
  });
}

interface OpenCase { exception_id: string; subject: string; sentence: string }
async function openCases(house: BuiltHouse, storeId: number, kind: string): Promise<OpenCase[]> {
  return (await house.db.query<OpenCase>(`select exception_id, subject, sentence from exception where store_id = $1 and kind = $2 and state in ('open', 'grace') and fingerprint <> kind || ':storm' order by exception_id desc limit 200`, [storeId, kind])).rows;
}
