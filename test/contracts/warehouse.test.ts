/**
 * The warehouse port's contract, one suite on every connector: our REST told by webhook, our REST that asks, CSV over SFTP, and a real Tryton where Debian's
 * packages can be installed. At the end what was heard, added to what stood there at first, must be what the other side's book says.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetworkError } from '../../src/connectors/http.ts';
import { WarehouseRefused, type ShipmentFact, type StockCountFact, type Warehouse, type WarehouseFact, type WarehouseOrder } from '../../src/ports/warehouse.ts';
import { SHELVES, type Heard, type OtherSide } from './other-side.ts';
import { filesSide, restSide } from './sandbox-side.ts';
import { trytonMissing } from './tryton-server.ts';
import { trytonSide } from './tryton-side.ts';

const noTryton = await trytonMissing();
if (noTryton !== null) console.warn(`Tryton SKIPPED: ${noTryton}`);

const SIDES: [name: string, skip: boolean, start: () => Promise<OtherSide>][] = [
  ['warehouse-rest, told by webhook', false, () => restSide(true)], ['warehouse-rest, asking', false, () => restSide(false)], ['warehouse-files', false, filesSide],
  [noTryton === null ? 'tryton' : `tryton SKIPPED: ${noTryton}`, noTryton !== null, trytonSide],
];

const order = (reference: string, version = 1, lines: [sku: string, quantity: number][] = [['MUG', 2], ['CUP', 1]]): WarehouseOrder => ({
  reference, orderName: `#${reference}`, version, placedAt: '2026-11-25T12:00:00.000Z', lines: lines.map(([sku, quantity], index) => ({ lineReference: `${reference}/L${index + 1}`, sku, quantity })),
});
const bySku = <T extends { sku: string }>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (JSON.stringify([a.sku, a]) < JSON.stringify([b.sku, b]) ? -1 : 1));
const idOf = (fact: WarehouseFact): string => (fact.type === 'stock' ? `stock ${fact.sku} ${fact.at}` : `${fact.type} ${fact.id}`);
async function counted(warehouse: Warehouse): Promise<StockCountFact[]> {
  const counts: StockCountFact[] = [];
  for await (const page of warehouse.stock()) counts.push(...page.counts);
  return bySku(counts);
}

for (const [name, skip, start] of SIDES) {
  describe.skipIf(skip)(name, { timeout: 60_000 }, () => {
    let side: OtherSide, warehouse: Warehouse;
    const everything: WarehouseFact[] = [];
    beforeAll(async () => {
      side = await start();
      ({ warehouse } = side);
      await warehouse.check();
    }, 300_000);
    afterAll(async () => { await side?.stop(); });

    async function hear(): Promise<Heard> {
      const heard = await side.hear();
      everything.push(...heard.facts);
      return heard;
    }
    const heardOf = async (reference: string): Promise<WarehouseFact[]> => (await hear()).facts.filter((fact) => 'reference' in fact && fact.reference === reference);
    /** Lets files and rounds take what we wrote; what is said meanwhile is kept. */
    const settle = hear;

    test('a check proves the connection, and a stranger is told what to do', async () => {
      expect((await warehouse.check()).detail).not.toBe('');
      const stranger = side.stranger();
      await expect(stranger.check()).rejects.toThrow(/refuse|check|compare/i);
      await stranger.close();
    });

    test('counts are what the book says', async () => {
      if (name === 'warehouse-files') return; // its counts come as files: see the last test
      expect((await counted(warehouse)).map(({ sku, onHand, unsellable }) => ({ sku, onHand, unsellable }))).toEqual(bySku(Object.entries(SHELVES).map(([sku, onHand]) => ({ sku, onHand, unsellable: 0 }))));
    });

    test('an order placed once is there once, however often it is placed', async () => {
      expect(await warehouse.findOrder('A-1')).toBeNull();
      const placed = await warehouse.placeOrder(order('A-1'));
      expect(placed.outcome).toBe('created');
      await settle();
      expect(await warehouse.placeOrder(order('A-1'))).toEqual({ ...placed, outcome: 'known' });
      await settle();
      expect(await warehouse.findOrder('A-1')).toMatchObject({ version: 1, state: 'open' });
      expect(await side.ordersUnder('A-1')).toBe(1);
      expect(bySku(await side.linesOf('A-1'))).toEqual([{ sku: 'CUP', quantity: 1 }, { sku: 'MUG', quantity: 2 }]);
    });

    test('references that look like another, or like nothing good, are told apart', async () => {
      const odd = 'A-1/ü. x%_y';
      expect((await warehouse.placeOrder(order(odd, 1, [['POT', 1]]))).outcome).toBe('created');
      expect((await warehouse.placeOrder(order('1', 1, [['POT', 1]]))).outcome).toBe('created');
      await settle();
      expect(await warehouse.findOrder(odd)).toMatchObject({ version: 1, state: 'open' });
      expect(await warehouse.findOrder('A-1/ü')).toBeNull();
      for (const reference of [odd, '1']) expect(await warehouse.cancelOrder(reference)).toBe('cancelled');
      await settle();
    });

    test('a newer version changes it, an older one does not', async () => {
      await warehouse.placeOrder(order('B-1'));
      await settle();
      expect((await warehouse.placeOrder(order('B-1', 2, [['MUG', 1], ['POT', 3]]))).outcome).toBe('changed');
      await settle();
      expect((await warehouse.placeOrder(order('B-1', 1))).outcome).toBe('known');
      await settle();
      expect(await warehouse.findOrder('B-1')).toMatchObject({ version: 2, state: 'open' });
      expect(await side.ordersUnder('B-1')).toBe(1);
      expect(bySku(await side.linesOf('B-1'))).toEqual([{ sku: 'MUG', quantity: 1 }, { sku: 'POT', quantity: 3 }]);
    });

    test.each(['first', 'last'] as const)('an answer lost after the %s step: looked for, it is found or harmlessly placed again', async (step) => {
      side.loseAnswer(step);
      const reference = `C-${step}`;
      await expect(warehouse.placeOrder(order(reference))).rejects.toThrow(NetworkError);
      const found = await warehouse.findOrder(reference);
      if (step === 'last') expect(found).toMatchObject({ version: 1 });
      expect((await warehouse.placeOrder(order(reference))).outcome).toBe('known');
      await settle();
      expect(await warehouse.findOrder(reference)).toMatchObject({ version: 1, state: 'open' });
      expect(await side.ordersUnder(reference)).toBe(1);
    });

    test('what cannot be picked is refused with the reason', async () => {
      const placing = warehouse.placeOrder(order('D-1', 1, [['NOBODY-KNOWS', 1]]));
      if (side.lacks.includes('an answer to an order')) {
        await placing;
        expect(await heardOf('D-1')).toMatchObject([{ type: 'refused', reason: expect.stringContaining('NOBODY-KNOWS') as string }]);
        return;
      }
      const error = await placing.then(() => null, (reason: unknown) => reason);
      expect(error).toBeInstanceOf(WarehouseRefused);
      expect((error as Error).message).toContain('NOBODY-KNOWS');
      expect(await warehouse.findOrder('D-1')).toBeNull();
    });

    test('cancelled, once and again; an unknown one counts as cancelled', async () => {
      await warehouse.placeOrder(order('E-1'));
      await settle();
      expect(await warehouse.cancelOrder('E-1')).toBe('cancelled');
      await settle();
      expect(await warehouse.findOrder('E-1')).toMatchObject({ state: 'cancelled' });
      expect(await warehouse.cancelOrder('E-1')).toBe('cancelled');
      expect(await warehouse.cancelOrder('never-seen')).toBe('cancelled');
      expect((await heardOf('E-1')).filter((fact) => fact.type === 'refused')).toEqual([]);
    });

    test('an order that people there refuse is heard of as refused', async () => {
      await warehouse.placeOrder(order('H-1'));
      await settle();
      await side.refuse('H-1');
      expect((await heardOf('H-1')).at(-1)).toMatchObject({ type: 'refused', reason: expect.stringMatching(/./) as string });
    });

    test('taken, shipped in part with two parcels, then the rest; then it is too late', async () => {
      const { warehouseReference } = await warehouse.placeOrder(order('F-1', 1, [['MUG', 3], ['CUP', 2]]));
      await side.acknowledge('F-1');
      const taken = await heardOf('F-1');
      expect(taken.map((fact) => fact.type)).toEqual(['acknowledged']);
      if (!side.lacks.includes('an answer to an order')) expect(taken[0]).toMatchObject({ warehouseReference });
      await side.ship('F-1', [{ sku: 'MUG', quantity: 2 }], ['PKG1', 'PKG2']);
      const [first] = (await heardOf('F-1')).filter((fact): fact is ShipmentFact => fact.type === 'shipment');
      expect(first!.lines).toEqual([{ lineReference: 'F-1/L1', sku: 'MUG', quantity: 2 }]);
      expect(first!.parcels.map((parcel) => parcel.number)).toEqual(['PKG1', 'PKG2']);
      if (!side.lacks.includes('carriers')) expect(first!.parcels[0]).toEqual({ number: 'PKG1', carrier: 'Sandbox Post', url: 'https://post.example.com/PKG1' });
      expect(await warehouse.findOrder('F-1')).toMatchObject({ state: 'shipped in part' });
      expect((await warehouse.placeOrder(order('F-1', 2))).outcome).toBe('too late');
      await side.ship('F-1', [{ sku: 'MUG', quantity: 1 }, { sku: 'CUP', quantity: 2 }], ['PKG3']);
      const [second] = (await heardOf('F-1')).filter((fact): fact is ShipmentFact => fact.type === 'shipment');
      expect(bySku(second!.lines)).toEqual([{ lineReference: 'F-1/L2', sku: 'CUP', quantity: 2 }, { lineReference: 'F-1/L1', sku: 'MUG', quantity: 1 }]);
      expect(second!.id).not.toBe(first!.id);
      expect(await warehouse.findOrder('F-1')).toMatchObject({ state: 'shipped' });
      expect(await warehouse.cancelOrder('F-1')).toBe('too late');
    });

    test('what is left of an order shipped in part can be cancelled', async () => {
      await warehouse.placeOrder(order('G-1', 1, [['MUG', 2], ['CUP', 1]]));
      await settle();
      await side.ship('G-1', [{ sku: 'MUG', quantity: 1 }], []);
      await settle();
      expect(await warehouse.cancelOrder('G-1')).toBe('cancelled');
      await settle();
      expect((await warehouse.findOrder('G-1'))!.state).not.toBe('open');
      expect((await heardOf('G-1')).filter((fact) => fact.type === 'refused')).toEqual([]);
    });

    test('a return announced twice is expected once, received, inspected unit by unit', async () => {
      const announced = { reference: 'R-1', orderReference: 'F-1', lines: [{ lineReference: 'R-1/L1', sku: 'MUG', quantity: 3 }, { lineReference: 'R-1/L2', sku: 'CUP', quantity: 2 }] };
      await warehouse.announceReturn(announced);
      await warehouse.announceReturn(announced);
      await settle();
      const before = await side.book('MUG');
      await side.receiveReturn('R-1');
      const received = (await heardOf('R-1')).filter((fact) => fact.type === 'return received');
      expect(received.map((fact) => bySku(fact.lines))).toEqual([[{ lineReference: 'R-1/L2', sku: 'CUP', quantity: 2 }, { lineReference: 'R-1/L1', sku: 'MUG', quantity: 3 }]]);
      expect(await side.book('MUG')).toEqual(before);
      await side.inspectReturn('R-1', [
        { sku: 'MUG', quantity: 1, disposition: 'sellable' }, { sku: 'MUG', quantity: 1, disposition: 'damaged' }, { sku: 'MUG', quantity: 1, disposition: 'scrap' }, { sku: 'CUP', quantity: 2, disposition: 'quarantine' },
      ]);
      const [inspected] = (await heardOf('R-1')).filter((fact) => fact.type === 'return inspected');
      expect(bySku(inspected!.lines)).toEqual(bySku([
        { lineReference: 'R-1/L1', sku: 'MUG', quantity: 1, disposition: 'sellable' }, { lineReference: 'R-1/L1', sku: 'MUG', quantity: 1, disposition: 'damaged' },
        { lineReference: 'R-1/L1', sku: 'MUG', quantity: 1, disposition: 'scrap' }, { lineReference: 'R-1/L2', sku: 'CUP', quantity: 2, disposition: 'quarantine' },
      ]));
      expect(await side.book('MUG')).toEqual({ onHand: before.onHand + 2, unsellable: before.unsellable + 1 });
    });

    test('goods come in, some of them damaged', async () => {
      await side.receiveGoods('PO-1', [{ sku: 'POT', quantity: 12, damaged: 2 }, { sku: 'CUP', quantity: 5, damaged: 0 }]);
      const [receipt] = (await heardOf('PO-1')).filter((fact) => fact.type === 'goods received');
      const sums = Map.groupBy(receipt!.lines, (line) => line.sku);
      expect([...sums].map(([sku, lines]) => ({ sku, quantity: lines.reduce((n, l) => n + l.quantity, 0), damaged: lines.reduce((n, l) => n + l.damaged, 0) })).sort((a, b) => (a.sku < b.sku ? -1 : 1)))
        .toEqual([{ sku: 'CUP', quantity: 5, damaged: 0 }, { sku: 'POT', quantity: 12, damaged: 2 }]);
    });

    test('stock that changes for another reason is told with it', async () => {
      await side.adjust('MUG', -4, 'broken on the shelf');
      const changes = (await hear()).facts.filter((fact) => fact.type === 'change');
      expect(changes).toMatchObject([{ sku: 'MUG', onHandChange: -4, unsellableChange: 0 }]);
      expect(changes[0]!.reason).not.toBe('');
    });

    test('a listener that dies before it stores hears it again', async () => {
      await side.adjust('CUP', -1, 'lost');
      const died = await side.hearAndDie(), heard = await hear();
      expect(died.facts.filter((fact) => fact.type === 'change').map(idOf)).toHaveLength(1);
      expect(heard.facts.map(idOf)).toEqual(expect.arrayContaining(died.facts.map(idOf)));
    });

    test('one unreadable thing is named by place and field, and the good ones arrive', async () => {
      const field = await side.sayNonsense();
      await side.adjust('POT', 1, 'found');
      const { facts, rejects } = await hear();
      expect(rejects).toMatchObject([{ field, where: expect.stringMatching(/\d/) as string, message: expect.stringMatching(/./) as string, raw: expect.stringMatching(/./) as string }]);
      expect(facts.filter((fact) => fact.type === 'change')).toMatchObject([{ sku: 'POT', onHandChange: 1 }]);
      expect((await hear()).rejects).toEqual([]);
    });

    test('heard again in another order, it is the same documents', async () => {
      await settle();
      const again = (await side.hearAllAgain()).facts.filter((fact) => fact.type !== 'stock');
      const documents = (facts: readonly WarehouseFact[]) => new Map(facts.filter((fact) => fact.type !== 'stock' && fact.type !== 'acknowledged').map((fact) => [idOf(fact), fact]));
      const sorted = (facts: readonly WarehouseFact[]) => [...documents(facts)].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(again)).toEqual(sorted(everything));
    });

    test('what stood there at first and what was heard make what stands there now', async () => {
      await settle();
      const sums = Object.fromEntries(Object.entries(SHELVES).map(([sku, onHand]) => [sku, { onHand, unsellable: 0 }]));
      for (const fact of new Map(everything.map((each) => [idOf(each), each])).values()) {
        if (fact.type === 'change') { sums[fact.sku]!.onHand += fact.onHandChange; sums[fact.sku]!.unsellable += fact.unsellableChange; }
        else if (fact.type === 'shipment') for (const line of fact.lines) sums[line.sku]!.onHand -= line.quantity;
        else if (fact.type === 'goods received') for (const line of fact.lines) { sums[line.sku]!.onHand += line.quantity; sums[line.sku]!.unsellable += line.damaged; }
        else if (fact.type === 'return inspected') {
          for (const line of fact.lines) {
            if (line.disposition !== 'scrap') sums[line.sku]!.onHand += line.quantity;
            if (line.disposition === 'damaged' || line.disposition === 'quarantine') sums[line.sku]!.unsellable += line.quantity;
          }
        }
      }
      for (const sku of Object.keys(SHELVES)) expect({ sku, ...sums[sku] }).toEqual({ sku, ...await side.book(sku) });
      await side.count?.();
      await settle();
      expect((await counted(warehouse)).map(({ sku, onHand, unsellable }) => ({ sku, onHand, unsellable }))).toEqual(bySku(Object.entries(sums).map(([sku, sum]) => ({ sku, ...sum }))));
    });
  });
}
