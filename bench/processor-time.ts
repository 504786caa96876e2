/** Seconds of processor used so far by this process, by a PostgreSQL and by the sandbox. Linux only: elsewhere the latter two are zero. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Db } from '../src/store/db.ts';

export interface ProcessorTime { own: number; postgres: number; sandbox: number }

/** `sandbox` is its process id. A backend that ended takes its time with it into its postmaster's sum of children, which is counted too. */
export async function processorTime(db: Db, sandbox: number): Promise<ProcessorTime> {
  const { user, system } = process.cpuUsage();
  const { rows: [place] } = await db.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
  return { own: (user + system) / 1e6, postgres: treeOf(postmaster(place!.dir)), sandbox: treeOf(sandbox) };
}

function postmaster(dir: string): number {
  try { return Number(readFileSync(path.join(dir, 'postmaster.pid'), 'utf8').split('\n')[0]); } catch { return 0; }
}

/** A process and its living children, with the children it has buried; `/proc` counts in hundredths of a second. */
function treeOf(pid: number): number {
  const stats = new Map<number, { parent: number; ticks: number }>();
  let names: string[];
  try { names = readdirSync('/proc'); } catch { return 0; }
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      stats.set(Number(name), { parent: Number(fields[1]), ticks: [11, 12, 13, 14].reduce((sum, n) => sum + Number(fields[n]), 0) });
    } catch { /* ended while we looked */ }
  }
  let ticks = stats.get(pid)?.ticks ?? 0;
  for (const { parent, ticks: own } of stats.values()) if (parent === pid) ticks += own;
  return ticks / 100;
}
