/**
 * The warehouse's files in `in/`, read when they stand still, put away when what they said is stored.
 *
 * A file is whole when two looks, ten seconds or more apart, found the same size and time: the cursor remembers the first look, so it works over
 * restarts and needs no clock in common. Names that begin with a dot or end in .tmp, .part or .filepart are still being written and not looked at.
 */
import type { WarehouseBatch, WarehouseReject } from '../../ports/warehouse.ts';
import { kindOf, readRows } from './rows.ts';
import type { FileSeen, Folder } from '../sftp-folder.ts';
import { writeTable } from './table.ts';

const MOST_FILES = 5_000;
const FILES_A_RUN = 200;
const LARGEST_FILE = 50 * 1024 * 1024;
const FACTS_IN_BATCH = 1_000;
const SETTLED_MS = 10_000;

interface Cursor {
  /** Files not yet taken: name → size, mtime and when (ms) we first saw them so. */
  looked: Record<string, [size: number, mtime: number, since: number]>;
  /** The file this batch ends: to be put away once stored. */
  taken: FileSeen | null;
}

const isWhole = (name: string): boolean => /\.csv$/i.test(name) && !name.startsWith('.');

/** A batch ends with its file, or remembers a look. Only a file's last batch puts it away: after a crash in between, it comes again whole. */
export async function* readInbox(folder: Folder, cursor: string | null, now: () => number): AsyncIterable<WarehouseBatch> {
  const before = cursor === null ? {} : (JSON.parse(cursor) as Cursor).looked;
  const files = (await folder.list('in', MOST_FILES)).filter((file) => isWhole(file.name)).sort((a, b) => a.mtime - b.mtime || (a.name < b.name ? -1 : 1));
  const looked: Cursor['looked'] = {}, settled: FileSeen[] = [];
  for (const { name, size, mtime } of files) {
    const known = before[name], isSame = known?.[0] === size && known[1] === mtime;
    looked[name] = [size, mtime, isSame ? known[2] : now()];
    if (isSame && now() - known[2] >= SETTLED_MS) settled.push({ name, size, mtime });
  }
  if (JSON.stringify(looked) !== JSON.stringify(before)) yield { facts: [], rejects: [], cursor: JSON.stringify({ looked, taken: null } satisfies Cursor) };
  for (const file of settled.slice(0, FILES_A_RUN)) {
    const read = file.size > LARGEST_FILE ? { facts: [], rejects: [{ where: file.name, field: null, message: `is larger than ${LARGEST_FILE} bytes`, raw: '' }] } : readRows(file.name, await folder.read(`in/${file.name}`));
    const after = await folder.stat(`in/${file.name}`);
    if (after?.size !== file.size || after.mtime !== file.mtime) continue; // somebody wrote to it after all: next time
    for (let start = 0; ; start += FACTS_IN_BATCH) {
      const isLast = start + FACTS_IN_BATCH >= read.facts.length;
      yield { facts: read.facts.slice(start, start + FACTS_IN_BATCH), rejects: isLast ? read.rejects : [], cursor: JSON.stringify({ looked, taken: isLast ? file : null } satisfies Cursor) };
      if (isLast) break;
    }
  }
}

/** Writes what was rejected of the file beside it and moves it to `processed`. A second call finds it gone and does nothing. */
export async function putAway(folder: Folder, cursor: string, rejects: readonly WarehouseReject[]): Promise<void> {
  const { taken } = JSON.parse(cursor) as Cursor;
  if (taken === null) return;
  const here = await folder.stat(`in/${taken.name}`);
  if (here === null || here.size !== taken.size || here.mtime !== taken.mtime) return;
  const ours = rejects.filter(({ where }) => where === taken.name || where.startsWith(`${taken.name}, line `));
  const free = async (path: string, ending: string): Promise<string> => {
    for (let n = 1; n < 1_000; n++) {
      const name = `${path}${n === 1 ? '' : `-${n}`}${ending}`;
      if (!await folder.stat(name)) return name;
    }
    throw new Error(`${path}${ending} was used a thousand times`);
  };
  const base = taken.name.replace(/\.csv$/i, '');
  if (ours.length > 0) {
    const lines = ours.map(({ where, field, message, raw }) => [/, line (\d+)$/.exec(where)?.[1] ?? '', field ?? '', message, raw]);
    await folder.write(await free(`in/rejects/${base}`, '.csv.rejects.csv'), writeTable([['line', 'field', 'message', 'row'], ...lines]));
  }
  // The same name may come again with other rows.
  await folder.rename(`in/${taken.name}`, await free(`in/processed/${base}`, '.csv'));
}

/** What the newest files of a kind say of one reference, put away or not: files answer no questions, so what they once said is looked up. */
export async function saidOf(folder: Folder, kind: string, reference: string, most: number): Promise<WarehouseBatch['facts']> {
  const said: WarehouseBatch['facts'] = [];
  for (const path of ['in', 'in/processed']) {
    const files = (await folder.list(path, 50_000)).filter((file) => isWhole(file.name) && kindOf(file.name) === kind && file.size <= LARGEST_FILE).sort((a, b) => b.mtime - a.mtime).slice(0, most);
    for (const file of files) said.push(...readRows(file.name, await folder.read(`${path}/${file.name}`)).facts.filter((fact) => 'reference' in fact && fact.reference === reference));
  }
  return said;
}
