/** The one table of ShopifyQL that is simulated: who changed which level, and what is said to a question it cannot read. */
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPES } from '../access.ts';
import { editByHand } from '../engine/inventory.ts';
import { askerOf } from '../graphql/execute.fixture.ts';
import { smallShop } from '../small-shop.fixture.ts';
import { parseShopifyql } from './query.ts';

const ASK = 'query Ask($query: String!) { shopifyqlQuery(query: $query) { tableData { columns { name } rows } parseErrors } }';
const { shop } = smallShop();
afterAll(() => { shop.close(); });
const level = [...shop.tables.levels.values()].find((one) => shop.tables.inventoryItems.get(one.inventoryItemId)!.tracked)!;
const question = async (query: string): Promise<{ rows: Record<string, string | null>[] | null; errors: string[] }> => {
  const { data } = await askerOf(shop)(ASK, { query }), answer = (data as { shopifyqlQuery: { tableData: { rows: Record<string, string | null>[] } | null; parseErrors: string[] } }).shopifyqlQuery;
  return { rows: answer.tableData?.rows ?? null, errors: answer.parseErrors };
};

describe('ShopifyQL', () => {
  it('names who changed a level, and sums what is grouped', async () => {
    for (const [by, delta] of [[{ app: 'Other' }, 2], [{ staff: 'Ann' }, -1], [{ app: 'Other' }, 3]] as const) editByHand(shop, { inventoryItemId: level.inventoryItemId, locationId: level.locationId, reason: 'correction', change: { name: 'available', delta } }, { by });
    const where = `WHERE inventory_item_id = ${level.inventoryItemId} AND inventory_location_id IN ('${level.locationId}') AND inventory_state = 'available'`;
    expect((await question(`FROM inventory_adjustment_history SHOW inventory_adjustment_change ${where} GROUP BY inventory_app_name, staff_member_name ORDER BY inventory_adjustment_change DESC LIMIT 1`)).rows).toEqual([{ inventory_app_name: 'Other', staff_member_name: null, inventory_adjustment_change: '5' }]);
    expect((await question(`FROM inventory_adjustment_history SHOW inventory_adjustment_change SINCE 2999-01-01 ${where} GROUP BY second`)).rows).toEqual([]);
  });

  it('says what it cannot read in the answer, and is for those who may read reports', async () => {
    for (const [query, error] of [['FROM sales SHOW total_sales', 'not simulated'], ['FROM inventory_adjustment_history SHOW shoe_size', 'shoe_size not found'], ['SHOW day', 'Missing FROM'], ['FROM inventory_adjustment_history SHOW day', 'not grouped'], ['FROM inventory_adjustment_history SHOW day GROUP BY day SINCE soon', 'Expected a date']] as const) {
      const { rows, errors } = await question(query);
      expect([rows, errors[0]]).toEqual([null, expect.stringContaining(error)]);
    }
    const without = await askerOf(shop, { scopes: DEFAULT_SCOPES.filter((scope) => scope !== 'read_reports') })(ASK, { query: 'FROM inventory_adjustment_history SHOW inventory_adjustment_change' });
    expect(without.errors?.map((error) => error.extensions?.['code'])).toEqual(['ACCESS_DENIED']);
  });

  it('reads clauses in any order', () => {
    expect(parseShopifyql("LIMIT 5 SINCE 2026-01-02T03:04:05 FROM t GROUP BY a, b WITH TIMEZONE 'UTC' SHOW m WHERE a = 'it\\'s' ORDER BY m ASC")).toEqual({ table: 't', show: ['m'], where: [{ column: 'a', values: ["it's"] }], groupBy: ['a', 'b'], since: '2026-01-02T03:04:05', until: null, orderBy: { column: 'm', descending: false }, limit: 5 });
  });
});
