/** Stories of messages: twice, never, late, in any order, signed by somebody else, or not sent at all because Shopify gave up on us. */
import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clockwork, SECRET } from '../helpers/clockwork.ts';
import type { Letter, Town, TownOptions } from '../helpers/town.ts';

const clock = await clockwork();
const HOUR = 3_600_000;

/** Everything that counts of a town in its own words, so that twins of one seed and id space compare: balances, what each fact posted, demand. */
async function books(town: Town): Promise<{ balances: string[]; facts: string[]; demand: string[] }> {
  const ask = async (text: string) => (await clock.house.db.query<{ line: string }>(text, [town.storeId])).rows.map((row) => row.line);
  return {
    balances: await ask(`select concat_ws(' ', i.sku, l.name, b.state, b.quantity) as line from balance b join item i using (item_id) join location l on l.store_id = b.store_id and l.location_id = b.location_id where b.store_id = $1 and b.quantity <> 0 order by 1`),
    facts: await ask(`select concat_ws(' ', i.sku, regexp_replace(regexp_replace(m.fact, '@' || m.from_location || '>' || m.to_location || '$', '@' || coalesce(f.name, 'outside') || '>' || coalesce(t.name, 'outside')), '@' || l.location_id || '($|:)', '@' || l.name || '\\1'), sum(m.quantity)) as line
      from movement m join item i using (item_id) join location l on l.store_id = m.store_id and l.location_id = greatest(m.from_location, m.to_location) left join location f on f.location_id = m.from_location left join location t on t.location_id = m.to_location
      where m.store_id = $1 group by i.sku, m.fact, l.location_id, l.name, m.from_location, m.to_location, f.name, t.name having sum(m.quantity) <> 0 order by 1`),
    demand: await ask(`select concat_ws(' ', i.sku, d.quantity, d.returned) as line from daily_demand d join item i using (item_id) where d.store_id = $1 and d.quantity + d.returned <> 0 order by 1`),
  };
}

/** mulberry32, seeded. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const GOODS: TownOptions = { goods: [{ sku: 'ANT', stock: [60, 40] }, { sku: 'BEE', stock: [60, 40] }, { sku: 'CAT', stock: [60, 40] }] };

/** A morning of trade: orders, parcels, refunds, cancellations, edits, counts by hand. What Shopify refuses is part of it. */
async function trade(town: Town, seed: number, steps: number): Promise<void> {
  const next = dice(seed), orders: { id: string; lines: { id: string; quantity: number }[] }[] = [];
  const may = async (path: string, body: object): Promise<void> => { await town.control(path, body).catch((error: Error) => { if (!/ → (409|422) /.test(error.message)) throw error; }); };
  for (let step = 0; step < steps; step++) {
    const sku = ['ANT', 'BEE', 'CAT'][next(3)]!, place = next(2), order = orders[next(Math.max(1, orders.length))], line = order?.lines[next(order.lines.length)];
    switch (next(8)) {
      case 0: case 1: case 2: orders.push(await town.sell({ [sku]: 1 + next(3), [sku === 'ANT' ? 'BEE' : 'ANT']: 1 }, place)); break;
      case 3: if (order) await may(`/orders/${order.id}/fulfil`, {}); break;
      case 4: if (order && line) await may(`/orders/${order.id}/refund`, { lines: [{ lineItemId: line.id, quantity: 1, restockType: ['RETURN', 'CANCEL'][next(2)], location: ['Mill', 'Store'][place] }] }); break;
      case 5: if (order) await may(`/orders/${order.id}/cancel`, { reason: 'CUSTOMER', restock: true }); break;
      case 6: if (order && line) await may(`/orders/${order.id}/edit`, { set: [{ lineItemId: line.id, quantity: Math.max(0, line.quantity - 1) }] }); break;
      default: await town.control('/levels', { sku, location: ['Mill', 'Store'][place], change: { name: 'available', delta: next(5) - 2 || 1 } });
    }
    await clock.advance(20_000);
    await clock.turn(town);
  }
  await town.settle();
}

describe('fifty-copies-on-eight-workers', () => {
  it('trap 15: each message fifty times, under its own and under other delivery ids, on eight workers: the books are those of hearing it once', async () => {
    const once = await clock.town({ ...GOODS, idSpace: 700 }), often = await clock.town({ ...GOODS, idSpace: 700 });
    for (const town of [once, often]) {
      town.door = 'held';
      const order = await town.sell({ ANT: 3, BEE: 2 }, 0);
      await town.sell({ CAT: 1 }, 1);
      await clock.advance(1_000);
      await clock.turn(town);
      await town.control(`/orders/${order.id}/fulfil`, { lines: [{ sku: 'ANT', quantity: 2 }] });
      await town.control(`/orders/${order.id}/refund`, { lines: [{ sku: 'BEE', quantity: 1, restockType: 'CANCEL' }] });
      await clock.turn(town);
      town.door = 'open';
    }
    for (const letter of once.letters) await once.say(letter);
    await once.settle();
    const copies = often.letters.flatMap((letter) => Array.from({ length: 50 }, (_, n) => ({ letter, id: n % 2 === 0 ? undefined : randomUUID() })));
    const mixed = copies.map((copy, n) => ({ copy, at: (n * 7919) % copies.length })).sort((a, b) => a.at - b.at).map(({ copy }) => copy);
    expect(mixed.length).toBeGreaterThan(400);
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let next = mixed.splice(0, 10); next.length > 0; next = mixed.splice(0, 10)) {
        expect(await Promise.all(next.map(({ letter, id }) => often.say(letter, id)))).toEqual(next.map(() => 200));
        await clock.turn(often);
      }
    }));
    await often.settle();
    const sent = new Set(copies.map(({ letter, id }) => id ?? letter.headers['X-Shopify-Webhook-Id']));
    const { rows: [stored] } = await clock.house.db.query<{ n: number }>('select count(*)::int as n from inbox where store_id = $1 and webhook_id = any($2)', [often.storeId, [...sent]]);
    expect([sent.size, stored!.n]).toEqual([often.letters.length * 26, sent.size]);
    expect(await books(often)).toEqual(await books(once));
    expect(await often.faults()).toEqual([]);
  });
});

describe('ten-percent-of-webhooks-lost', () => {
  it.each([1, 2])('trap 18: seed %i: one message in ten is lost for good; after one round of reading the books are those of a day without loss', async (seed) => {
    const whole = await clock.town({ ...GOODS, idSpace: 710 + seed, seed }), lossy = await clock.town({ ...GOODS, idSpace: 710 + seed, seed });
    await trade(whole, seed, 30);
    await lossy.control('/faults', { webhooks: { drop: 0.1 } });
    await trade(lossy, seed, 30);
    await lossy.control('/faults', { webhooks: null });
    expect((await lossy.control<{ deliveries: { dropped: number } }>('/state')).deliveries.dropped).toBeGreaterThan(5);
    await whole.reconcile();
    expect(await lossy.reconcile()).toMatchObject({ unexplainedUnits: 0 });
    expect(await books(lossy)).toEqual(await books(whole));
    expect(await lossy.faults()).toEqual([]);
  });
});

describe('subscription-deleted', () => {
  it('trap 21: our door is shut for hours, Shopify deletes the subscriptions: found in the next round, made again, the gap is read, somebody is told', async () => {
    const town = await clock.town(GOODS);
    const subscribed = (): number => town.sandbox.shop.tables.subscriptions.size, all = subscribed();
    town.door = 'shut';
    await town.sell({ ANT: 4 }, 0);
    for (let n = 0; n < 20; n++) await clock.advance(HOUR / 2);
    expect(subscribed()).toBeLessThan(all);
    town.door = 'open';
    await town.sell({ BEE: 2 }, 1);
    await town.settle();
    expect((await town.ledger('ANT'))['committed']).toBe(0);
    await town.flow('subscriptions');
    expect(subscribed()).toBe(all);
    expect((await town.cases('WEBHOOK_GAP')).map((c) => c.sentence)).toEqual([expect.stringMatching(/^Shopify no longer had \d+ of our webhook subscriptions \(.*orders\/create/)]);
    await town.settle(); // runs what the repair asked for
    expect([(await town.ledger('ANT'))['committed'], (await town.ledger('BEE', 1))['committed']]).toEqual([4, 2]);
    expect(await town.faults()).toEqual([]);
    // The next sale is heard again, and the case closes.
    await town.sell({ CAT: 1 }, 0);
    await town.settle();
    await town.flow('subscriptions');
    expect(await town.cases('WEBHOOK_GAP')).toEqual([]);
  });
});

describe('every-order-of-events', () => {
  const EVENTS = ['orders/create', 'edited', 'paid', 'fulfillments/create', 'refunds/create', 'orders/cancelled'] as const;
  it('trap 16: created, edited, paid, fulfilled, refunded, cancelled, in each of their 720 orders: one outcome', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [6_000] }, { sku: 'BEE', stock: [6_000] }] });
    town.door = 'held';
    const lives: { id: string; letters: Record<string, Letter> }[] = [];
    await town.control('/faults', { webhooks: { drop: 1, topics: ['inventory_levels/update', 'fulfillment_orders/order_routing_complete', 'fulfillment_orders/cancelled', 'orders/edited'] } });
    const each = async (work: (life: typeof lives[number]) => Promise<unknown>, name: typeof EVENTS[number], topic: string): Promise<void> => {
      for (const life of lives) await work(life);
      town.letters.length = 0;
      await clock.advance(1_000);
      await town.sandbox.pump();
      const by = new Map(town.letters.filter((l) => l.topic === topic).map((l) => [String((JSON.parse(l.body) as { id: number; order_id?: number })[topic.startsWith('orders/') ? 'id' : 'order_id']), l]));
      for (const life of lives) life.letters[name] = by.get(life.id)!;
    };
    for (let n = 0; n < 720; n++) lives.push({ id: (await town.sell({ ANT: 4, BEE: 2 }, 0)).id, letters: {} });
    await each(async () => {}, 'orders/create', 'orders/create');
    await town.sandbox.pump();
    await each((life) => town.control(`/orders/${life.id}/edit`, { set: [{ sku: 'ANT', quantity: 3 }].map(({ quantity }) => ({ lineItemId: lineOf(life.letters['orders/create']!, 'ANT'), quantity })) }), 'edited', 'orders/updated');
    await each((life) => town.control(`/orders/${life.id}/fulfil`, { lines: [{ sku: 'ANT', quantity: 2 }] }), 'fulfillments/create', 'fulfillments/create');
    await each((life) => town.control(`/orders/${life.id}/refund`, { lines: [{ sku: 'BEE', quantity: 1, restockType: 'CANCEL' }] }), 'refunds/create', 'refunds/create');
    await each((life) => town.control(`/orders/${life.id}/cancel`, { reason: 'CUSTOMER', restock: true }), 'orders/cancelled', 'orders/cancelled');
    for (const { letters } of lives) letters['paid'] = { ...letters['edited']!, body: letters['edited']!.body.replace('"financial_status":"pending"', '"financial_status":"paid"') };

    const orders = permutations([...EVENTS]);
    expect(orders).toHaveLength(720);
    town.door = 'open';
    for (let round = 0; round < EVENTS.length; round++) {
      for (let start = 0; start < lives.length; start += 120) {
        const answers = await Promise.all(lives.slice(start, start + 120).map((life, n) => town.say(life.letters[orders[start + n]![round]!]!, `${life.id}-${round}`)));
        expect(new Set(answers)).toEqual(new Set([200]));
      }
      while ((await clock.turn(town)) > 0);
    }
    await town.settle();
    const { rows } = await clock.house.db.query<{ outcome: string; n: number }>(
      `with committed as materialized (
         select split_part(split_part(fact, 'order/', 2), ':', 1)::bigint as order_id, item_id, kind, sum(quantity) as units from movement where store_id = $1 and kind = 'order committed' group by 1, 2, 3 having sum(quantity) <> 0
       ), moved as materialized (
         select order_id, string_agg(concat_ws(' ', i.sku, m.kind, m.units), ', ' order by i.sku, m.kind) as moves from committed m join item i using (item_id) group by 1
       ), wanted as materialized (
         select d.order_id, string_agg(concat_ws(' ', i.sku, d.quantity), ', ' order by i.sku) as sales from demand_fact d join item i using (item_id) where d.store_id = $1 and d.kind = 'sale' and d.quantity <> 0 group by 1)
       select concat_ws(' | ', moves, o.is_open, o.needs_place, sales) as outcome, count(*)::int as n
       from sales_order o join moved using (order_id) left join wanted using (order_id) where o.store_id = $1 group by 1`, [town.storeId]);
    expect(rows).toEqual([{ outcome: 'ANT order committed 2 | f | f', n: 720 }]);
    expect(await town.faults()).toEqual([]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  }, 90_000);

  it('trap 17: a message three hours old does not bring back an old number', async () => {
    const town = await clock.town(GOODS);
    town.door = 'held';
    await town.control('/levels', { sku: 'ANT', location: 'Mill', available: 50 });
    const order = await town.sell({ BEE: 2 }, 0);
    await town.settle();
    const old = [...town.letters];
    await clock.advance(3 * HOUR);
    town.door = 'open';
    await town.control('/levels', { sku: 'ANT', location: 'Mill', available: 5 });
    await town.control(`/orders/${order.id}/cancel`, { reason: 'CUSTOMER', restock: true });
    await town.settle();
    await town.reconcile();
    const before = await books(town);
    for (const letter of old) expect(await town.say(letter, randomUUID())).toBe(200);
    await town.settle();
    await town.reconcile();
    expect(await books(town)).toEqual(before);
    expect((await town.ledger('ANT'))['available']).toBe(5);
    const { rows: [seen] } = await clock.house.db.query<{ available: number }>('select available from observed_level where store_id = $1 and item_id = $2 and location_id = $3', [town.storeId, await town.itemId('ANT'), town.placeIds[0]]);
    expect(seen!.available).toBe(5);
  });
});

const lineOf = (letter: Letter, sku: string): string => String((JSON.parse(letter.body) as { line_items: { id: number; sku: string }[] }).line_items.find((l) => l.sku === sku)!.id);

function permutations<T>(list: readonly T[]): T[][] {
  return list.length === 0 ? [[]] : list.flatMap((first, n) => permutations(list.toSpliced(n, 1)).map((rest) => [first, ...rest]));
}

describe('signature-behind-a-proxy', () => {
  const level = (town: Town, padding = ''): string => JSON.stringify({ inventory_item_id: Number(town.variant('ANT').inventoryItemId), location_id: Number(town.places[0]), available: 60, updated_at: clock.now(), padding });
  const signed = (body: string, secret: string): Record<string, string> => ({ 'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64') });

  it('trap 19: the bytes that came are verified, not what a proxy made of them; one flipped byte of a large body is 401', async () => {
    const town = await clock.town(GOODS), body = level(town, 'Zoë ünïcode '.repeat(130_000));
    expect(Buffer.byteLength(body)).toBeGreaterThan(1_500_000);
    expect(await town.write('inventory_levels/update', body)).toBe(200);
    expect(await town.write('inventory_levels/update', JSON.stringify(JSON.parse(body), null, 1), signed(body, SECRET))).toBe(401);
    expect(await town.write('inventory_levels/update', `${body.slice(0, 700_000)}x${body.slice(700_001)}`, signed(body, SECRET))).toBe(401);
  });

  it('while the client secret is replaced, messages under the old and the new one pass, others do not; a week later only the new one', async () => {
    const town = await clock.town(GOODS), body = level(town), told = async (secret: string) => town.write('inventory_levels/update', body, signed(body, secret));
    const { rows: [shop] } = await clock.house.db.query<{ shop_domain: string }>('select shop_domain from store where store_id = $1', [town.storeId]);
    await clock.app.inject({ method: 'POST', url: '/api/v1/connections', headers: { host: 'localhost', 'content-type': 'application/json' }, payload: { shopDomain: shop!.shop_domain, clientId: 'clockwork', clientSecret: 'shpss_the_new_one_0123456789abcdef' } });
    await clock.advance(11_000);
    expect([await told(SECRET), await told('shpss_the_new_one_0123456789abcdef'), await told('shpss_another_0123456789abcdef012')]).toEqual([200, 200, 401]);
    await clock.advance(8 * 24 * HOUR);
    expect([await told(SECRET), await told('shpss_the_new_one_0123456789abcdef')]).toEqual([401, 200]);
  });

  it('trap 22: a message signed for one shop does not speak for another', async () => {
    const [mine, other] = [await clock.town(GOODS), await clock.town(GOODS)];
    mine.door = 'held';
    await mine.control('/levels', { sku: 'ANT', location: 'Mill', available: 1 });
    await mine.settle();
    const [letter] = mine.letters;
    expect(await other.say(letter!)).toBe(401);
    expect(await other.say({ ...letter!, topic: 'products/delete' })).toBe(401);
    expect(await mine.say({ ...letter!, headers: { ...letter!.headers, 'X-Shopify-Topic': 'orders/create' } })).toBe(401);
  });

  it('trap 20: while the database stands still nothing is acknowledged and nobody is sent elsewhere; what is sent again is stored once', async () => {
    const town = await clock.town(GOODS), body = level(town), id = randomUUID();
    const client = await clock.house.db.pool.connect();
    await client.query('begin');
    await client.query('lock table inbox in access exclusive mode');
    const answers: number[] = [];
    const sent = [1, 2].map(() => town.write('inventory_levels/update', body, { 'x-shopify-webhook-id': id }).then((status) => { answers.push(status); }));
    await client.query('select pg_sleep(0.3)');
    expect(answers).toEqual([]);
    await client.query('commit');
    client.release();
    await Promise.all(sent);
    expect(answers).toEqual([200, 200]);
    const { rows: [stored] } = await clock.house.db.query<{ n: number }>('select count(*)::int as n from inbox where store_id = $1 and webhook_id = $2', [town.storeId, id]);
    expect(stored!.n).toBe(1);
    // A database that says no: Shopify is asked to come again.
    await clock.house.db.query('alter table inbox rename to inbox_away');
    const refused = await town.write('inventory_levels/update', body);
    await clock.house.db.query('alter table inbox_away rename to inbox');
    expect(refused).toBe(503);
  });
});
