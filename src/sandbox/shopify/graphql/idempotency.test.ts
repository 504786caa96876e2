import { afterEach, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { openShop, type OpenShop } from '../shop.ts';
import { smallShop } from '../small-shop.fixture.ts';
import { IdempotencyStore, type KeyedOutcome } from './idempotency.ts';
import { scratchDir } from '../scratch.fixture.ts';

const opened: OpenShop[] = [];
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });
function open(file?: string) {
  const { shop } = smallShop(file === undefined ? {} : { file });
  opened.push(shop);
  return shop;
}
/** An effect with a countable trace: one more unit of item 401 at location 701, committed. */
function addOne(shop: OpenShop): KeyedOutcome & { available: number } {
  const level = shop.tables.levels.get('401:701');
  if (level === undefined) throw new Error('fixture without level');
  const available = level.quantities.available + 1;
  shop.put('levels', { ...level, quantities: { ...level.quantities, available } });
  shop.commit();
  return { available, userErrors: [] };
}
const available = (shop: OpenShop) => shop.tables.levels.get('401:701')?.quantities.available;
const code = (outcome: KeyedOutcome) => outcome.userErrors[0]?.code;

describe('idempotency keys', () => {
  test('same key and arguments act once and answer alike; key order inside objects does not matter', () => {
    const shop = open();
    const store = new IdempotencyStore(shop);
    const first = store.once('m', 'k', { a: 1, b: { c: null, d: 2 } }, () => addOne(shop));
    expect(store.once('m', 'k', { b: { d: 2, c: null }, a: 1 }, () => addOne(shop))).toEqual(first);
    expect(available(shop)).toBe(11);
  });

  test('other arguments or another mutation under the key are a mismatch', () => {
    const shop = open();
    const store = new IdempotencyStore(shop);
    store.once('m', 'k', { a: 1 }, () => addOne(shop));
    expect(code(store.once('m', 'k', { a: 2 }, () => addOne(shop)))).toBe('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
    expect(code(store.once('n', 'k', { a: 1 }, () => addOne(shop)))).toBe('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
    expect(available(shop)).toBe(11);
  });

  test('a failed attempt spends the key and leaves nothing behind; a malformed id does not', () => {
    const shop = open();
    const store = new IdempotencyStore(shop);
    const broken = () => { shop.put('levels', { ...shop.tables.levels.get('401:701')!, isActive: false }); throw new Error('disk'); };
    expect(() => store.once('m', 'k', {}, broken)).toThrow('disk');
    expect(shop.tables.levels.get('401:701')?.isActive).toBe(true);
    expect(code(store.once('m', 'k', {}, () => addOne(shop)))).toBe('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
    expect(() => store.once('m', 'k2', {}, () => { throw new GraphQLError('bad id'); })).toThrow('bad id');
    expect(store.once('m', 'k2', {}, () => addOne(shop)).userErrors).toEqual([]);
  });

  test('a key lives 24 hours', () => {
    const shop = open();
    const store = new IdempotencyStore(shop);
    store.once('m', 'k', {}, () => addOne(shop));
    shop.advance(24 * 3_600_000 - 1);
    store.once('m', 'k', {}, () => addOne(shop));
    expect(available(shop)).toBe(11);
    shop.advance(1);
    store.once('m', 'k', {}, () => addOne(shop));
    expect(available(shop)).toBe(12);
    expect(shop.tables.idempotency.size).toBe(1);
  });

  test('a request in flight is answered as such, on demand', () => {
    const shop = open();
    const store = new IdempotencyStore(shop);
    store.concurrentAnswers = 1;
    expect(code(store.once('m', 'k', {}, () => addOne(shop)))).toBe('IDEMPOTENCY_CONCURRENT_REQUEST');
    expect(store.once('m', 'k', {}, () => addOne(shop)).userErrors).toEqual([]);
  });

  test('killed between effect and outcome, the retry after a restart acts no second time', () => {
    const file = join(scratchDir(), 'shop.sqlite');
    const shop = smallShop({ file }).shop;
    // The process dies right after the engine's own commit: nothing after it is written.
    let alive = true;
    const dying: OpenShop = {
      ...shop, rollback: () => {},
      put: (table, record) => { if (alive) shop.put(table, record); },
      commit: () => { if (alive) shop.commit(); alive = false; throw new Error('killed'); },
    };
    expect(() => new IdempotencyStore(dying).once('m', 'k', {}, () => addOne(dying))).toThrow('killed');
    shop.close();
    const reopened = openShop({ file, clock: () => Date.parse('2026-11-20T12:05:00Z') });
    opened.push(reopened);
    expect(available(reopened)).toBe(11);
    expect(new IdempotencyStore(reopened).once('m', 'k', {}, () => addOne(reopened)).userErrors).toEqual([]);
    expect(available(reopened)).toBe(11);
  });
});
