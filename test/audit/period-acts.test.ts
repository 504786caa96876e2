/** What was done in a period, beside a count by hand: cases over any lives, acts that sum to the trail, days of the shop's calendar. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupOf, lasted } from '../../src/domain/audit/period-acts.ts';
import { periodActs } from '../../src/store/period-acts.ts';
import { audit } from '../../src/store/users.ts';
import { freshDatabase } from '../helpers/database.ts';

const { db } = await freshDatabase(), versions = { instep: '0', api: '2026-10' };
let shops = 0;
async function shop(timeZone = 'Europe/Amsterdam'): Promise<number> {
  await db.query('insert into org (org_id, name) values (1, $1) on conflict do nothing', ['Test']);
  return (await db.query<{ store_id: number }>(`insert into store (org_id, shop_domain, name, currency, time_zone, created_at) values (1, $1, 'Shop', 'EUR', $2, '2026-01-01') returning store_id`, [`s${++shops}.myshopify.com`, timeZone])).rows[0]!.store_id;
}

const OPENS = ['opened', 'came back', 'reopened'], CLOSES = ['resolved', 'ignored'], HOUR = 3_600_000, START = Date.parse('2026-03-01T00:00:00Z');
interface Turn { what: string; at: number }

describe('cases of a period', () => {
  it('are those opened, closed and left open in it, whatever became of each', async () => {
    const life = fc.array(fc.record({ what: fc.constantFrom(...OPENS, ...CLOSES, 'said', 'snoozed', 'assigned'), after: fc.integer({ min: 1, max: 40 }) }), { minLength: 1, maxLength: 9 });
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ kind: fc.constantFrom('STOCK_DRIFT', 'PUSH_HELD'), life }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 6 }), async (drawn, first, days) => {
      const storeId = await shop('UTC'), from = new Date(START + first * 24 * HOUR).toISOString().slice(0, 10), to = new Date(START + (first + days) * 24 * HOUR).toISOString().slice(0, 10);
      const [fromAt, toAt] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`) + 24 * HOUR], counted = new Map<string, { opened: number; closed: number; open: number; lengths: number[] }>();
      for (const [n, { kind, life: turns }] of drawn.entries()) {
        const { rows: [made] } = await db.query<{ exception_id: string }>(`insert into exception (store_id, kind, fingerprint, severity, owner, subject, sentence, first_seen, last_seen, due_at) values ($1, $2, $3, 2, 'ecommerce', 's', 's', $4, $4, $4) returning exception_id`, [storeId, kind, `${kind}:${n}`, new Date(START).toISOString()]);
        const lived: Turn[] = [{ what: 'opened', at: START + n * HOUR }];
        for (const turn of turns) lived.push({ what: turn.what, at: lived.at(-1)!.at + turn.after * HOUR });
        for (const turn of lived) await db.query('insert into exception_event (store_id, exception_id, at, what, by_whom) values ($1, $2, $3, $4, $5)', [storeId, made!.exception_id, new Date(turn.at).toISOString(), turn.what, 'check']);
        const sum = counted.get(kind) ?? { opened: 0, closed: 0, open: 0, lengths: [] };
        counted.set(kind, sum);
        let since: number | null = null;
        for (const { what, at } of lived.filter((turn) => turn.at < toAt)) {
          if (what === 'opened' || what === 'came back') { if (at >= fromAt) sum.opened++; }
          if (OPENS.includes(what)) since = at;
          if (CLOSES.includes(what)) { if (since !== null && at >= fromAt) { sum.closed++; sum.lengths.push((at - since) / 1000); } since = null; }
        }
        if (since !== null) sum.open++;
      }
      const { cases, drift } = await periodActs(db, storeId, from, to, versions);
      for (const [kind, { opened, closed, open, lengths }] of counted) {
        const said = cases.find((each) => each.kind === kind) ?? { opened: 0, closed: 0, open: 0, medianSeconds: null }, sorted = lengths.sort((a, b) => a - b), middle = sorted.length / 2;
        expect([said.opened, said.closed, said.open]).toEqual([opened, closed, open]);
        expect(said.medianSeconds).toEqual(sorted.length === 0 ? null : sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1]! + sorted[middle]!) / 2);
        if (kind === 'STOCK_DRIFT') expect(drift).toMatchObject({ opened, closed, open });
      }
    }), { numRuns: 25 });
  });
});

describe('acts of a period', () => {
  it('and the rest are all entries of the trail in its days, by the shop’s calendar, with the reason given', async () => {
    const storeId = await shop(), entry = (at: string, action: string, after: object | null = null) => audit(db, { at, actor: 'ada@shop.example', action, subject: 's', ...(after ? { after } : {}) });
    await entry('2026-04-30T21:59:00Z', 'repairs approved'); // the last minute of April in Amsterdam
    await entry('2026-04-30T22:01:00Z', 'repair asked: accept Shopify', { reason: 'counted twice' });
    await entry('2026-05-15T10:00:00Z', 'plan decision: quantity', { quantity: 3, reason: 'fair in June' });
    await entry('2026-05-20T10:00:00Z', 'person invited', { role: 'planner' });
    await entry('2026-05-31T21:59:59Z', 'assign');
    await entry('2026-05-31T22:00:00Z', 'limits changed');
    const { acts, rest, trail } = await periodActs(db, storeId, '2026-05-01', '2026-05-31', versions);
    expect(acts.map(({ group, count, acts: list }) => [group, count, list.map((act) => act.why)])).toEqual([['stock', 1, ['counted twice']], ['plan', 1, ['fair in June']], ['access', 1, [null]]]);
    expect(rest).toBe(1);
    expect(trail.entries).toBe(acts.reduce((sum, each) => sum + each.count, 0) + rest);
    expect(trail).toMatchObject({ broken: [], head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(Number(trail.last) - Number(trail.first)).toBe(trail.entries - 1);
  });

  it('say which days’ checks did not tie, and which drills failed', async () => {
    const storeId = await shop();
    for (const [day, verdict] of [['2026-06-01', 'Stock ties: 5 of 5 units explained'], ['2026-06-02', '3 units differ without a known cause'], ['2026-06-03', 'Stock ties but for 2 levels still on the way'], ['2026-07-01', '9 units differ without a known cause']]) await db.query(`insert into digest (store_id, day, verdict, lines, composed_at) values ($1, $2, $3, '[]', $2::date)`, [storeId, day, verdict]);
    for (const [kind, at, ok] of [['back-up', '2026-06-01T03:00:00Z', true], ['back-up', '2026-06-02T03:00:00Z', false], ['drill', '2026-06-05T03:00:00Z', true], ['back-up', '2026-07-02T03:00:00Z', true]]) await db.query(`insert into backup_run (kind, started_at, finished_at, by_whom, file, ok, said) values ($1, $2, $2, 'timer', 'f', $3, 'said')`, [kind, at, ok]);
    const { checks, backups } = await periodActs(db, storeId, '2026-06-01', '2026-06-30', versions);
    expect(checks).toEqual({ days: 3, tied: 2, others: [{ day: '2026-06-02', verdict: '3 units differ without a known cause' }] });
    expect([backups.backUps, backups.failed, backups.drills.map((run) => [run.kind, run.ok])]).toEqual([1, 1, [['drill', true]]]);
  });

  it('belong to the group whose words they begin with, the longest first; lengths are said in one unit', () => {
    expect(['repair asked: push ours', 'count approved', 'planning values set', 'override added', 'password set', 'repair policy changed', 'assign', 'signed in'].map(groupOf)).toEqual(['stock', 'stock', 'plan', 'plan', 'access', 'rules', null, null]);
    expect([12, 89, 90, 5_399, 5_400, 172_799, 172_800].map(lasted)).toEqual(['12 s', '89 s', '2 min', '90 min', '1.5 h', '48 h', '2 d']);
  });
});
