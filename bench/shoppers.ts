/** Shoppers in a process of their own: so many orders a second for so long, each for one unit of the next item, placed by the sandbox's control API. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { control } from './sandbox-store.ts';

export interface Rush { shop: string; locationId: string; skus: string[]; perSecond: number; seconds: number }
/** Order id → instant before it was asked for, in milliseconds. `refused`: the shop had nothing available. `took` milliseconds. */
export interface Rushed { placed: Map<string, number>; refused: number; offered: number; startedAt: number; took: number }

const SENDERS = 64;
const pause = (time: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, time); });

/** Sends them and waits until the last one has an answer. Rejects when their process fails. */
export function sendShoppers(rush: Rush): Promise<Rushed> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { execArgv: ['--disable-warning=ExperimentalWarning'] });
    child.once('message', (heard: Omit<Rushed, 'placed'> & { placed: [string, number][] }) => resolve({ ...heard, placed: new Map(heard.placed) }));
    child.once('error', reject).once('exit', (code) => reject(new Error(`the shoppers left with ${code}`)));
    child.send(rush);
  });
}

async function shop({ shop: origin, locationId, skus, perSecond, seconds }: Rush): Promise<Omit<Rushed, 'placed'> & { placed: [string, number][] }> {
  const placed: [string, number][] = [], began = performance.now(), startedAt = Date.now();
  let offered = 0, refused = 0;
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    for (;;) {
      const n = offered, due = began + n * 1000 / perSecond;
      if (Math.max(due, performance.now()) - began > seconds * 1000) return;
      offered++;
      if (due > performance.now()) await pause(due - performance.now());
      const at = Date.now();
      const id = await control(origin, 'orders', { lines: [{ sku: skus[n % skus.length]!, quantity: 1 }], locationId }).then((order) => order.id, () => null);
      if (id === null) refused++; else placed.push([id, at]);
    }
  }));
  return { placed, refused, offered, startedAt, took: performance.now() - began };
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (rush: Rush) => { void shop(rush).then((rushed) => process.send!(rushed, () => process.disconnect())); });
}
