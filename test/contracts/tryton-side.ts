/** Tryton moved by hand: what people in the warehouse do, by the same calls their screens make. A small proxy in between loses answers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trytonWarehouse } from '../../src/connectors/tryton/warehouse.ts';
import { SHELVES, type OtherSide, type Units } from './other-side.ts';
import { drain } from './sandbox-side.ts';
import { adminOf, PASSWORD, startTryton } from './tryton-server.ts';

interface Move { id: number; quantity: number; 'product.': { code: string | null; id: number } }

export async function trytonSide(): Promise<OtherSide> {
  const tryton = await startTryton();
  const admin = adminOf(tryton.url), { call } = admin;
  let lost: RegExp | null = null;
  const proxy = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks).toString();
      void fetch(tryton.url + request.url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...(request.headers.authorization ? { authorization: request.headers.authorization } : {}) } }).then(async (answer) => {
        const text = await answer.text();
        if (lost?.test((JSON.parse(body) as { method: string }).method)) { lost = null; request.socket.destroy(); return; }
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
      }, () => request.socket.destroy());
    });
  });
  await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
  const settings = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, database: 'tryton', user: 'admin', password: PASSWORD, warehouse: 'WH', customer: 'SHOP', damagedLocation: 'DAM', quarantineLocation: 'QUA',
    clock: { now: () => new Date(), sleep: (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); }) },
  };
  const warehouse = trytonWarehouse(settings);

  const find = async (model: string, domain: unknown[]): Promise<number[]> => call<number[]>(model, 'search', [domain, 0, 100, [['id', 'DESC']]]);
  const place: Record<string, number> = {};
  for (const code of ['WH', 'IN', 'OUT', 'STO', 'DAM', 'QUA']) [place[code]] = (await find('stock.location', [['code', '=', code]])) as [number];
  [place['lost']] = (await find('stock.location', [['type', '=', 'lost_found']])) as [number];
  const product = async (sku: string | null): Promise<number> => (await find('product.product', [['code', '=', sku]]))[0]!;
  const movesOf = (shipment: string, zone: object[]): Promise<Move[]> => call('stock.move', 'search_read', [[['shipment', '=', shipment], ...zone], 0, 100, [['id', 'ASC']], ['quantity', 'product.code']]);
  const press = async (model: string, id: number, ...buttons: string[]): Promise<void> => { for (const button of buttons) await call(model, button, [[id]]); };
  const company = await admin.company();

  /** Sets what stands at a place by a counted inventory. */
  async function count(sku: string | null, location: number, quantity: number): Promise<void> {
    const [inventory] = await call<[number]>('stock.inventory', 'create', [[{ location, company, lines: [['create', [{ product: await product(sku), quantity }]]] }]]);
    await press('stock.inventory', inventory, 'confirm');
  }
  const standing = async (sku: string | null, locations: number[]): Promise<number> => (await call<[{ quantity: number }]>('product.product', 'read', [[await product(sku)], ['quantity']], { locations, with_childs: true }))[0].quantity;

  /** The open shipment of a sale, cut down to `lines`; what is taken off comes back as a shipment of its own. */
  async function ship(domain: unknown[], lines: (Omit<Units, 'sku'> & { sku: string | null })[], numbers: string[]): Promise<void> {
    const [sale] = await call<[{ shipments: number[] }]>('sale.sale', 'search_read', [domain, 0, 1, null, ['shipments']]);
    const [shipment] = await find('stock.shipment.out', [['id', 'in', sale.shipments], ['state', '=', 'waiting']]) as [number];
    await press('stock.shipment.out', shipment, 'draft');
    for (const move of await movesOf(`stock.shipment.out,${shipment}`, [['from_location', '=', place['OUT']]])) {
      const quantity = lines.find((line) => line.sku === (move['product.'].code || null))?.quantity ?? 0;
      if (quantity === 0) await call('stock.move', 'delete', [[move.id]]);
      else await call('stock.move', 'write', [[move.id], { quantity }]);
    }
    await press('stock.shipment.out', shipment, 'wait', 'assign_force', 'pick', 'pack');
    if (numbers.length > 0) await call('stock.shipment.out', 'write', [[shipment], { reference: numbers.join(' ') }]);
    await press('stock.shipment.out', shipment, 'done');
  }

  /** Splits what waits in the input zone over places, then puts it away. */
  async function putAway(model: string, id: number, parts: { sku: string; quantity: number; to: number }[]): Promise<void> {
    for (const move of await movesOf(`${model},${id}`, [['from_location', '=', place['IN']]])) {
      const [first, ...more] = parts.filter((part) => part.sku === move['product.'].code && part.quantity > 0);
      await call('stock.move', 'write', [[move.id], { quantity: first!.quantity, to_location: first!.to }]);
      for (const part of more) await call('stock.move', 'copy', [[move.id], { quantity: part.quantity, to_location: part.to, shipment: `${model},${id}`, state: 'draft' }]);
    }
    await press(model, id, 'done');
  }

  for (const [sku, quantity] of Object.entries(SHELVES)) await count(sku, place['STO']!, quantity);
  await count(null, place['STO']!, 10);
  const opening = await drain(warehouse, null, true);
  let { cursor } = opening;

  return {
    warehouse, lacks: ['carriers', 'lineReferences of receipts'],
    stranger: () => trytonWarehouse({ ...settings, password: 'wrong' }),
    async hear() { const heard = await drain(warehouse, cursor, true); ({ cursor } = heard); return heard; },
    hearAndDie: () => drain(warehouse, cursor, false),
    async hearAllAgain() {
      const known = new Set(opening.facts.map((fact) => ('id' in fact ? `${fact.type} ${fact.id}` : '')));
      const heard = await drain(warehouse, null, false);
      return { ...heard, facts: heard.facts.filter((fact) => !('id' in fact) || !known.has(`${fact.type} ${fact.id}`)) };
    },
    book: async (sku) => ({ onHand: await standing(sku, [place['STO']!, place['OUT']!]), unsellable: await standing(sku, [place['DAM']!, place['QUA']!]) }),
    ordersUnder: async (reference) => (await find('sale.sale', [['reference', 'like', `${reference}%`], ['description', 'not like', '%cancelled by Instep%']])).length,
    linesOf: async (reference) => (await call<{ quantity: number; 'product.': { code: string } }[]>('sale.line', 'search_read', [[['sale.reference', '=', reference]], 0, 100, [['id', 'ASC']], ['quantity', 'product.code']])).map((line) => ({ sku: line['product.'].code, quantity: line.quantity })),
    // A confirmed sale is an order taken: there is nothing to press.
    async acknowledge() {},
    async refuse(reference) {
      const [sale] = await call<[{ shipments: number[] }]>('sale.sale', 'search_read', [[['reference', '=', reference]], 0, 1, null, ['shipments']]);
      await call('stock.shipment.out', 'cancel', [sale.shipments]);
    },
    ship: (reference, lines, numbers) => ship([['reference', '=', reference]], lines, numbers),
    async receiveReturn(reference) {
      const [sale] = await call<[{ shipment_returns: [number] }]>('sale.sale', 'search_read', [[['reference', '=', reference]], 0, 1, null, ['shipment_returns']]);
      await press('stock.shipment.out.return', sale.shipment_returns[0], 'receive');
    },
    async inspectReturn(reference, lines) {
      const [sale] = await call<[{ shipment_returns: [number] }]>('sale.sale', 'search_read', [[['reference', '=', reference]], 0, 1, null, ['shipment_returns']]);
      const places = { sellable: place['STO']!, damaged: place['DAM']!, quarantine: place['QUA']!, scrap: place['lost']! };
      await putAway('stock.shipment.out.return', sale.shipment_returns[0], lines.map(({ sku, quantity, disposition }) => ({ sku, quantity, to: places[disposition] })));
    },
    async receiveGoods(reference, lines) {
      const [supplier] = await call<[{ id: number; addresses: [number] }]>('party.party', 'search_read', [[['code', '=', 'POTTERY']], 0, 1, null, ['addresses']]);
      const [{ currency }] = await call<[{ currency: number }]>('company.company', 'read', [[company], ['currency']]);
      const wanted = await Promise.all(lines.map(async (line) => ({ type: 'line', product: await product(line.sku), unit: 1, quantity: line.quantity, unit_price: { __class__: 'Decimal', decimal: '1' }, description: line.sku })));
      const [purchase] = await call<[number]>('purchase.purchase', 'create', [[{ company, party: supplier.id, invoice_address: supplier.addresses[0], currency, warehouse: place['WH'], reference, invoice_method: 'manual', lines: [['create', wanted]] }]]);
      await press('purchase.purchase', purchase, 'quote', 'confirm');
      const [{ moves }] = await call<[{ moves: number[] }]>('purchase.purchase', 'read', [[purchase], ['moves']]);
      const [shipment] = await call<[number]>('stock.shipment.in', 'create', [[{ company, supplier: supplier.id, contact_address: supplier.addresses[0], warehouse: place['WH'], incoming_moves: [['add', moves]] }]]);
      await press('stock.shipment.in', shipment, 'receive');
      await putAway('stock.shipment.in', shipment, lines.flatMap(({ sku, quantity, damaged }) => [{ sku, quantity: quantity - damaged, to: place['STO']! }, { sku, quantity: damaged, to: place['DAM']! }]));
    },
    async adjust(sku, change) { await count(sku, place['STO']!, await call<[{ quantity: number }]>('product.product', 'read', [[await product(sku)], ['quantity']], { locations: [place['STO']], with_childs: false }).then(([row]) => row.quantity) + change); },
    loseAnswer(step) { lost = step === 'first' ? /sale\.sale\.create$/ : /sale\.sale\.confirm$/; },
    async sayNonsense() {
      const [party] = await call<[{ id: number; addresses: [number] }]>('party.party', 'search_read', [[['code', '=', 'SHOP']], 0, 1, null, ['addresses']]);
      const line = { type: 'line', product: await product(null), unit: 1, quantity: 1, unit_price: { __class__: 'Decimal', decimal: '0' }, description: 'by hand' };
      const [sale] = await call<[number]>('sale.sale', 'create', [[{ company, party: party.id, invoice_address: party.addresses[0], shipment_address: party.addresses[0], currency: 1, warehouse: place['WH'], reference: 'BY-HAND', invoice_method: 'manual', shipment_method: 'order', lines: [['create', [line]]] }]]);
      await press('sale.sale', sale, 'quote', 'confirm');
      await ship([['id', '=', sale]], [{ sku: null, quantity: 1 }], []);
      return 'code';
    },
    async stop() {
      await warehouse.close();
      proxy.closeAllConnections();
      await new Promise((resolve) => { proxy.close(resolve); });
      await tryton.stop();
    },
  };
}
