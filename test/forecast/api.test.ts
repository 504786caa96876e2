/** The API of forecasts: the list as it is filtered and sorted, overrides and their refusals, the event calendar and its file. */
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { clockwork } from '../helpers/clockwork.ts';
import { storeWith } from '../helpers/store.ts';

const clock = await clockwork('2026-11-24T09:00:00.000Z'), { house, app } = clock, TODAY = '2026-11-24';
const { storeId, itemIds, locationIds } = await storeWith(house.db, { variants: 4, locations: 2 });
await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, 'secret')]);

async function call<T = Record<string, never>>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<{ status: number; body: T }> {
  const reply = await app.inject({ method, url: `/api/v1${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, body: (reply.headers['content-type']?.includes('json') ? reply.json() : reply.body) as T };
}
interface Page { rows: { sku: string; locationId: number; next28: number; engine28: number; p90: number; overrides: number }[]; nextCursor: string | null; totals: { rows: number; mean28: number }; run: { asOf: string } | null; failure: { error: string } | null }
const list = async (query = ''): Promise<Page> => (await call<Page>('GET', `/forecast${query}`)).body;

it('says that there is none before the first', async () => expect(await list()).toEqual({ rows: [], nextCursor: null, totals: { rows: 0, mean28: 0, sold28: 0, then28: null }, run: null, failure: null }));

describe('with a forecast', () => {
  beforeAll(async () => {
    const facts = itemIds.flatMap((itemId, item) => locationIds.slice(0, item === 0 ? 2 : 1).flatMap((locationId) => Array.from({ length: 90 }, (_, n) => ({
      fact: `order/${item}${locationId}${n}:line/1`, kind: 'sale' as const, itemId, locationId, day: addDays(TODAY, n - 90), quantity: 1 + item + (n % 2), orderId: String(1 + n),
    }))));
    await house.db.transaction((tx) => recordDemand(tx, storeId, facts));
    await clock.flow('forecast', storeId);
  });

  it('lists, sorts, filters and pages', async () => {
    const all = await list();
    expect(all.totals.rows).toBe(5);
    expect(all.run?.asOf).toBe(addDays(TODAY, -1));
    expect(all.rows[0]!.sku).toBe('SKU-4');
    expect(all.rows.map((row) => row.next28)).toEqual(all.rows.map((row) => row.next28).sort((a, b) => b - a));
    expect((await list('?sort=sku&dir=asc&limit=2')).rows.map((row) => row.sku)).toEqual(['SKU-1', 'SKU-1']);
    const first = await list('?limit=3'), second = await list(`?limit=3&cursor=${first.nextCursor}`);
    expect([...first.rows, ...second.rows]).toEqual(all.rows);
    expect(second.nextCursor).toBeNull();
    expect((await list(`?location=${locationIds[1]}`)).totals.rows).toBe(1);
    expect((await list('?q=SKU-2,sku-3')).totals.rows).toBe(2);
    expect((await list('?view=overridden')).totals.rows).toBe(0);
    const file = await call<string>('GET', '/forecast.csv?sort=sku&dir=asc');
    expect(file.body.trim().split('\r\n')).toHaveLength(6);
  });

  it('rolls accuracy up, with the whole first', async () => {
    const { body } = await call<{ whole: { series: number }; groups: { name: string; series: number; live: null }[] }>('GET', '/forecast/accuracy?by=location');
    expect(body.whole.series).toBe(5);
    expect(body.groups.map((one) => [one.name, one.series, one.live])).toEqual([['Place 1', 4, null], ['Place 2', 1, null]]);
    // Children sum to their parents, however they are grouped.
    const { totals } = await list();
    for (const by of ['class', 'category', 'supplier', 'item', 'location']) {
      const { body: { whole, groups } } = await call<{ whole: { next28: number; units: number }; groups: { name: string; next28: number; units: number }[] }>('GET', `/forecast/accuracy?by=${by}`);
      expect(groups.reduce((sum, one) => sum + one.next28, 0)).toBeCloseTo(totals.mean28, 2);
      expect([whole.next28, whole.units]).toEqual([expect.closeTo(totals.mean28, 2), groups.reduce((sum, one) => sum + one.units, 0)]);
      if (by === 'item') expect(groups.map((one) => one.name).sort()).toEqual(['SKU-1', 'SKU-2', 'SKU-3', 'SKU-4']);
    }
  });

  it('speaks of all locations of an item as one: means add up, bands do not', async () => {
    interface View { demand: number[]; forecast: { mean: number[]; wape: number | null; method: string; cumulative: { level: number; values: number[] }[]; daily: { level: number; values: number[] }[]; madeOf: { terms: { quantity: number }[] } }; projection: object | null }
    const of = async (location?: number): Promise<View> => (await call<View>('GET', `/items/${itemIds[0]}/demand${location === undefined ? '' : `?location=${location}`}`)).body;
    const item = await of(), places = [await of(locationIds[0]), await of(locationIds[1])], at90 = ({ forecast }: View): number => forecast.cumulative.find(({ level }) => level === 0.9)!.values[27]!, first = ({ forecast }: View, n: number): number => forecast.mean.slice(0, n).reduce((sum, units) => sum + units, 0);
    item.forecast.mean.forEach((units, d) => { expect(units).toBeCloseTo(places[0]!.forecast.mean[d]! + places[1]!.forecast.mean[d]!, 5); });
    expect(item.demand).toEqual(places[0]!.demand.map((units, d) => units + places[1]!.demand[d]!));
    expect(at90(item)).toBeLessThan(at90(places[0]!) + at90(places[1]!));
    expect(at90(item)).toBeGreaterThan(first(item, 28));
    expect(item.forecast.madeOf.terms.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(first(item, 28), 0);
    expect([item.forecast.wape, item.forecast.method, item.projection]).toEqual([null, 'the sum of 2 locations', null]);
    expect(item.forecast.daily.map(({ level }) => level)).toEqual(places[0]!.forecast.daily.map(({ level }) => level));
  });

  it('an override changes what is planned, not what the engine said; undone it is history', async () => {
    const path = `/items/${itemIds[0]}/overrides`, body = { locationId: null, from: TODAY, to: addDays(TODAY, 27), kind: 'percent', value: 50, reason: 'a fair' };
    const made = await call<{ overrideId: string; words: string; state: string }>('POST', path, body);
    expect(made).toMatchObject({ status: 200, body: { words: '50% more', state: 'in force', author: 'operator', locationId: null } });
    // Saved again, also by two at once, it is the one that stands, and counts once.
    for (const again of await Promise.all([call<{ overrideId: string }>('POST', path, body), call<{ overrideId: string }>('POST', path, { ...body, reason: 'the same fair' })])) expect(again).toEqual(made);
    const { rows, totals } = await list('?view=overridden');
    expect(rows).toHaveLength(2);
    expect(totals.mean28).toBeCloseTo(rows.reduce((sum, row) => sum + row.next28, 0), 1);
    for (const row of rows) expect(row.next28).toBeCloseTo(row.engine28 * 1.5, 2);
    const { body: demand } = await call<{ forecast: { mean: number[]; engineMean: number[] } }>('GET', `/items/${itemIds[0]}/demand?location=${locationIds[0]}`);
    expect(demand.forecast.mean[0]).toBeCloseTo(demand.forecast.engineMean[0]! * 1.5, 4);
    expect([...clock.asked.get(storeId)!]).toContain('replenishment');
    expect(await call('POST', `/overrides/${made.body.overrideId}/end`, { reason: 'was cancelled' })).toMatchObject({ status: 200 });
    expect(await call('POST', `/overrides/${made.body.overrideId}/end`, { reason: 'was cancelled' })).toMatchObject({ status: 409 });
    expect((await list('?view=overridden')).rows).toEqual([]);
    expect((await call<{ overrides: object[] }>('GET', path)).body.overrides).toMatchObject([{ state: 'undone', endReason: 'was cancelled' }]);
    for (const [change, says] of [
      [{ to: addDays(TODAY, -1), from: addDays(TODAY, -3) }, 'is past'], [{ to: '2026-11-20', from: '2026-11-25' }, 'is before'], [{ kind: 'replace', value: -1 }, 'not below zero'], [{ value: 0 }, 'not 0'], [{ reason: 'x' }, 'reason'],
      [{ locationId: 999_999 }, 'no location'], [{ to: '2028-01-01' }, 'at most 400 days'], [{ expiresOn: '2026-01-01' }, 'is past'], [{ from: '2026-12-01', to: '2026-12-05', expiresOn: '2026-11-30' }, 'expiresOn: 2026-11-30 is before 2026-12-01'], [{ kind: 'units', value: 0.0000001 }, 'value: 1e-7 rounds to 0; the least is 0.001'], [{ from: '2026-02-31' }, 'there is no day'],
    ] as const) {
      const refused = await call<{ detail: string }>('POST', path, { ...body, ...change });
      expect({ status: refused.status, detail: refused.body.detail }).toEqual({ status: 400, detail: expect.stringContaining(says) });
    }
    expect((await call('POST', '/items/999999/overrides', body)).status).toBe(404);
  });

  it('says what a forecast is made of, overrides too: terms that sum to what is shown', async () => {
    const { body: made } = await call<{ overrideId: string }>('POST', `/items/${itemIds[0]}/overrides`, { locationId: locationIds[0], from: TODAY, to: addDays(TODAY, 6), kind: 'units', value: 2, reason: 'a fair' });
    const { body: { forecast } } = await call<{ forecast: { mean: number[]; madeOf: { days: number; terms: { key: string; quantity: number }[] }; weekdays: number[] } }>('GET', `/items/${itemIds[0]}/demand?location=${locationIds[0]}`);
    const { days, terms } = forecast.madeOf, expected = forecast.mean.slice(0, days).reduce((sum, units) => sum + units, 0);
    expect(Math.abs(terms.reduce((sum, term) => sum + term.quantity, 0) - expected)).toBeLessThan(0.051);
    expect(terms[0]).toMatchObject({ key: 'sold', quantity: 42 });
    expect(Math.abs(terms.at(-1)!.quantity - 14)).toBeLessThan(0.11);
    expect([days, terms.at(-1)!.key, forecast.weekdays.length]).toEqual([28, 'said', 7]);
    await call('POST', `/overrides/${made.overrideId}/end`, { reason: 'was cancelled' });
  });

  it('shows what earlier runs said of a series', async () => {
    const { body } = await call<{ runs: { asOf: string; mean: number[]; p90: number[] }[] }>('GET', `/items/${itemIds[0]}/forecast-runs?location=${locationIds[0]}`);
    expect(body.runs).toMatchObject([{ asOf: addDays(TODAY, -1), method: expect.any(String) }]);
    expect(body.runs[0]!.p90).toHaveLength(body.runs[0]!.mean.length);
  });

  it('lists every run, and lays one beside another over the whole list', async () => {
    const { body: { runs: [first] } } = await call<{ runs: { runId: string; inUse: boolean; kept: boolean; mean28: number; outcome: null }[] }>('GET', '/forecast/runs');
    expect(first).toMatchObject({ inUse: true, kept: true, outcome: null });
    await house.db.transaction((tx) => recordDemand(tx, storeId, [{ fact: 'order/later:line/1', kind: 'sale', itemId: itemIds[2]!, locationId: locationIds[0]!, day: addDays(TODAY, -1), quantity: 40, orderId: '9999' }]));
    await clock.flow('forecast', storeId);
    const { rows, totals } = await list(`?than=${first!.runId}&sort=than`) as unknown as { rows: { sku: string; engine28: number; then28: number }[]; totals: { then28: number } };
    expect([rows.length, rows[0]!.sku]).toEqual([5, 'SKU-3']);
    expect(rows[0]!.engine28).toBeGreaterThan(rows[0]!.then28);
    expect(Math.abs(totals.then28 - first!.mean28)).toBeLessThan(0.5);
    expect((await call<{ runs: { inUse: boolean }[] }>('GET', '/forecast/runs')).body.runs.map((run) => run.inUse)).toEqual([true, false]);
    expect((await call('GET', '/forecast?than=x')).status).toBe(400);
  });
});

describe('overrides of many', () => {
  interface Listed { overrides: { overrideId: string; sku: string; locationName: string | null; words: string; state: string; reason: string }[]; cut: boolean }
  const listed = async (query = ''): Promise<Listed['overrides']> => (await call<Listed>('GET', `/overrides${query}`)).body.overrides;
  const head = 'SKU,Location,From,To,Kind,Value,Reason,Counts until\n';

  it('are said of each series of a filtered list, once', async () => {
    const body = { from: TODAY, to: addDays(TODAY, 27), kind: 'percent', value: 20, reason: 'winter is near' };
    expect((await call('POST', '/overrides?q=SKU-1', body)).body).toEqual({ series: 2, added: 2 });
    expect((await call('POST', '/overrides?q=SKU-1', body)).body).toEqual({ series: 2, added: 0 });
    expect((await call('POST', '/overrides?q=SKU-1', { ...body, kind: 'total', value: -1 }))).toMatchObject({ status: 400, body: { detail: 'value: demand is not below zero' } });
    expect((await listed()).map((row) => [row.sku, row.locationName, row.words]).sort()).toEqual([['SKU-1', 'Place 1', '20% more'], ['SKU-1', 'Place 2', '20% more']]);
    expect((await list('?view=overridden')).rows.map((row) => Math.round((row.next28 / row.engine28) * 100))).toEqual([120, 120]);
  });

  it('go out and come in as CSV; a file with faults says where they are, and its good lines are saved', async () => {
    const { body: out } = await call<string>('GET', '/overrides.csv');
    expect((await call('POST', '/overrides/import?dryRun=false', { csv: out })).body).toEqual({ dryRun: false, lines: 2, applied: 0, unchanged: 2, errors: [] });
    const european = `SKU;Location;From;To;Kind;Value;Reason\nSKU-2;;24/12/2026;;units;1.000;fair\nSKU-2;;03/12/2026;;units;2,5;fair\n`;
    expect((await call('POST', '/overrides/import?dryRun=true', { csv: european })).body).toMatchObject({ applied: 2, errors: [], notes: ['Numbers are read with a decimal comma, as line 3 writes 2,5: 1.000 in line 2 is 1000.', 'Days are read day first, as line 2 writes 24/12/2026: 03/12/2026 in line 3 is 2026-12-03.'] });
    const csv = `${head}SKU-2,,2026-12-01,2026-12-31,total,310,sales meeting,\nsku-3,place 1,2026-12-01,,units,-2.5,closed early,2026-12-20\n,,2026-12-01,,units,1,why,\nNO-SUCH,,2026-12-01,,units,1,why not,\nSKU-4,Atlantis,2026-12-01,,units,1,why not,\nSKU-4,,2026-11-01,,units,1,why not,\n`;
    const errors = [{ line: 4, field: 'SKU', message: 'is empty' }, { line: 5, field: 'SKU', message: 'no item of this store has the SKU NO-SUCH' }, { line: 6, field: 'Location', message: 'there is no location called Atlantis' }, { line: 7, field: 'To', message: '2026-11-01 is past; an override speaks of days to come' }];
    expect((await call('POST', '/overrides/import?dryRun=true', { csv })).body).toMatchObject({ applied: 2, errors });
    expect(await listed()).toHaveLength(2);
    expect((await call('POST', '/overrides/import?dryRun=false', { csv })).body).toMatchObject({ applied: 2, errors });
    expect((await listed('?q=meeting'))).toMatchObject([{ sku: 'SKU-2', locationName: null, words: '310 in all in place of the forecast' }]);
    const { body: { forecast } } = await call<{ forecast: { asOf: string; mean: number[] } }>('GET', `/items/${itemIds[1]}/demand?location=${locationIds[0]}`);
    const first = 7, december = forecast.mean.slice(first, first + 31).reduce((sum, units) => sum + units, 0);
    expect([addDays(forecast.asOf, 1 + first), Math.round(december)]).toEqual(['2026-12-01', 310]);
    const [gone] = await listed('?q=meeting');
    await call('POST', `/overrides/${gone!.overrideId}/end`, { reason: 'was a slip' });
    expect((await listed('?state=all')).map((row) => row.state).sort()).toEqual(['in force', 'in force', 'in force', 'undone', 'undone', 'undone']);
    expect(await listed()).toHaveLength(3);
    for (const row of await listed()) await call('POST', `/overrides/${row.overrideId}/end`, { reason: 'was a slip' });
  });
});

it('what a new item sells like is said, changed and taken back; what cannot be is refused by field', async () => {
  const path = `/items/${itemIds[3]}/analogue`, kept = async () => (await call<{ analogue: { sku: string; percent: number } | null }>('GET', path)).body.analogue;
  expect(await kept()).toBeNull();
  expect((await call('PUT', path, { likeItemId: itemIds[0], percent: 80 })).status).toBe(200);
  expect((await call('PUT', path, { likeItemId: itemIds[1] })).status).toBe(200);
  expect(await kept()).toMatchObject({ sku: 'SKU-2', percent: 100, updatedBy: 'operator' });
  const { rows: [never] } = await house.db.query<{ item_id: number }>(`with made as (insert into item (title, sku) values ('Never', 'NEVER') returning item_id) insert into inventory_item (store_id, shopify_inventory_item_id, item_id, tracked, updated_at) select $1, 990002, item_id, true, now() from made returning item_id`, [storeId]);
  for (const [body, says] of [[{ likeItemId: itemIds[3] }, 'not like itself'], [{ likeItemId: 999_999 }, 'there is no item'], [{ likeItemId: never!.item_id }, 'never sold'], [{ likeItemId: itemIds[0], percent: 0 }, 'percent']] as const) {
    expect(await call('PUT', path, body)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(says) } });
  }
  await house.db.query('delete from inventory_item where item_id = $1', [never!.item_id]);
  expect((await call('PUT', '/items/999999/analogue', { likeItemId: itemIds[0] })).status).toBe(404);
  expect((await call('DELETE', path)).status).toBe(200);
  expect((await call('DELETE', path)).status).toBe(404);
});

describe('the event calendar', () => {
  interface Events { events: { eventId: string; name: string; from: string; to: string; locationNames: string[]; uplift: number | null; learned: { uplift: number; days: number } | null; updatedBy: string }[] }
  const events = async (): Promise<Events['events']> => (await call<Events>('GET', '/planning-events')).body.events;

  it('is kept by hand', async () => {
    const fair = { name: 'Fair', from: '2026-12-01', to: '2026-12-03', locationIds: [locationIds[1]] };
    expect((await call<{ added: boolean }>('POST', '/planning-events', fair)).body).toEqual({ added: true });
    for (const name of ['Fair', 'fair', ' FAIR ']) expect((await call<{ added: boolean }>('POST', '/planning-events', { ...fair, name })).body).toEqual({ added: false });
    const [kept] = await events();
    expect(kept).toMatchObject({ name: 'Fair', locationNames: ['Place 2'], updatedBy: 'operator' });
    expect((await call('PUT', `/planning-events/${kept!.eventId}`, { ...fair, to: '2026-12-05', locationIds: null })).status).toBe(200);
    expect(await events()).toMatchObject([{ to: '2026-12-05', locationNames: [] }]);
    expect(await call('POST', '/planning-events', { ...fair, to: '2026-11-01' })).toMatchObject({ status: 400, body: { detail: 'to: 2026-11-01 is before 2026-12-01' } });
    expect((await call('POST', '/planning-events', { ...fair, locationIds: [12345] })).status).toBe(400);
    // Nobody has seen it, and nothing is expected of it, until the planner says so.
    expect(kept).toMatchObject({ uplift: null, learned: null });
    expect((await call('PUT', `/planning-events/${kept!.eventId}`, { ...fair, uplift: 150 })).status).toBe(200);
    expect(await events()).toMatchObject([{ uplift: 150 }]);
    expect((await call('PUT', `/planning-events/${kept!.eventId}`, { ...fair, uplift: -101 })).status).toBe(400);
    // Nor is one changed into another there is.
    await call('POST', '/planning-events', { ...fair, name: 'Market' });
    const market = (await events()).find(({ name }) => name === 'Market')!;
    expect(await call('PUT', `/planning-events/${market.eventId}`, { ...fair, name: 'FAIR' })).toMatchObject({ status: 409, body: { detail: 'name: there is another event called FAIR on these days at these locations' } });
    expect((await call('DELETE', `/planning-events/${market.eventId}`)).status).toBe(200);
    expect((await call('DELETE', `/planning-events/${kept!.eventId}`)).status).toBe(200);
    expect((await call('DELETE', `/planning-events/${kept!.eventId}`)).status).toBe(404);
  });

  it('goes out and comes in as CSV; a file with faults says where they are', async () => {
    const csv = 'Name,From,To,Locations\nBlack Friday,2026-11-27,2026-11-30,\nFair,2026-12-01,,place 2;Place 1\n=SUM(A1),2026-12-24,2026-12-26,\n';
    expect((await call('POST', '/planning-events/import?dryRun=true', { csv })).body).toEqual({ dryRun: true, lines: 3, applied: 3, unchanged: 0, errors: [] });
    expect(await events()).toEqual([]);
    expect((await call('POST', '/planning-events/import?dryRun=false', { csv })).body).toMatchObject({ applied: 3 });
    const { body: out } = await call<string>('GET', '/planning-events.csv');
    expect(out).toContain('Fair,2026-12-01,2026-12-01,Place 1;Place 2');
    expect(out).toContain("'=SUM(A1)");
    expect((await call('POST', '/planning-events/import?dryRun=false', { csv: out })).body).toMatchObject({ lines: 3, applied: 0, unchanged: 3, errors: [] });
    expect((await call('POST', '/planning-events/import?dryRun=false', { csv: 'Name,From,To\nblack  FRIDAY,2026-11-27,2026-11-30\n' })).body).toMatchObject({ applied: 0, unchanged: 1 });
    const uplift = 'Name,From,To,Locations,Uplift\nBlack friday,2026-11-27,2026-11-30,,80 %\nFair,2026-12-01,,place 2;Place 1,much\nLaunch,2026-12-09,,,-20\n';
    expect((await call('POST', '/planning-events/import?dryRun=false', { csv: uplift })).body).toMatchObject({ applied: 2, unchanged: 0, errors: [{ line: 3, field: 'Uplift', message: 'expected per cent from -100 to 10000, not much' }] });
    expect((await events()).map(({ name, uplift: said }) => [name, said])).toEqual([['=SUM(A1)', null], ['Launch', -20], ['Fair', null], ['Black Friday', 80]]);
    const { body: again } = await call<string>('GET', '/planning-events.csv');
    expect((await call('POST', '/planning-events/import?dryRun=false', { csv: again })).body).toMatchObject({ lines: 4, applied: 0, unchanged: 4, errors: [] });
    const wrong = await call('POST', '/planning-events/import?dryRun=false', { csv: 'Name,From,To,Locations\n,2026-11-27,,\nA,soon,,\nB,2026-11-27,2026-11-01,\nC,2026-11-27,,Atlantis\n' });
    expect(wrong.body).toMatchObject({ applied: 0, errors: [{ line: 2, field: 'Name' }, { line: 3, field: 'From' }, { line: 4, field: 'To' }, { line: 5, field: 'Locations', message: 'there is no location called Atlantis' }] });
  });
});

describe('planned prices', () => {
  interface Plan { planId: string; name: string; percentOff: number; skus: string[]; vendor: string | null; items: number }
  const plans = async (): Promise<Plan[]> => (await call<{ plans: Plan[] }>('GET', '/planned-prices')).body.plans;
  const sale = { name: 'Winter sale', from: '2026-12-27', to: '2027-01-06', percentOff: 30, skus: ['sku-1', 'SKU-2'] };

  it('are added once, changed, removed, and refused by the name of the field', async () => {
    expect((await call('POST', '/planned-prices', sale)).body).toEqual({ added: true });
    expect((await call('POST', '/planned-prices', sale)).body).toEqual({ added: false });
    const [kept] = await plans();
    expect(kept).toMatchObject({ name: 'Winter sale', percentOff: 30, skus: ['SKU-1', 'SKU-2'], items: 2 });
    expect((await call('PUT', `/planned-prices/${kept!.planId}`, { ...sale, skus: [], percentOff: 12.5 })).status).toBe(200);
    expect(await plans()).toMatchObject([{ percentOff: 12.5, skus: [], items: 4 }]);
    expect(await call('POST', '/planned-prices', { ...sale, skus: ['SKU-1', 'NO-SUCH'] })).toMatchObject({ status: 400, body: { detail: 'SKUs: no item of this store has the SKU NO-SUCH' } });
    expect(await call('POST', '/planned-prices', { ...sale, to: '2026-12-01' })).toMatchObject({ status: 400, body: { detail: 'To: 2026-12-01 is before 2026-12-27' } });
    expect((await call('POST', '/planned-prices', { ...sale, percentOff: 100 })).status).toBe(400);
    // A plan that could lower no price is refused; one under way may be ended.
    for (const [change, detail] of [
      [{ from: '2026-10-01', to: '2026-11-23' }, 'To: 2026-11-23 is past; a planned price is of days to come'], [{ vendor: 'Nobody' }, 'Vendor: no item of this store is of the vendor Nobody'],
      [{ productType: 'Boats' }, 'Product type: no item of this store has the product type Boats'],
    ] as const) for (const [method, path] of [['POST', '/planned-prices'], ['PUT', `/planned-prices/${kept!.planId}`]] as const) expect(await call(method, path, { ...sale, skus: [], ...change })).toMatchObject({ status: 400, body: { detail } });
    expect((await call('PUT', `/planned-prices/${kept!.planId}`, { ...sale, from: '2026-11-10', productType: 'thing', skus: [] })).status).toBe(200);
    expect((await call('PUT', `/planned-prices/${kept!.planId}`, { ...sale, from: '2026-11-10', to: '2026-11-20' })).status).toBe(200);
    expect((await call('DELETE', `/planned-prices/${kept!.planId}`)).status).toBe(200);
    expect((await call('DELETE', `/planned-prices/${kept!.planId}`)).status).toBe(404);
  });

  it('go out and come in as CSV; a file with faults says where they are, and its good lines are saved', async () => {
    const csv = 'Name,From,To,Percent off,SKUs,Vendor,Product type\nWinter sale,2026-12-27,2027-01-06,30,SKU-1;SKU-2,,\nAll of it,2026-12-26,,10%,,,\n';
    expect((await call('POST', '/planned-prices/import?dryRun=true', { csv })).body).toEqual({ dryRun: true, lines: 2, applied: 2, unchanged: 0, errors: [] });
    expect(await plans()).toEqual([]);
    expect((await call('POST', '/planned-prices/import?dryRun=false', { csv })).body).toMatchObject({ applied: 2 });
    const { body: out } = await call<string>('GET', '/planned-prices.csv');
    expect((await call('POST', '/planned-prices/import?dryRun=false', { csv: out })).body).toMatchObject({ lines: 2, applied: 0, unchanged: 2, errors: [] });
    const wrong = await call('POST', '/planned-prices/import?dryRun=false', { csv: 'Name,From,To,Percent off,SKUs\n,2026-11-27,,5,\nA,2026-11-27,,lots,\nB,2026-11-27,,5,NO-SUCH\nC,2026-11-27,,5,SKU-3\nD,2026-11-20,,5,SKU-3\n' });
    expect(wrong.body).toMatchObject({ applied: 1, errors: [{ line: 2, field: 'Name' }, { line: 3, field: 'Percent off' }, { line: 4, field: 'SKUs', message: 'no item of this store has the SKU NO-SUCH' }, { line: 6, field: 'To', message: '2026-11-20 is past; a planned price is of days to come' }] });
    expect((await plans()).map((plan) => plan.name).sort()).toEqual(['All of it', 'C', 'Winter sale']);
  });
});
