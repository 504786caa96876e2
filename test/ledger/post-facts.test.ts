/** The ledger's laws on a real PostgreSQL: conservation, idempotence, facts as totals, no deadlock under concurrency. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, outside, type Fact, type StockState } from '../../src/domain/stock/fact.ts';
import { accountByKind, explainAccount, ledgerFaults, postFacts } from '../../src/store/ledger.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOW, storeWith } from '../helpers/store.ts';

const { db } = await freshDatabase();

const factOf = (items: number[], places: number[]): fc.Arbitrary<Fact> => fc.record({
  key: fc.integer({ min: 0, max: 30 }), quantity: fc.integer({ min: -5, max: 9 }), item: fc.nat(items.length - 1), place: fc.nat(places.length - 1), kind: fc.nat(3),
}).map(({ key, quantity, item, place, kind }) => {
  // The accounts belong to the key: a fact may change its amount, never what it is about.
  const where = places[(key + place * 0) % places.length]!, what = items[key % items.length]!;
  void item; void kind;
  const accounts = [[outside('opening'), at(where, 'available')], [at(where, 'available'), at(where, 'committed')], [at(where, 'committed'), outside('customer')], [outside('unknown'), at(where, 'damaged' as StockState)]][key % 4]!;
  return { fact: `test:${key}`, kind: 'opening', itemId: what, from: accounts[0]!, to: accounts[1]!, quantity, occurredAt: NOW, source: 'test' };
});

describe('posting facts', () => {
  it('ends where the last word of each fact says, conserves every item, and repeats nothing', async () => {
    await fc.assert(fc.asyncProperty(fc.integer(), fc.func(fc.nat()), async () => {
      const { storeId, itemIds, locationIds } = await storeWith(db, { variants: 3, locations: 2 });
      const batches = fc.sample(fc.array(factOf(itemIds, locationIds), { maxLength: 25 }), 5);
      const lastWord = new Map<string, Fact>();
      for (const batch of batches) {
        await db.transaction((tx) => postFacts(tx, storeId, batch, NOW));
        for (const fact of batch) lastWord.set(fact.fact, fact);
        const again = await db.transaction((tx) => postFacts(tx, storeId, batch, NOW));
        expect(again.movements).toBe(0);
      }
      const expected = new Map<string, number>();
      for (const fact of lastWord.values()) {
        for (const [account, sign] of [[fact.from, -1], [fact.to, 1]] as const) {
          if (account.locationId === 0) continue; // an outside party: the fold of its movements, not kept
          const key = `${fact.itemId}/${account.locationId}/${account.state}`;
          expected.set(key, (expected.get(key) ?? 0) + sign * fact.quantity);
        }
      }
      const { rows } = await db.query<{ item_id: number; location_id: number; state: string; quantity: number }>('select * from balance where store_id = $1', [storeId]);
      for (const row of rows) expect(row.quantity).toBe(expected.get(`${row.item_id}/${row.location_id}/${row.state}`) ?? 0);
      expect(rows.filter((r) => r.quantity !== 0).length).toBe([...expected.values()].filter((q) => q !== 0).length);
      expect(await ledgerFaults(db, storeId)).toEqual([]);
      const kept = await db.query<{ n: number }>(`select (select coalesce(sum(quantity), 0) from balance where store_id = $1)::int
        + (select coalesce(sum(case when from_location = 0 then -quantity else 0 end + case when to_location = 0 then quantity else 0 end), 0) from movement where store_id = $1)::int as n`, [storeId]);
      expect(kept.rows[0]!.n).toBe(0); // what is here is what came in less what went out
    }), { numRuns: 15 });
  });

  it('explains a number by movements whose running balance ends in it', async () => {
    const { storeId, itemIds: [item], locationIds: [place] } = await storeWith(db, { variants: 1, locations: 1 });
    const fact = (name: string, from: Fact['from'], to: Fact['to'], quantity: number): Fact => ({ fact: name, kind: 'opening', itemId: item!, from, to, quantity, occurredAt: NOW, source: 'test' });
    const available = at(place!, 'available');
    await db.transaction((tx) => postFacts(tx, storeId, [fact('o', outside('opening'), available, 12)], NOW));
    await db.transaction((tx) => postFacts(tx, storeId, [fact('a', available, at(place!, 'committed'), 6), fact('b', outside('customer'), available, 1)], NOW));
    const movements = await explainAccount(db, storeId, item!, available, { limit: 10 });
    expect(Number(movements[0]!.balance)).toBe(7);
    expect(movements.reduce((sum, m) => sum + m.change, 0)).toBe(7);
    expect((await accountByKind(db, storeId, item!, available)).reduce((sum, k) => sum + k.quantity, 0)).toBe(7);
  });

  it('takes the same facts from eight workers at once and posts them once', async () => {
    const { storeId, itemIds, locationIds } = await storeWith(db, { variants: 40, locations: 2 });
    const facts = Array.from({ length: 400 }, (_, n): Fact => ({
      fact: `same:${n}`, kind: 'opening', itemId: itemIds[n % 40]!, from: outside('opening'), to: at(locationIds[n % 2]!, 'available'), quantity: 1, occurredAt: NOW, source: 'test',
    }));
    const shuffled = (seed: number): Fact[] => [...facts].sort((a, b) => ((a.fact.length * 31 + Number(a.fact.slice(5)) * seed) % 101) - ((b.fact.length * 31 + Number(b.fact.slice(5)) * seed) % 101));
    const posted = await Promise.all(Array.from({ length: 8 }, (_, n) => db.transaction((tx) => postFacts(tx, storeId, shuffled(n + 3), NOW))));
    expect(posted.reduce((sum, p) => sum + p.movements, 0)).toBe(400);
    const { rows } = await db.query<{ n: number }>(`select sum(quantity)::int as n from balance where store_id = $1 and location_id > 0`, [storeId]);
    expect(rows[0]!.n).toBe(400);
    expect(await ledgerFaults(db, storeId)).toEqual([]);
  });

  it('ends the same whether facts come many at a time, by COPY, or few', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(fc.record({ key: fc.nat(399), quantity: fc.integer({ min: -3, max: 5 }) }), { minLength: 150, maxLength: 400 }), { minLength: 2, maxLength: 4 }), async (batches) => {
      const outcome = async (size: number): Promise<unknown> => {
        const { storeId, itemIds, locationIds } = await storeWith(db, { variants: 7, locations: 3 });
        const factAt = ({ key, quantity }: { key: number; quantity: number }): Fact => ({
          fact: `many:${key}`, kind: 'opening', itemId: itemIds[key % 7]!, from: key % 2 === 0 ? outside('opening') : at(locationIds[0]!, 'available'),
          to: at(locationIds[key % 3]!, key % 5 === 0 ? 'damaged' : 'committed'), quantity, occurredAt: NOW, source: 'test',
        });
        for (const batch of batches) {
          const last = [...new Map(batch.map((b) => [b.key, b])).values()];
          for (let start = 0; start < last.length; start += size) await db.transaction((tx) => postFacts(tx, storeId, last.slice(start, start + size).map(factAt), NOW));
        }
        expect(await ledgerFaults(db, storeId)).toEqual([]);
        const levels = await db.query<{ item_id: number; location_id: number; state: string; quantity: number }>('select item_id, location_id, state, quantity from balance where store_id = $1 and quantity <> 0', [storeId]);
        const revisions = await db.query('select fact, revision, quantity from movement where store_id = $1 order by fact, revision', [storeId]);
        return [levels.rows.map((l) => `${itemIds.indexOf(l.item_id)}@${locationIds.indexOf(l.location_id)} ${l.state} ${l.quantity}`).sort(), revisions.rows];
      };
      expect(await outcome(1_000)).toEqual(await outcome(60));
    }), { numRuns: 6 });
  });
});
