/** Two workers place one order at once: both look, both find nothing, both make a sale. The older one stands. */
import { expect, test } from 'vitest';
import type { TrytonClient } from './client.ts';
import type { Places } from './places.ts';
import { ORDER, sales } from './sales.ts';

interface Sale { id: number; reference: string; description: string; state: string; number: null; moves: never[] }

test('of two sales made at once the older stays', async () => {
  const stored: Sale[] = [];
  let waiting: (() => void)[] = [];
  const client: TrytonClient = {
    async call<T>(model: string, method: string, params: unknown[]) {
      if (model === 'product.product') return [{ id: 1, code: 'MUG', default_uom: 1, rec_name: 'Mug' }] as T;
      if (method === 'search_read') return stored.filter((sale) => sale.reference === (params[0] as string[][])[0]![2]) as T;
      if (method === 'create') {
        const values = (params[0] as Sale[])[0]!, id = stored.length + 1;
        stored.push({ id, reference: values.reference, description: values.description, state: 'draft', number: null, moves: [] });
        // Neither sees the other's answer before both have written.
        await new Promise<void>((resolve) => { waiting.push(resolve); if (waiting.length === 2) { waiting.forEach((go) => go()); waiting = []; } });
        return [id] as T;
      }
      if (method === 'delete') { stored.splice(stored.findIndex((sale) => sale.id === (params[0] as number[])[0]), 1); return null as T; }
      throw new Error(`${model}.${method}`);
    },
    wizard: async () => {}, company: async () => 1,
  };
  const places = { customer: 1, company: 1, currency: 1, address: 1, warehouse: 1 } as Places;
  const wanted = { kind: ORDER, reference: 'A', title: '#1', version: 1, sign: 1, lines: [{ lineReference: 'L', sku: 'MUG', quantity: 1 }] } as const;
  await Promise.all([sales(client, places).create(wanted), sales(client, places).create(wanted)]);
  expect(stored.map((sale) => sale.id)).toEqual([1]);
});
