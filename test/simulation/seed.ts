/** Plays one seed: so many steps of a broken world, then the faults end, and everything must come to rest in step. */
import { alone, othersOf, replay, rest, safety, type Violation } from './checkers.ts';
import { dice } from './dice.ts';
import type { Factory, Run } from './run.ts';
import { holder, step, weights, type Mode } from './workload.ts';

export interface Outcome { seed: number; mode: Mode; violations: Violation[]; steps: number; deaths: number; reached: string[]; ms: number }

export const MODES: readonly Mode[] = ['on', 'off', 'swarm'];
const STEPS = 90;

export async function play(factory: Factory, seed: number, mode: Mode = MODES[seed % 3]!, watch?: (run: Run, n: number) => void): Promise<Outcome> {
  const began = performance.now(), roll = dice(seed), held = dice(seed ^ 0x401d);
  const run = await factory.make(seed);
  try {
    const rates = weights(mode, roll), others = await othersOf(run);
    let steps = 0;
    for (; steps < STEPS; steps++) {
      await step(run, roll, mode, rates);
      await holder(run, held);
      watch?.(run, steps);
      if (steps % 30 === 29) { const found = await safety(run); if (found.length > 0) return outcome(found, steps); }
    }
    await heal(run);
    await comeToRest(run, mode);
    run.life.revive(true);
    const violations = [...await safety(run), ...await rest(run), ...await alone(run, others)];
    return outcome(violations.length > 0 ? violations : await replay(run), steps);

    function outcome(violations: Violation[], done: number): Outcome {
      return { seed, mode, violations, steps: done, deaths: run.witness.deaths, reached: [...run.witness.reached], ms: performance.now() - began };
    }
  } finally {
    run.life.revive(true);
    await run.stop();
  }
}

async function heal(run: Run): Promise<void> {
  // A death that waits for its moment may still come while all comes to rest: most parcels and documents are worked on then.
  run.life.revive();
  Object.assign(run.doors, { refuse: 0, rush: 0 });
  Object.assign(run.shelf.failNext, { before: 0, after: 0 });
  const healed = await run.control('/faults', { webhooks: null, failAfterCommit: null, failBefore: null, serverErrorAfterCommit: null, staleCompares: 0, throttle: 0 });
  if (healed === null) throw new Error('the faults of the shop could not be ended');
  // Staff let go of what they held, and the warehouse counts once more.
  for (const order of run.sandbox.shop.tables.orders.values()) if (order.cancelledAt === null) await run.control(`/orders/${order.id}/release`, {});
  run.shelf.countAll();
}

/** Rounds of everything, a few minutes of the clock apart, until a whole round did nothing. In mode off no reader helps: only what was delivered counts. */
async function comeToRest(run: Run, mode: Mode): Promise<void> {
  for (let round = 0, quiet = 0; round < 40 && quiet < 2; round++) {
    let done = 0;
    for (let n = 0; n < 60; n++) {
      const now = (await run.deed('deliver')) + (await run.deed('inbox')) + (await run.deed('place')) + (await run.deed('documents')) + (await run.deed('tell')) + (await run.deed('fulfil')) + (await run.deed('adjust')) + (await run.deed('push')) + (await run.deed('jobs'));
      done += now;
      if (now === 0) break;
      run.advance(1_100);
    }
    await run.flow('warehouse-feed');
    if (mode !== 'off') for (const name of ['sales-history', 'order-routing', 'stock-levels', 'returns', 'drift-check']) await run.flow(name);
    await run.flow('stock-push');
    run.advance(4 * 60_000);
    quiet = done === 0 ? quiet + 1 : 0;
    // A conflict is parked for a quarter of an hour, a held parcel for two minutes.
    if (quiet > 0 && round < 6) { run.advance(15 * 60_000); quiet = Math.min(quiet, 1); }
  }
}
