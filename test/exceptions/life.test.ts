/** The life of an exception on a real database: grace, regression, storms, flapping, snoozing until it is worse, escalation; and a law over any sequence of checks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAt, ESCALATIONS } from '../../src/domain/exceptions/clock.ts';
import type { ExceptionKindName, RaisedException } from '../../src/domain/exceptions/catalogue.ts';
import { carersOf, changeCases, chase, eventsOf, findException, listExceptions, raise, resolveChecked, note, outcomesOf, similarCases, type ExceptionRow } from '../../src/store/exceptions.ts';
import { freshDatabase } from '../helpers/database.ts';
import { storeWith } from '../helpers/store.ts';

const { db } = await freshDatabase();
const world = async () => {
  const { storeId } = await storeWith(db, { variants: 0, locations: 0 });
  // Tuesday, ten in the morning in Amsterdam.
  let minutes = 0;
  const at = (): string => new Date(Date.parse('2026-11-24T09:00:00.000Z') + minutes * 60_000).toISOString();
  const case_ = (kind: ExceptionKindName, key: string, size?: number): RaisedException => ({ kind, key, subject: `Subject ${key}`, sentence: `Sentence of ${key}.`, ...(size === undefined ? {} : { size }) });
  return {
    storeId, at, wait: (more: number) => { minutes += more; },
    raise: (kind: ExceptionKindName, keys: readonly string[], size?: number) => raise(db.pool, storeId, keys.map((key) => case_(kind, key, size)), at()),
    check: async (kind: ExceptionKindName, bad: readonly string[]) => { await raise(db.pool, storeId, bad.map((key) => case_(kind, key)), at()); return resolveChecked(db.pool, storeId, kind, bad, at()); },
    chase: () => chase(db.pool, storeId, at(), ESCALATIONS),
    all: async (...states: string[]): Promise<ExceptionRow[]> => listExceptions(db, storeId, { states: states.length > 0 ? states : ['open'], limit: 500 }),
    act: (row: ExceptionRow, change: Parameters<typeof changeCases>[3]) => changeCases(db.pool, storeId, [row.exception_id], change, 'anna@example.com', at()),
    events: async (row: ExceptionRow) => (await eventsOf(db, storeId, row.exception_id)).map((event) => event.what),
    again: async (row: ExceptionRow) => (await findException(db, storeId, row.exception_id))!,
  };
};

const STORM_KEYS = Array.from({ length: 25 }, (_, n) => `level/${n}`);

describe('a storm that was put off', () => {
  const stormy = async (change: Parameters<typeof changeCases>[3]) => {
    const w = await world();
    await w.raise('PUSH_FAILED', STORM_KEYS, 5);
    const [storm] = await w.all();
    await w.act(storm!, change);
    expect(await w.all()).toEqual([]);
    w.wait(24 * 60);
    return { w, storm: storm! };
  };
  const days = (n: number): string => new Date(Date.parse('2026-11-24T09:00:00.000Z') + n * 86_400_000).toISOString();

  it('until a time takes no newcomers: they are seen alone, wake nobody, and the storm is there again in its time', async () => {
    const { w, storm } = await stormy({ action: 'snooze', until: days(5) });
    await w.raise('PUSH_FAILED', ['new']);
    expect((await w.all()).map((row) => row.subject)).toEqual(['Subject new']);
    expect(await w.events((await w.all())[0]!)).toEqual(['opened']);
    expect(await w.again(storm)).toMatchObject({ state: 'snoozed', size: 25 });
    w.wait(4 * 24 * 60);
    await w.chase();
    expect((await w.all()).map((row) => row.subject).sort()).toEqual(['25 cases at once', 'Subject new']);
    expect(await w.again(storm)).toMatchObject({ state: 'open', children: 25, opened_at: w.at(), due_at: dueAt(w.at(), 2, 4, 'Europe/Amsterdam') });
  });

  it('until it is worse wakes by what comes new, takes it in, and its cases are there with it', async () => {
    const { w, storm } = await stormy({ action: 'snooze', until: null, worse: true });
    await w.raise('PUSH_FAILED', STORM_KEYS, 5);
    expect(await w.all()).toEqual([]);
    await w.raise('PUSH_FAILED', ['new']);
    expect(await w.all()).toMatchObject([{ exception_id: storm.exception_id, subject: '26 cases at once', children: 26, snoozed_size: null, opened_at: w.at() }]);
    expect(await w.all('snoozed')).toEqual([]);
    expect(await w.events(storm)).toEqual(['opened', 'snoozed', 'woke']);
  });

  it('as ignored: enough newcomers are a storm of their own, without those that were ignored', async () => {
    const { w, storm } = await stormy({ action: 'ignore', reason: 'the till is being moved', until: days(25) });
    await w.raise('PUSH_FAILED', Array.from({ length: 30 }, (_, n) => `other/${n}`));
    expect(await w.all()).toMatchObject([{ subject: '30 cases at once', children: 30, opened_at: w.at(), ignored_until: null, reason: null }]);
    expect(await w.all('ignored')).toHaveLength(25);
    expect(await w.events(storm)).toEqual(['opened', 'ignored', 'woke']);
    await w.check('PUSH_FAILED', STORM_KEYS);
    expect(await w.all()).toEqual([]);
    w.wait(24 * 24 * 60);
    await w.chase();
    expect(await w.all()).toMatchObject([{ children: 25 }]);
  });

  it('and its cases: one that wakes is seen, by itself or because the storm wakes with it', async () => {
    const { w, storm } = await stormy({ action: 'snooze', until: days(5), worse: true });
    await w.raise('PUSH_FAILED', ['level/3'], 6);
    expect((await w.all()).map((row) => row.subject)).toEqual(['Subject level/3']);
    w.wait(11);
    await raise(db.pool, w.storeId, [{ kind: 'PUSH_FAILED', key: 'level/4', subject: 'four', sentence: 'four', severity: 1 }], w.at());
    expect((await w.all()).map((row) => [row.subject, row.severity])).toEqual([['25 cases at once', 1], ['Subject level/3', 2]]);
    expect(await w.again(storm)).toMatchObject({ state: 'open', children: 24, due_at: dueAt(w.at(), 1, 0.25, 'Europe/Amsterdam') });
  });

  it('whatever is found and done: a gathered case is where its storm is, what is open is seen, each with a clock from when it opened', async () => {
    const keys = Array.from({ length: 28 }, (_, n) => `p/${n}`);
    const step = fc.record({ wait: fc.constantFrom(1, 5, 11, 400, 3000), from: fc.nat(27), many: fc.constantFrom(1, 2, 22, 28), size: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), severity: fc.constantFrom(1 as const, 2 as const, 2 as const), good: fc.boolean(),
      act: fc.option(fc.record({ n: fc.nat(40), what: fc.constantFrom('snooze', 'worse', 'ignore', 'reopen', 'resolve') })) });
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
      const w = await world();
      for (const { wait, from, many, size, severity, good, act } of steps) {
        w.wait(wait);
        const bad = keys.slice(from, from + many);
        await raise(db.pool, w.storeId, bad.map((key) => ({ kind: 'PUSH_FAILED' as const, key, subject: key, sentence: key, severity, ...(size ? { size } : {}) })), w.at());
        if (good) await resolveChecked(db.pool, w.storeId, 'PUSH_FAILED', bad, w.at());
        await w.chase();
        const ask = async () => (await db.query<ExceptionRow & { above: string | null }>(`select e.*, p.state as above from exception e left join exception p on p.store_id = e.store_id and p.exception_id = e.parent_id where e.store_id = $1 and e.state <> 'resolved' order by e.exception_id`, [w.storeId])).rows;
        const lawful = async (): Promise<ExceptionRow[]> => {
          const rows = await ask(), seen = new Set((await w.all()).map((row) => row.exception_id));
          for (const row of rows) {
            if (row.parent_id !== null) expect([row.fingerprint, row.state]).toEqual([row.fingerprint, (row as { above?: string }).above]);
            if (row.state === 'open') expect([row.fingerprint, seen.has(row.parent_id ?? row.exception_id)]).toEqual([row.fingerprint, true]);
            if (row.state === 'open') expect(Date.parse(row.due_at)).toBeGreaterThan(Date.parse(row.opened_at!));
          }
          return rows;
        };
        const rows = await lawful(), open = new Set(rows.map((row) => row.fingerprint));
        for (const key of bad) expect(open.has(`PUSH_FAILED:${key}`)).toBe(true);
        const row = act && rows[act.n % Math.max(1, rows.length)], until = new Date(Date.parse(w.at()) + 86_400_000).toISOString();
        if (row) await w.act(row, act.what === 'snooze' ? { action: 'snooze', until } : act.what === 'worse' ? { action: 'snooze', until: null, worse: true } : act.what === 'ignore' ? { action: 'ignore', reason: 'known', until } : act.what === 'resolve' ? { action: 'resolve', said: 'done' } : { action: 'reopen' });
        await lawful();
      }
    }), { numRuns: 8 });
  });
});

describe('an exception', () => {
  it('tells nobody of what passes within its grace, and opens what does not', async () => {
    const w = await world();
    await w.raise('STOCK_DRIFT', ['a', 'b']);
    expect(await w.all()).toEqual([]);
    w.wait(1);
    await w.check('STOCK_DRIFT', ['b']);
    expect(await w.all('grace', 'resolved')).toHaveLength(1);
    w.wait(2);
    await w.check('STOCK_DRIFT', ['b']);
    const [row] = await w.all();
    expect(row).toMatchObject({ subject: 'Subject b', opened_at: w.at(), regressions: 0, severity: 2 });
    expect(await w.events(row!)).toEqual(['opened']);
  });

  it('opens after its grace though nothing is heard of it again', async () => {
    const w = await world();
    await w.raise('STOCK_DRIFT', ['a']);
    w.wait(3);
    expect((await w.chase()).woken).toBe(1);
    expect(await w.all()).toHaveLength(1);
  });

  it('comes back one step worse, with a clock of its own', async () => {
    const w = await world();
    await w.raise('SKU_BLANK', ['a']);
    w.wait(60);
    expect(await w.check('SKU_BLANK', [])).toBe(1);
    w.wait(60);
    await w.raise('SKU_BLANK', ['a']);
    const [row] = await w.all();
    expect(row).toMatchObject({ severity: 2, regressions: 1, occurrences: 2, opened_at: w.at(), resolved_at: null });
    expect(await w.events(row!)).toEqual(['opened', 'resolved', 'came back']);
    // Two hours after ten on a Tuesday: four working hours of severity 2, not the two days of 3.
    expect(row!.due_at).toBe('2026-11-24T15:00:00.000Z');
  });

  it('that comes back as the most urgent has a quarter of an hour of any day, also in the evening', async () => {
    const w = await world();
    await w.raise('PUSH_FAILED', ['a']);
    w.wait(60);
    expect(await w.check('PUSH_FAILED', [])).toBe(1);
    w.wait(10 * 60);
    await w.raise('PUSH_FAILED', ['a']);
    const [row] = await w.all();
    expect([row!.severity, Date.parse(row!.due_at) - Date.parse(w.at())]).toEqual([1, 900_000]);
  });

  it('of a kind that must be good for ten minutes closes at the first check after them, counted from when it was last seen', async () => {
    const w = await world();
    await w.raise('OVERSELL_RISK', ['a', 'b']);
    w.wait(4);
    await w.raise('OVERSELL_RISK', ['b']);
    w.wait(5);
    expect(await w.check('OVERSELL_RISK', [])).toBe(0);
    w.wait(1);
    expect(await w.check('OVERSELL_RISK', [])).toBe(1);
    expect((await w.all()).map((row) => row.subject)).toHaveLength(1);
    w.wait(4);
    expect(await w.check('OVERSELL_RISK', [])).toBe(1);
  });

  it('of a kind that asks for two checks closes at the second that sees it good, long enough after the first; a bad one in between starts anew, one that cannot tell does neither', async () => {
    const w = await world(), [a, b] = ['level/a', 'level/b'];
    await w.raise('STOCK_DRIFT', [a, b]);
    w.wait(2);
    await w.raise('STOCK_DRIFT', [a, b]);
    expect(await w.all()).toHaveLength(2);
    expect(await w.check('STOCK_DRIFT', [])).toBe(0);
    w.wait(4);
    await w.check('STOCK_DRIFT', [b]);
    w.wait(1);
    expect(await resolveChecked(db.pool, w.storeId, 'STOCK_DRIFT', [], w.at(), [a])).toBe(0);
    expect(await w.check('STOCK_DRIFT', [])).toBe(1);
    expect((await w.all()).map((row) => row.subject)).toEqual(['Subject level/b']);
    w.wait(4);
    expect(await w.check('STOCK_DRIFT', [])).toBe(0);
    w.wait(1);
    expect(await w.check('STOCK_DRIFT', [])).toBe(1);
    // One that comes back begins with its first check again, whoever said it was over.
    await w.raise('STOCK_DRIFT', [a]);
    w.wait(3);
    await w.raise('STOCK_DRIFT', [a]);
    expect(await w.check('STOCK_DRIFT', [])).toBe(0);
  });

  it('has a grace of its own where it is given one, and passes unseen within it, whether good or on its way', async () => {
    const w = await world(), raised = (key: string, graceMinutes: number): RaisedException => ({ kind: 'STOCK_DRIFT', key, subject: key, sentence: `${key} differs.`, graceMinutes });
    const all = [raised('short', 2), raised('long', 12.5), raised('way', 12.5)];
    await raise(db.pool, w.storeId, all, w.at());
    w.wait(3);
    await raise(db.pool, w.storeId, all, w.at());
    expect((await w.all()).map((row) => row.subject)).toEqual(['short']);
    await resolveChecked(db.pool, w.storeId, 'STOCK_DRIFT', ['short', 'long'], w.at(), ['way']);
    w.wait(10);
    await w.chase();
    expect((await w.all('open', 'grace')).map((row) => row.subject).sort()).toEqual(['long', 'short']);
  });

  it('that comes and goes is held open until it has been good for a day', async () => {
    const w = await world();
    for (let n = 0; n < 3; n++) { await w.raise('PUSH_FAILED', ['a']); w.wait(30); expect(await w.check('PUSH_FAILED', [])).toBe(1); w.wait(30); }
    await w.raise('PUSH_FAILED', ['a']);
    w.wait(30);
    expect(await w.check('PUSH_FAILED', [])).toBe(0);
    w.wait(30);
    expect(await w.check('PUSH_FAILED', [])).toBe(0);
    const [row] = await w.all();
    expect(await w.events(row!)).toEqual(['opened', 'resolved', 'came back', 'resolved', 'came back', 'resolved', 'came back', 'held open']);
    w.wait(24 * 60);
    expect(await w.check('PUSH_FAILED', [])).toBe(1);
    expect(await w.all()).toEqual([]);
  });

  it('is one of a storm when more than twenty open within ten minutes; the storm ends with the last of them', async () => {
    const w = await world(), keys = Array.from({ length: 25 }, (_, n) => `level/${n}`);
    await w.raise('PUSH_FAILED', keys.slice(0, 15));
    expect(await w.all()).toHaveLength(15);
    w.wait(5);
    await w.raise('PUSH_FAILED', keys);
    const [storm, ...others] = await w.all();
    expect(others).toEqual([]);
    expect(storm).toMatchObject({ subject: '25 cases at once', children: 25, size: 25 });
    w.wait(20);
    await w.raise('PUSH_FAILED', ['late']);
    expect(await w.again(storm!)).toMatchObject({ children: 26, subject: '26 cases at once' });
    expect(await listExceptions(db, w.storeId, { states: ['open'], parent: storm!.exception_id, limit: 100 })).toHaveLength(26);
    await w.check('PUSH_FAILED', ['level/3']);
    expect(await w.all()).toHaveLength(1);
    await w.check('PUSH_FAILED', []);
    expect(await w.all()).toEqual([]);
    expect(await w.events(await w.again(storm!))).toEqual(['opened', 'resolved']);
  });

  it('a storm is as urgent as the most urgent of its cases, with the shorter time, and says so again', async () => {
    const w = await world(), keys = Array.from({ length: 25 }, (_, n) => `parcel/${n}`);
    const late = (key: string, severity?: 1): RaisedException => ({ kind: 'FULFIL_NOT_SYNCED', key, subject: key, sentence: `${key} is late.`, ...(severity ? { severity } : {}) });
    await raise(db.pool, w.storeId, keys.map((key) => late(key)), w.at());
    w.wait(30);
    await raise(db.pool, w.storeId, keys.map((key) => late(key)), w.at());
    const [storm] = await w.all();
    expect(storm).toMatchObject({ severity: 2, children: 25 });
    w.wait(9 * 60);
    await raise(db.pool, w.storeId, keys.map((key, n) => late(key, n === 7 ? 1 : undefined)), w.at());
    const worse = await w.again(storm!);
    expect([worse.severity, Date.parse(worse.due_at) <= Date.parse(w.at()) + 3_600_000]).toEqual([1, true]);
    expect(await w.events(worse)).toEqual(['opened', 'escalated']);
    // One that joins it later, and is as urgent as another is, says nothing new.
    await raise(db.pool, w.storeId, [late('parcel/new', 1)], w.at());
    w.wait(30);
    await raise(db.pool, w.storeId, [late('parcel/new', 1)], w.at());
    expect(await w.events(await w.again(storm!))).toEqual(['opened', 'escalated']);
  });

  it('snoozed until it is worse wakes by its size, not by being seen', async () => {
    const w = await world();
    await w.raise('FULFIL_NOT_SYNCED', ['a'], 5);
    const [row] = await w.all();
    await w.act(row!, { action: 'snooze', until: null, worse: true });
    for (const [size, state] of [[4, 'snoozed'], [5, 'snoozed'], [6, 'open']] as const) {
      w.wait(10);
      await w.raise('FULFIL_NOT_SYNCED', ['a'], size);
      expect((await w.again(row!)).state).toBe(state);
    }
    expect(await w.events(row!)).toEqual(['opened', 'snoozed', 'woke']);
  });

  it('snoozed or ignored until a time is there again when it is over', async () => {
    const w = await world(), later = (hours: number): string => new Date(Date.parse(w.at()) + hours * 3_600_000).toISOString();
    await w.raise('SKU_BLANK', ['a', 'b']);
    const [a, b] = await w.all();
    await w.act(a!, { action: 'snooze', until: later(1) });
    await w.act(b!, { action: 'ignore', reason: 'a sample, never sold', until: later(24) });
    w.wait(61);
    await w.chase();
    expect((await w.all()).map((row) => row.exception_id)).toEqual([a!.exception_id]);
    w.wait(24 * 60);
    await w.chase();
    expect(await w.all()).toHaveLength(2);
  });

  it('is told of again at half its time, all of it, and twice, each once', async () => {
    const w = await world();
    await w.raise('PUSH_FAILED', ['a']); // four working hours from ten: due at two
    expect((await w.all())[0]!.due_at).toBe('2026-11-24T13:00:00.000Z');
    const levels: number[] = [];
    for (let n = 0; n < 7; n++) { w.wait(60); for (const { escalation } of (await w.chase()).escalated) levels.push(escalation); }
    expect(levels).toEqual([1, 2]);
    // Three of the next four working hours were on the same day.
    w.wait(17 * 60 - 1);
    expect((await w.chase()).escalated).toEqual([]);
    w.wait(1);
    expect((await w.chase()).escalated).toMatchObject([{ escalation: 3 }]);
  });

  it('has its clock stand still at night and over the weekend, unless it is one of the most urgent', async () => {
    const w = await world(), levels = async (): Promise<number[]> => (await w.chase()).escalated.map((one) => one.escalation);
    w.wait(3 * 24 * 60 + 6 * 60); // Friday at four
    await w.raise('PUSH_FAILED', ['a']);
    await w.raise('OVERSOLD', ['b']);
    w.wait(31);
    expect(await levels()).toEqual([3]);
    w.wait(60 * 60);
    expect(await levels()).toEqual([]); // Monday at half past four in the morning
    w.wait(5 * 60 + 29);
    expect(await levels()).toEqual([1]);
    w.wait(6 * 60);
    expect(await levels()).toEqual([3]);
  });

  it('that comes back through its grace has the clock and urgency of one that opens then, however often', async () => {
    const w = await world();
    for (const byRaise of [false, true]) {
      const w = await world();
      for (let n = 0; n < 3; n++) {
        await w.raise('VARIANT_UNMAPPED', ['a']);
        w.wait(15);
        if (byRaise) await w.raise('VARIANT_UNMAPPED', ['a']); else await w.chase();
        const [row] = await w.all(), urgent = n === 0 ? 2 : 1;
        expect(row).toMatchObject({ severity: urgent, regressions: n, opened_at: w.at(), due_at: dueAt(w.at(), urgent, urgent === 1 ? 0.25 : 4, 'Europe/Amsterdam') });
        expect(await w.check('VARIANT_UNMAPPED', [])).toBe(1);
        w.wait(5 * 24 * 60);
      }
    }
    const rare = (severity?: 3): Promise<void> => raise(db.pool, w.storeId, [{ kind: 'VARIANT_UNMAPPED', key: 'b', subject: 'b', sentence: 'b', ...(severity ? { severity } : {}) }], w.at());
    await rare();
    w.wait(15);
    await w.chase();
    await w.check('VARIANT_UNMAPPED', []);
    w.wait(60);
    await rare(3);
    w.wait(15);
    await w.chase();
    expect((await w.all())[0]).toMatchObject({ severity: 2, regressions: 1 });
    w.wait(2 * 60);
    expect((await w.chase()).escalated).toMatchObject([{ escalation: 1 }]);
  });

  it('snoozed wakes when it is more urgent, or bigger where that was asked, also of a kind that had no measure', async () => {
    const w = await world(), later = new Date(Date.parse(w.at()) + 86_400_000).toISOString();
    const late = (key: string, more: Partial<RaisedException> = {}) => raise(db.pool, w.storeId, [{ kind: 'FULFIL_NOT_SYNCED', key, subject: key, sentence: key, ...more }], w.at());
    for (const [key, change, more] of [['urgent', { until: later }, { severity: 1 }], ['urgent too', { until: null, worse: true }, { severity: 1 }], ['bigger', { until: null, worse: true }, { size: 40 }]] as const) {
      await late(key);
      const row = (await w.all()).find((one) => one.subject === key)!;
      await w.act(row, { action: 'snooze', ...change });
      await late(key);
      expect((await w.again(row)).state).toBe('snoozed');
      w.wait(60);
      await late(key, more);
      const severity = 'severity' in more ? 1 : 2;
      expect(await w.again(row)).toMatchObject({ state: 'open', severity, opened_at: w.at(), escalation: 0, snoozed_until: null, snoozed_size: null, due_at: dueAt(w.at(), severity, severity === 1 ? 0.25 : 4, 'Europe/Amsterdam') });
      expect(await w.events(row)).toEqual(['opened', 'snoozed', 'woke']);
    }
  });

  it('ignored is closed by its check like any other; one that wakes has a clock of its own and goes to nobody above its owner at once', async () => {
    const w = await world(), until = new Date(Date.parse(w.at()) + 10 * 86_400_000).toISOString();
    await w.raise('SKU_BLANK', ['fixed', 'there']);
    const rows = await w.all(), fixed = rows.find((row) => row.subject === 'Subject fixed')!, there = rows.find((row) => row.subject === 'Subject there')!;
    for (const row of rows) await w.act(row, { action: 'ignore', reason: 'a sample, never sold', until });
    w.wait(60);
    expect(await w.check('SKU_BLANK', ['there'])).toBe(1);
    expect([(await w.again(fixed)).state, (await w.again(there)).state]).toEqual(['resolved', 'ignored']);
    w.wait(10 * 24 * 60);
    expect(await w.chase()).toMatchObject({ woken: 1, escalated: [] });
    expect(await w.again(there)).toMatchObject({ state: 'open', reason: null, escalation: 0, due_at: dueAt(w.at(), 3, 16, 'Europe/Amsterdam') });
    expect(await w.events(there)).toEqual(['opened', 'ignored', 'woke']);
    // The same where somebody opens it again.
    w.wait(20 * 24 * 60);
    await w.act(there, { action: 'resolve', said: 'done' });
    w.wait(60);
    await w.act(there, { action: 'reopen' });
    expect((await w.chase()).escalated).toEqual([]);
    expect((await w.again(there)).due_at).toBe(dueAt(w.at(), 3, 16, 'Europe/Amsterdam'));
  });

  it('resolved ones are listed newest first, page by page', async () => {
    const w = await world();
    await w.raise('SKU_BLANK', ['a', 'b', 'c', 'd']);
    for (const left of [['a', 'b', 'd'], ['b', 'd'], []]) { w.wait(5); await w.check('SKU_BLANK', left); }
    const first = await listExceptions(db, w.storeId, { states: ['resolved'], limit: 3 }), last = first.at(-1)!;
    const next = await listExceptions(db, w.storeId, { states: ['resolved'], limit: 3, before: { at: last.resolved_at!, id: last.exception_id } });
    expect([...first, ...next].map((row) => row.subject.at(-1))).toEqual(['d', 'b', 'a', 'c']);
  });

  it('that gets more urgent has the shorter time, tells its owner again, and stays so; less urgent is nothing', async () => {
    const w = await world();
    const late = (severity: 1 | 2 | 3) => raise(db.pool, w.storeId, [{ kind: 'FULFIL_NOT_SYNCED', key: 'a', subject: 'Order 1', sentence: `urgent ${severity}`, severity }], w.at());
    await late(3);
    const [row] = await w.all();
    expect(row).toMatchObject({ severity: 3, due_at: '2026-11-26T09:00:00.000Z' });
    w.wait(10);
    await late(2);
    expect(await w.again(row!)).toMatchObject({ severity: 2, due_at: '2026-11-24T13:10:00.000Z' });
    w.wait(10);
    await late(1);
    expect(await w.again(row!)).toMatchObject({ severity: 1, due_at: '2026-11-24T09:35:00.000Z' });
    w.wait(10);
    await late(3);
    expect(await w.again(row!)).toMatchObject({ severity: 1, due_at: '2026-11-24T09:35:00.000Z', occurrences: 4 });
    expect((await eventsOf(db, w.storeId, row!.exception_id)).map((event) => [event.what, event.detail])).toEqual([['opened', null], ['escalated', { level: 1, severity: 2 }], ['escalated', { level: 1, severity: 1 }]]);
  });

  it('tells how others of its kind came to their end: by themselves, after a button, when a person said so', async () => {
    const w = await world();
    await w.raise('WEBHOOK_GAP', ['a', 'b', 'c', 'd']);
    const [a, b] = await w.all();
    await note(db, w.storeId, [a!.exception_id], 'tried', 'anna@example.com', 'Check the webhooks', w.at(), { fix: 'repair_subscriptions' });
    w.wait(60);
    await w.act(b!, { action: 'resolve', said: 'the firewall was opened' });
    w.wait(60);
    await w.check('WEBHOOK_GAP', []);
    expect(await outcomesOf(db, w.storeId, 'WEBHOOK_GAP', '2026-11-24T00:00:00.000Z')).toEqual({ closed: 4, medianHours: 2, ways: [{ way: 'itself', cases: 2 }, { way: 'person', cases: 1 }, { way: 'repair_subscriptions', cases: 1 }] });
    expect(await outcomesOf(db, w.storeId, 'WEBHOOK_GAP', '2026-11-25T00:00:00.000Z')).toEqual({ closed: 0, medianHours: null, ways: [] });
  });

  it('said to be resolved comes back when the check disagrees; what helped is told with the next one', async () => {
    const w = await world();
    await w.raise('PUSH_CONFLICT', ['a']);
    const [row] = await w.all();
    await w.act(row!, { action: 'say', said: 'the till wrote too' });
    await w.act(row!, { action: 'resolve', said: 'switched the till’s stock off' });
    expect(await w.all()).toEqual([]);
    await w.check('PUSH_CONFLICT', ['a']);
    expect((await w.again(row!))).toMatchObject({ state: 'open', regressions: 1, severity: 1 });
    await w.check('PUSH_CONFLICT', []);
    await w.raise('PUSH_CONFLICT', ['b']);
    const [next] = await w.all();
    expect(await similarCases(db, w.storeId, next!)).toMatchObject([{ subject: 'Subject a', fixed_by: 'the till wrote too (anna@example.com)' }]);
  });
});

it('whatever checks find and people do: what the last check found bad is never lost, what it found good never stays open unless held', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ wait: fc.integer({ min: 1, max: 700 }), bad: fc.subarray(['a', 'b', 'c']), act: fc.option(fc.record({ n: fc.nat(2), what: fc.constantFrom('snooze', 'ignore', 'resolve', 'reopen', 'assign') })) }), { minLength: 1, maxLength: 12 }),
    async (steps) => {
      const w = await world();
      for (const { wait, bad, act } of steps) {
        w.wait(wait);
        await w.check('PUSH_FAILED', bad);
        await w.chase();
        const rows = await w.all('open', 'snoozed', 'ignored', 'resolved');
        for (const row of rows) {
          const key = row.fingerprint.split(':')[1]!;
          if (bad.includes(key)) expect(row.state).not.toBe('resolved');
          else expect(row.state === 'resolved' || row.held_until !== null).toBe(true);
          expect(row.severity).toBe(row.regressions > 0 ? 1 : 2);
        }
        expect(rows.length).toBeGreaterThanOrEqual(bad.length);
        const row = act && rows[act.n];
        if (row) await w.act(row, act.what === 'snooze' || act.what === 'ignore' ? { action: act.what, until: new Date(Date.parse(w.at()) + 3_600_000).toISOString(), reason: 'known' } : act.what === 'resolve' ? { action: 'resolve', said: 'done' } : act.what === 'assign' ? { action: 'assign', to: 'anna' } : { action: 'reopen' });
      }
    }), { numRuns: 40 });
}, 60_000);

it('of two checks, whatever they see: it closes exactly where two that saw it good are five minutes apart with no bad one since the first', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ wait: fc.integer({ min: 1, max: 7 }), sees: fc.constantFrom('good', 'good', 'bad', 'on the way') }), { minLength: 1, maxLength: 14 }),
    async (steps) => {
      const w = await world();
      await w.raise('STOCK_DRIFT', ['a']);
      w.wait(2);
      await w.raise('STOCK_DRIFT', ['a']);
      let clock = 0, first: number | null = null;
      for (const { wait, sees } of steps) {
        w.wait(wait);
        clock += wait;
        const closed = sees === 'bad' ? await w.check('STOCK_DRIFT', ['a']) : await resolveChecked(db.pool, w.storeId, 'STOCK_DRIFT', [], w.at(), sees === 'good' ? [] : ['a']);
        if (sees === 'bad') first = null;
        else if (sees === 'good') first ??= clock;
        const over = sees === 'good' && clock - first! >= 5;
        expect(closed).toBe(over ? 1 : 0);
        expect((await w.all('open', 'resolved'))[0]).toMatchObject({ state: over ? 'resolved' : 'open' });
        if (over) return;
      }
    }), { numRuns: 60 });
});

it('what was given to somebody at once is taken back to whom it was, a storm’s cases too, but for those that went on to another meanwhile', async () => {
  const people = ['ann', 'bob', null] as const;
  await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...people), { minLength: 25, maxLength: 30 }), fc.boolean(), fc.subarray(Array.from({ length: 25 }, (_, n) => n)), async (whose, storm, moved) => {
    const w = await world(), kind = storm ? 'PUSH_FAILED' as const : 'SKU_BLANK' as const, keys = whose.map((_, n) => `case/${String(n).padStart(2, '0')}`);
    for (let n = 0; n < keys.length; n += storm ? keys.length : 15) { await w.raise(kind, keys.slice(n, n + (storm ? keys.length : 15))); w.wait(30); }
    const rows = async () => (await db.query<{ id: string; fingerprint: string; assigned_to: string | null }>(`select exception_id as id, fingerprint, assigned_to from exception where store_id = $1 order by fingerprint`, [w.storeId])).rows;
    const assign = (ids: readonly string[], to: string | null, from?: string | null) => changeCases(db.pool, w.storeId, ids, { action: 'assign', to, ...(from === undefined ? {} : { from }) }, 'cy', w.at());
    const cases = (await rows()).filter((row) => !row.fingerprint.endsWith(':storm')), parent = (await rows()).find((row) => row.fingerprint.endsWith(':storm'));
    expect([cases.length, parent !== undefined]).toEqual([keys.length, storm]);
    for (const [n, row] of cases.entries()) await assign([row.id], whose[n]!);
    const before = await carersOf(db.pool, w.storeId, parent ? [parent.id] : cases.map((row) => row.id));
    await assign(parent ? [parent.id] : cases.map((row) => row.id), 'cy');
    expect(new Set((await rows()).map((row) => row.assigned_to))).toEqual(new Set(['cy']));
    for (const n of moved) await assign([cases[n]!.id], 'dan');
    for (const { to, ids } of before) await assign(ids, to, 'cy');
    expect((await rows()).filter((row) => !row.fingerprint.endsWith(':storm')).map((row) => row.assigned_to)).toEqual(whose.map((one, n) => (moved.includes(n) ? 'dan' : one)));
  }), { numRuns: 10 });
});
