/** What is asked of Shopify's adjustment history, and how its rows are read, however they come. */
import { describe, expect, it } from 'vitest';
import { adjustmentsOf, historyQuestion } from './adjustment-history.ts';

const names = ['second', 'inventory_adjustment_id', 'inventory_item_id', 'inventory_location_id', 'inventory_state', 'inventory_change_reason', 'inventory_app_name', 'staff_member_name', 'reference_document_uri', 'reference_document_type', 'inventory_adjustment_change'];
const columns = names.map((name) => ({ name })), values = ['2026-11-20T10:00:07', 88, 'gid://shopify/InventoryItem/9007199254740993', '7', 'Available', 'correction', 'Another app', null, '', null, '-3'];
const read = { at: '2026-11-20T10:00:07.000Z', inventoryItemId: '9007199254740993', locationId: '7', state: 'available', change: -3, reason: 'correction', app: 'Another app', staff: null, document: null, documentType: null };
const row = Object.fromEntries(names.map((name, n) => [name, values[n]]));

describe('adjustment history', () => {
  it('reads rows by name and by place, numbers and texts, with and without a zone', () => {
    expect(adjustmentsOf({ columns, rows: [row] })).toEqual([read]);
    expect(adjustmentsOf({ columns, rows: [values] })).toEqual([read]);
    expect(adjustmentsOf({ columns, rows: [{ ...row, second: '2026-11-20T11:00:07+01:00', inventory_item_id: '9007199254740993', inventory_adjustment_change: -3 }] })).toEqual([read]);
  });

  it('takes a change that is listed twice once, and leaves out rows that say nothing', () => {
    expect(adjustmentsOf({ columns, rows: [row, { ...row }, { ...row, inventory_adjustment_id: 89 }] })).toHaveLength(2);
    expect(adjustmentsOf({ columns, rows: [null, 3, [], {}, { ...row, second: 'soon' }, { ...row, inventory_item_id: null }, { ...row, inventory_adjustment_change: '0' }, { ...row, inventory_adjustment_change: '1.5' }] })).toEqual([]);
    expect(adjustmentsOf({ columns: [], rows: 'none' })).toEqual([]);
  });

  it('asks for whole ids alone', () => {
    expect(historyQuestion(['1', '22'], '2026-11-20T10:00:07.250Z')).toContain('WHERE inventory_item_id IN (1, 22) GROUP BY');
    expect(historyQuestion(['1'], '2026-11-20T10:00:07.250Z')).toContain('SINCE 2026-11-20T10:00:07 ');
    expect(() => historyQuestion(['1) OR (1=1'], '2026-11-20T10:00:07Z')).toThrow('is no id');
  });
});
