import { expect, it } from 'vitest';
import { menuOf, nameOf, ownsCases } from './carers.ts';

const carer = (name: string, role: string | null, open = 0, may = true) => ({ email: `${name.toLowerCase()}@shop.example`, name, role, may, open });
const CARERS = [carer('Ann', 'admin', 2), carer('Bob', 'warehouse', 1), carer('Eve', 'ecommerce'), carer('Gone', 'ecommerce', 4, false)];

it('those whose work the cases are come first, whoever was shut out is not offered, and each shows what they have', () => {
  expect(menuOf(CARERS, ['ecommerce'], 'ann@shop.example')).toEqual([
    { group: 'Whose work it is', items: [{ value: 'eve@shop.example', label: 'Eve, no open case' }] },
    { group: 'Others', items: [{ value: 'ann@shop.example', label: 'Ann (you), 2 open cases' }, { value: 'bob@shop.example', label: 'Bob, 1 open case' }] },
  ]);
  expect(menuOf(CARERS, ['warehouse', 'integration owner'], '')[0]!.items.map((one) => one.value)).toEqual(['ann@shop.example', 'bob@shop.example']);
  expect(menuOf([], ['warehouse'], '')).toEqual([]);
});

it('an address has the name of its account, also of one that was shut out', () => {
  expect([nameOf(CARERS, 'gone@shop.example'), nameOf(CARERS, 'operator')]).toEqual(['Gone', 'operator']);
  expect([ownsCases('admin', 'admin'), ownsCases('viewer', 'planner'), ownsCases(null, 'finance')]).toEqual([true, false, false]);
});
