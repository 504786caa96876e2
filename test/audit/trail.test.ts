/** The audit trail is a chain: whatever is changed, taken out, put in or cut off is found; every act of a person has an entry. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyDigest } from '../../src/flows/daily-digest.ts';
import { verifyTrail } from '../../src/store/audit-trail.ts';
import { audit } from '../../src/store/users.ts';
import { world } from '../helpers/world.ts';

const w = await world({ worker: false, months: 1, scale: 0.03 });
await w.import();
const { db } = w.house, at = '2026-11-26T08:00:00.123Z';
const entry = (actor: string, action: string) => ({ at, actor, action, subject: 'a "subject", with\nlines', before: { units: 1 }, after: { units: [2, null] } });

/** What somebody with the rights of the database's owner does, and nobody keeps: the triggers do not stop them. Answers the faults found meanwhile. */
async function tampered(...statements: string[]): Promise<string[]> {
  let found: string[] = [];
  await expect(db.transaction(async (tx) => {
    await tx.query(`set local session_replication_role = 'replica'`);
    for (const statement of statements) await tx.query(statement);
    found = (await verifyTrail(tx)).broken.map((one) => one.fault);
    throw new Error('undone');
  })).rejects.toThrow('undone');
  return found;
}

describe('the audit trail', () => {
  it('gives each entry one link in the order of commits, whoever writes at the same time, and none to what was rolled back', async () => {
    const before = (await verifyTrail(db)).links;
    let kept = 0;
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ entries: fc.integer({ min: 1, max: 4 }), fails: fc.boolean() }), { minLength: 2, maxLength: 12 }), async (writers) => {
      await Promise.all(writers.map(({ entries, fails }, n) => db.transaction(async (tx) => {
        for (let i = 0; i < entries; i++) await audit(tx, entry(`writer ${n}`, `act ${i}`));
        if (fails) throw new Error('rolled back');
      }).catch((error: Error) => { if (error.message !== 'rolled back') throw error; })));
      kept += writers.reduce((sum, one) => sum + (one.fails ? 0 : one.entries), 0);
      const { links, broken, head } = await verifyTrail(db);
      expect([links - before, broken]).toEqual([kept, []]);
      expect(head).toMatch(links === 0 ? /^$/ : /^[0-9a-f]{64}$/);
    }), { numRuns: 12 });
  });

  it('cannot be changed or emptied', async () => {
    for (const statement of [`update audit_event set actor = 'another'`, 'delete from audit_event', 'truncate audit_event cascade', 'update audit_link set hash = hash', 'delete from audit_link', 'truncate audit_link']) await expect(db.query(statement)).rejects.toThrow('never changed');
  });

  it('shows every change made behind its back: any column of any entry, one taken out, put in, put elsewhere, or cut off', async () => {
    const { rows: [ends] } = await db.query<{ n: number }>('select max(link)::int as n from audit_link');
    const of = (link: number): string => `(select audit_id from audit_link where link = ${link})`;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: ends!.n }), fc.constantFrom(`actor = actor || ' '`, `action = upper(action) || '!'`, `subject = subject || chr(10)`, `at = at + interval '1 microsecond'`, `before = '{}'`, `after = coalesce(after, '{}') || '{"more": 1}'`), async (link, change) => {
      expect(await tampered(`update audit_event set ${change} where audit_id = ${of(link)}`)).toEqual(['it is not what was written']);
    }), { numRuns: 30 });
    const middle = Math.floor(ends!.n / 2);
    expect(await tampered(`delete from audit_event where audit_id = ${of(middle)}`)).toEqual(['it is not what was written']);
    expect(await tampered(`create temporary table gone on commit drop as select audit_id from audit_link where link = ${middle}`, 'delete from audit_link where audit_id in (select audit_id from gone)', 'delete from audit_event where audit_id in (select audit_id from gone)')).toEqual(['entries before it are gone']);
    // Everything behind it numbered anew as well: then the hashes tell.
    expect(await tampered(`create temporary table gone on commit drop as select audit_id from audit_link where link = ${middle}`, 'delete from audit_link where audit_id in (select audit_id from gone)', 'delete from audit_event where audit_id in (select audit_id from gone)', `update audit_link set link = -link where link > ${middle}`.replace('-link', 'link + 1000000'), `update audit_link set link = link - 1000001 where link > 1000000`)).toContain('it is not what was written');
    expect(await tampered(`insert into audit_event (at, actor, action, subject) values ('${at}', 'a forger', 'was here', 'nobody saw')`)).toEqual(['it was written past the chain']);
    expect(await tampered(`update audit_link set hash = sha256('x') where link = ${middle}`)).toEqual(['it is not what was written', 'it is not what was written']);
  });

  it('is verified and sealed by the daily check, which tells its head; what is cut off at the end is then a case', async () => {
    await w.run(dailyDigest);
    const { links, head } = await verifyTrail(db);
    const { digest } = await w.api<{ digest: { lines: { text: string }[] } }>(`/api/v1/today?store=${w.storeId}`);
    expect(digest.lines.map((line) => line.text)).toContainEqual(`The audit trail holds: ${links.toLocaleString('en-GB')} entries, head ${head.slice(0, 16)}`);
    // The last link need not be of the last entry: links are in the order of commits.
    expect(await tampered(`create temporary table gone on commit drop as select audit_id from audit_link where link = ${links}`, `delete from audit_link where link = ${links}`, 'delete from audit_event where audit_id in (select audit_id from gone)')).toEqual(['the trail was cut off after it was sealed']);
    // For good this time.
    await db.transaction(async (tx) => {
      await tx.query(`set local session_replication_role = 'replica'`);
      await tx.query(`update audit_event set actor = 'somebody else' where audit_id = (select audit_id from audit_link where link = 2)`);
    });
    await w.run(dailyDigest);
    await w.run(dailyDigest);
    const cases = await w.api<{ rows: { sentence: string; subject: string }[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=AUDIT_CHAIN_BROKEN`);
    expect(cases.rows).toMatchObject([{ subject: 'Audit trail, link 2', sentence: expect.stringContaining('it is not what was written') }]);
    expect(await w.api(`/api/v1/audit-trail/verify`)).toMatchObject({ links, broken: [{ link: '2', fault: 'it is not what was written' }] });
  });

  it('is read page by page and filtered, and downloaded whole', async () => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await w.api<{ rows: { auditId: string; actor: string }[]; nextCursor: string | null }>(`/api/v1/audit-trail?limit=7&actor=writer+1${cursor && `&cursor=${cursor}`}`);
      for (const row of page.rows) { expect(row.actor).toBe('writer 1'); seen.push(row.auditId); }
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    const { rows: [all] } = await db.query<{ n: number }>(`select count(*)::int as n from audit_event where actor = 'writer 1'`);
    expect([seen.length, new Set(seen).size]).toEqual([all!.n, all!.n]);
    expect((await w.api<{ rows: unknown[] }>('/api/v1/audit-trail?q=act+0+nowhere')).rows).toEqual([]);
    expect((await w.api<{ rows: unknown[] }>('/api/v1/audit-trail?from=2026-11-27&actor=writer+1')).rows).toEqual([]);
    const csv = await (await fetch(`${w.url}/api/v1/audit-trail.csv?actor=writer+1`)).text();
    expect(csv.trimEnd().split('\r\n')).toHaveLength(all!.n + 1);
  });
});

describe('every write by a person', () => {
  /** Asked for by POST, and changing nothing of anybody's. */
  const READS = ['/api/v1/connections/:storeId/test', '/api/v1/planner/test', '/api/v1/warehouses/:warehouseId/test', '/api/v1/mapping/preview', '/api/v1/replenishment/what-if', '/api/v1/drift/repairs/preview', '/api/v1/periods/verify'];
  const ROUTES = new URL('../../src/http/routes/', import.meta.url), STORE = new URL('../../src/store/', import.meta.url);
  /** Names of the functions of a file that write an entry themselves. */
  const auditing = (source: string): string[] => {
    const lines = source.split('\n');
    return lines.flatMap((line, n) => {
      const [, indent, name] = /^( *)(?:export )?(?:async )?(?:function|const) (\w+)/.exec(line) ?? [];
      if (name === undefined || line.trimEnd().endsWith(';')) return [];
      // It ends where a line closes it at its own depth.
      const text = lines.slice(n, lines.findIndex((each, m) => m > n && new RegExp(`^${indent}[})]`).test(each))).join('\n');
      return /\baudit\(/.test(text) && !/\n {2}api\./.test(text) ? [name] : [];
    });
  };

  it('has an entry: each route that is not a read writes one, itself, or by a function of its file or of the store', () => {
    const silent: string[] = [], ofStore = readdirSync(STORE).filter((file) => file.endsWith('.ts') && file !== 'users.ts').flatMap((file) => auditing(readFileSync(new URL(file, STORE), 'utf8')));
    let writes = 0;
    for (const file of readdirSync(ROUTES)) {
      const source = readFileSync(new URL(file, ROUTES), 'utf8'), helpers = [...auditing(source), ...ofStore];
      for (const route of source.split(/\n {2}api\.(?=(?:get|post|put|patch|delete)\()/).slice(1)) {
        const [, method, path] = /^(\w+)\('([^']+)'/.exec(route)!;
        if (method === 'get' || READS.includes(path!)) continue;
        writes++;
        // The route alone, without the functions that follow it.
        const body = route.split(/\n {2}\}\);/)[0]!;
        if (!/\baudit\(/.test(body) && !helpers.some((name) => new RegExp(`\\b${name}\\(`).test(body))) silent.push(`${method!.toUpperCase()} ${path}`);
      }
    }
    expect(writes).toBeGreaterThan(60);
    expect(silent).toEqual([]);
  });
});
