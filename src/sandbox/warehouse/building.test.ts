import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotThere, type Place } from './book.ts';
import { Building, Refused, type Disposition } from './building.ts';
import { Faults } from './faults.ts';
import { Pace } from './pace.ts';

const PLACES: Place[] = ['outside', 'shelf', 'aside', 'door', 'scrap', 'difference'];
const at = new Date('2026-11-25T12:00:00Z');
const sku = fc.constantFrom('A', 'B'), units = fc.nat(6), reference = fc.constantFrom('1', '2', '3');
const command = fc.oneof(
  fc.tuple(fc.constant('place'), reference, sku, units, fc.integer({ min: 1, max: 3 })), fc.tuple(fc.constant('cancel'), reference), fc.tuple(fc.constant('ship'), reference), fc.tuple(fc.constant('part'), reference, sku, units),
  fc.tuple(fc.constant('receive'), reference, sku, units), fc.tuple(fc.constant('inspect'), reference, sku, units, fc.constantFrom<Disposition>('sellable', 'damaged', 'quarantine', 'scrap')),
  fc.tuple(fc.constant('goods'), reference, sku, units, units), fc.tuple(fc.constant('adjust'), sku, fc.integer({ min: -5, max: 5 }), fc.integer({ min: -3, max: 3 })),
);

/** Units on hand by what was said alone. */
function told(building: Building, wanted: string): { onHand: number; unsellable: number } {
  let onHand = 50, unsellable = 0;
  for (const message of building.said) {
    if (message.type === 'stock.changed' && message['sku'] === wanted) { onHand += message['onHandChange'] as number; unsellable += message['unsellableChange'] as number; }
    for (const line of (message['lines'] ?? []) as { sku: string; quantity: number; damaged?: number; disposition?: Disposition }[]) {
      if (line.sku !== wanted) continue;
      if (message.type === 'order.shipped') onHand -= line.quantity;
      if (message.type === 'goods.received') { onHand += line.quantity; unsellable += line.damaged ?? 0; }
      if (message.type === 'return.inspected' && line.disposition !== 'scrap') { onHand += line.quantity; if (line.disposition !== 'sellable') unsellable += line.quantity; }
    }
  }
  return { onHand, unsellable };
}

test('whatever happens, no unit is lost, none is made, and what is told is what stands there', () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
    const building = new Building(() => at, () => {});
    for (const each of ['A', 'B']) building.lay(each, 50);
    for (const run of commands) {
      try {
        if (run[0] === 'place') building.place({ reference: run[1], orderName: run[1], version: run[4], placedAt: at.toISOString(), lines: [{ lineReference: 'L', sku: run[2], quantity: run[3] + 1 }] });
        else if (run[0] === 'cancel') building.cancel(run[1]);
        else if (run[0] === 'ship') building.ship(run[1]);
        else if (run[0] === 'part') building.ship(run[1], [{ sku: run[2], quantity: run[3] }]);
        else if (run[0] === 'receive') building.receiveReturn(run[1], [{ sku: run[2], quantity: run[3] }]);
        else if (run[0] === 'inspect') building.inspectReturn(run[1], [{ sku: run[2], quantity: run[3], disposition: run[4] }]);
        else if (run[0] === 'goods') building.receiveGoods(run[1], [{ sku: run[2], quantity: run[3] + run[4], damaged: run[4] }]);
        else building.adjust(run[1], run[2], run[3], 'by hand');
      } catch (error) {
        if (!(error instanceof NotThere) && !(error instanceof Refused)) throw error;
      }
      for (const each of ['A', 'B']) {
        expect(PLACES.reduce((sum, place) => sum + building.book.balance(each, place), 0)).toBe(0);
        for (const place of ['shelf', 'aside', 'door', 'scrap'] as const) expect(building.book.balance(each, place)).toBeGreaterThanOrEqual(0);
        expect(told(building, each)).toEqual(building.book.stock(each));
      }
    }
  }));
});

test('the same seed picks and splits the same', () => {
  const run = (seed: number): unknown[] => {
    const faults = new Faults(seed), building = new Building(() => at, () => {}), pace = new Pace(building, () => faults.dice());
    building.lay('A', 1_000);
    building.lay('B', 1_000);
    for (let n = 0; n < 40; n++) building.place({ reference: String(n), orderName: '', version: 1, placedAt: '', lines: [{ sku: 'A', quantity: 2 }, { sku: 'B', quantity: 1 }] });
    while (pace.pickOne()) { /* until all is picked */ }
    return building.said;
  };
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  expect((run(1) as { type: string }[]).filter((message) => message.type === 'order.shipped').length).toBeGreaterThan(40);
});
