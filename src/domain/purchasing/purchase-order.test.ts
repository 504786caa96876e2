import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { purchaseChanges } from './changes.ts';
import { landedCost } from './landed-cost.ts';
import { approvalRefused, needsApproval, passedLimit } from './approval.ts';
import { act, goodsValue, orderValue, ON_ORDER, openUnits, TRANSITIONS, type PurchaseAction, type PurchaseOrder } from './purchase-order.ts';

const line = (itemId: number, ordered: number, unitCost = 250): PurchaseOrder['lines'][number] => ({ line: itemId, itemId, supplierSku: null, ordered, unitCost, expectedOn: null, received: 0, damaged: 0, cancelled: 0, recommendation: null });
const DRAFT: PurchaseOrder = {
  reference: 'PO-00001', supplierId: 1, locationId: 1, state: 'draft', currency: 'EUR', orderedOn: null, expectedOn: null, shipping: 0, duty: 0, otherCost: 0, notes: '', version: 1, madeBy: ['ann'], approvedBy: null,
  lines: [line(1, 10), line(2, 24, 999)],
};
const WHO = fc.constantFrom('ann', 'bob', 'cleo');
const lines = fc.array(fc.record({ itemId: fc.constantFrom(1, 2, 3), quantity: fc.nat(15), damaged: fc.nat(3) }), { maxLength: 3 });
const anyAction: fc.Arbitrary<PurchaseAction> = fc.oneof(
  fc.record({ do: fc.constant('amend' as const), by: WHO, shipping: fc.nat(9_999), lines: fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1 }).chain((ids) => fc.tuple(...ids.map((itemId) => fc.nat(40).map((ordered) => ({ itemId, ordered, unitCost: itemId * 111, supplierSku: null, expectedOn: null }))))) }),
  fc.record({ do: fc.constant('amend' as const), by: WHO, duty: fc.nat(9_999) }),
  fc.record({ do: fc.constant('submit' as const), by: WHO, needsApproval: fc.boolean() }),
  fc.record({ do: fc.constantFrom('approve' as const, 'reopen' as const, 'close' as const, 'cancel' as const), by: WHO }),
  fc.record({ do: fc.constant('send' as const), by: WHO, today: fc.constant('2026-03-02'), expectedOn: fc.constantFrom(null, '2026-03-20') }),
  fc.record({ do: fc.constant('confirm' as const), by: WHO, expectedOn: fc.constantFrom(null, '2026-03-22') }),
  fc.record({ do: fc.constantFrom('receive' as const, 'take back' as const), by: WHO, lines }),
);
/** Long walks that come far: an action the state allows is tried more often than one it forbids. */
const walk = fc.array(anyAction, { maxLength: 60 });

describe('any life of a purchase order', () => {
  it('makes no forbidden transition, counts a version for each accepted action and none for a refused one', () => {
    fc.assert(fc.property(walk, (actions) => {
      let order = DRAFT;
      for (const action of actions) {
        const before = structuredClone(order), result = act(order, action);
        expect(order).toEqual(before); // never changed in place
        if ('refused' in result) { expect(result.refused.length).toBeGreaterThan(10); continue; }
        expect(TRANSITIONS[action.do]).toContain(order.state);
        expect(result.order.version).toBe(order.version + 1);
        order = result.order;
      }
    }), { numRuns: 500 });
  });

  it('keeps open = ordered − received − damaged − cancelled, and expects nothing once it is over', () => {
    fc.assert(fc.property(walk, (actions) => {
      let order = DRAFT;
      for (const action of actions) {
        const result = act(order, action);
        if ('refused' in result) continue;
        order = result.order;
        for (const l of order.lines) {
          expect(Math.min(l.received, l.damaged, l.cancelled)).toBeGreaterThanOrEqual(0);
          const open = openUnits(l);
          if (open > 0) expect(l.received + l.damaged + l.cancelled + open).toBe(l.ordered);
          else expect(l.received + l.damaged + l.cancelled).toBeGreaterThanOrEqual(l.ordered);
        }
        const open = order.lines.reduce((sum, l) => sum + openUnits(l), 0);
        if (['received', 'closed', 'cancelled'].includes(order.state)) expect(open).toBe(0);
        if (order.state === 'part received') { expect(open).toBeGreaterThan(0); expect(order.lines.some((l) => l.received + l.damaged > 0)).toBe(true); }
        if (order.state === 'draft' || order.state === 'cancelled') expect(order.lines.every((l) => l.received + l.damaged === 0)).toBe(true);
        if (ON_ORDER.includes(order.state)) expect(order.orderedOn).not.toBeNull();
      }
    }), { numRuns: 500 });
  });

  it('is never approved by somebody who had a hand in it', () => {
    fc.assert(fc.property(walk, (actions) => {
      let order = DRAFT;
      for (const action of actions) {
        const result = act(order, action);
        if (action.do === 'approve' && 'order' in result) expect(order.madeBy).not.toContain(action.by);
        if ('order' in result) order = result.order;
      }
    }), { numRuns: 300 });
  });

  it('shares shipping, duty and other cost to the last cent', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(500), fc.nat(100_000)), { minLength: 1, maxLength: 20 }), fc.nat(10_000_000), fc.nat(10_000_000), fc.nat(99), (given, shipping, duty, otherCost) => {
      const order = { currency: 'EUR', shipping, duty, otherCost, lines: given.map(([ordered, cost], n) => line(n + 1, ordered, cost)) };
      const landed = landedCost(order);
      expect(landed.reduce((sum, l) => sum + l.share, 0)).toBe(shipping + duty + otherCost);
      expect(landed.reduce((sum, l) => sum + l.landed, 0)).toBe(goodsValue(order) + shipping + duty + otherCost);
      for (const l of landed) expect(l.share).toBeGreaterThanOrEqual(0);
    }));
  });

  it('lands its charges on what came and still comes, to the last cent, however short it is closed', () => {
    const given = fc.tuple(fc.nat(200), fc.nat(5_000), fc.nat(300), fc.nat(20)), charges = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(99));
    fc.assert(fc.property(fc.array(given, { minLength: 1, maxLength: 12 }), charges, fc.boolean(), (all, [shipping, duty, otherCost], closed) => {
      const lines = all.map(([ordered, cost, received, damaged], n) => ({ ...line(n + 1, ordered, cost), received, damaged })), sent: PurchaseOrder = { ...SENT, shipping, duty, otherCost, lines }, order = closed ? step(sent, { do: 'close', by: 'ann' }) : sent;
      const landed = landedCost(order), came = order.lines.map((one) => one.received + one.damaged), units = landed.reduce((sum, one) => sum + one.units, 0), value = landed.reduce((sum, one) => sum + one.goods, 0);
      expect(landed.reduce((sum, one) => sum + one.share, 0)).toBe(shipping + duty + otherCost);
      order.lines.forEach((one, n) => {
        expect(landed[n]!.units).toBe(closed ? came[n] : Math.max(came[n]!, one.ordered));
        expect(landed[n]!.goods).toBe(landed[n]!.units * one.unitCost);
        if (units > 0 && landed[n]!.units === 0) expect(landed[n]!.share).toBe(0);
        // Three charges, each to within a cent of its part by value.
        if (value > 0) expect(Math.abs(landed[n]!.share - ((shipping + duty + otherCost) * landed[n]!.goods) / value)).toBeLessThan(3);
      });
    }));
  });

  it('closed short, bears the whole freight on the half that came', () => {
    const sent: PurchaseOrder = { ...SENT, shipping: 1_000, duty: 0, otherCost: 0, lines: [{ ...line(1, 10, 100), received: 5 }, line(2, 10, 100)] };
    expect(landedCost(sent).map(({ units, share, landedUnitCost }) => [units, share, landedUnitCost])).toEqual([[10, 500, 150], [10, 500, 150]]);
    expect(landedCost(step(sent, { do: 'close', by: 'ann' })).map(({ units, share, landedUnitCost }) => [units, share, landedUnitCost])).toEqual([[5, 1_000, 300], [0, 0, 100]]);
  });
});

const step = (order: PurchaseOrder, ...actions: PurchaseAction[]): PurchaseOrder => actions.reduce((now, action) => {
  const result = act(now, action);
  if ('refused' in result) throw new Error(result.refused);
  return result.order;
}, order);
const SENT = step(DRAFT, { do: 'submit', by: 'ann', needsApproval: false }, { do: 'send', by: 'ann', today: '2026-03-02', expectedOn: '2026-03-20' });

describe('approval', () => {
  it('is wanted above the limit, in a currency without one, and by nobody where none is set', () => {
    expect(goodsValue(DRAFT)).toBe(10 * 250 + 24 * 999);
    const own = { inStore: 26_476, storeCurrency: 'EUR' }, foreign = { ...DRAFT, currency: 'USD' };
    expect(needsApproval(DRAFT, {}, own)).toBe(false);
    expect(needsApproval(DRAFT, { EUR: 26_476 }, own)).toBe(false);
    expect(needsApproval(DRAFT, { EUR: 26_475 }, own)).toBe(true);
    expect(needsApproval(DRAFT, { USD: 1_000_000 }, own)).toBe(true);
    // Bought in dollars, measured by the limit in euros at the day's rate; without a rate it waits, and a limit in dollars goes before.
    expect(needsApproval(foreign, { EUR: 24_000 }, { inStore: 23_828, storeCurrency: 'EUR' })).toBe(false);
    expect(needsApproval(foreign, { EUR: 23_000 }, { inStore: 23_828, storeCurrency: 'EUR' })).toBe(true);
    expect(needsApproval(foreign, { EUR: 1_000_000 }, { inStore: null, storeCurrency: 'EUR' })).toBe(true);
    expect(needsApproval(foreign, { EUR: 1, USD: 26_476 }, { inStore: null, storeCurrency: 'EUR' })).toBe(false);
  });
  it('is given by no maker, and by nobody above what they may approve', () => {
    const amount = fc.option(fc.integer({ min: 0, max: 50_000 })), email = fc.constantFrom('ann', 'bob@shop.example', 'cleo@shop.example'), role = fc.constantFrom('admin' as const, 'planner' as const, 'finance' as const);
    const approvers = fc.array(fc.oneof(fc.record({ role, amount }), fc.record({ email, amount })), { maxLength: 5 });
    fc.assert(fc.property(approvers, email, role, fc.option(fc.integer({ min: 0, max: 60_000 })), (named, who, as, inStore) => {
      const refused = approvalRefused(DRAFT, { email: who, role: as }, named, { inStore, storeCurrency: 'EUR' });
      if (who === 'ann') { expect(refused).toContain('somebody else must approve it'); return; }
      if (named.length === 0) { expect(refused).toBeNull(); return; }
      const own = named.find((one) => 'email' in one && one.email === who) ?? named.find((one) => 'role' in one && one.role === as);
      if (refused === null) { expect(own).toBeDefined(); if (own!.amount !== null) expect(inStore).not.toBeNull(); if (own!.amount !== null && inStore !== null) expect(inStore).toBeLessThanOrEqual(own!.amount); } else if (own?.amount === null) expect.unreachable();
    }));
    expect(approvalRefused(DRAFT, { email: 'bob@shop.example', role: 'planner' }, [{ role: 'planner', amount: 500_000 }, { email: 'cleo@shop.example', amount: null }], { inStore: 720_000, storeCurrency: 'EUR' })).toBe('PO-00001 comes to €7,200.00, and bob@shop.example may approve up to €5,000.00: role planner up to €5,000.00, cleo@shop.example any amount may');
  });
  it('is not asked for charges that are billed for goods on their way, and what they bring above the limit is told', () => {
    const billed = step(SENT, { do: 'amend', by: 'ann', shipping: 500_000 }), value = (order: PurchaseOrder) => ({ inStore: orderValue(order), storeCurrency: 'EUR' }), told = (order: PurchaseOrder, approved: number | null = orderValue(SENT)) => passedLimit(order, approved, { EUR: 30_000 }, value(order), [{ role: 'finance', amount: null }]);
    expect(billed.state).toBe('sent');
    expect(told(billed)).toBe('PO-00001 was approved within the limit at €264.76; charges entered since bring it to €5,264.76, above the limit of €300.00. Charges that are billed are not held back: let somebody who may approve that much look at them (role finance any amount).');
    // Within the limit still; approved at that; brought in from elsewhere; taken back to a draft.
    expect([told(SENT), told(step(SENT, { do: 'amend', by: 'ann', shipping: 100 })), told(billed, orderValue(billed)), told(billed, null), told(step(billed, { do: 'reopen', by: 'ann' })), told(step(billed, { do: 'cancel', by: 'ann' }))]).toEqual([null, null, null, null, null, null]);
  });
  it('waits for another person', () => {
    const waiting = step(DRAFT, { do: 'amend', by: 'bob', shipping: 100 }, { do: 'submit', by: 'ann', needsApproval: true });
    expect(waiting.state).toBe('awaiting approval');
    expect(act(waiting, { do: 'approve', by: 'ann' })).toEqual({ refused: 'PO-00001 was made, changed or submitted by ann: somebody else must approve it' });
    expect(act(waiting, { do: 'approve', by: 'bob' })).toHaveProperty('refused');
    expect(step(waiting, { do: 'approve', by: 'cleo' })).toMatchObject({ state: 'approved', approvedBy: 'cleo' });
    expect(act(waiting, { do: 'send', by: 'ann', today: '2026-03-02', expectedOn: null })).toEqual({ refused: 'PO-00001 is awaiting approval: send is possible when it is approved' });
  });
});

it('reopened, has no promise of a sending before; a day that was only drafted stays', () => {
  const drafted = step(DRAFT, { do: 'amend', by: 'ann', expectedOn: '2026-03-15' }, { do: 'submit', by: 'ann', needsApproval: false }), sent = step(drafted, { do: 'send', by: 'ann', today: '2026-03-02', expectedOn: '2026-03-20' });
  expect(step(drafted, { do: 'reopen', by: 'ann' })).toMatchObject({ state: 'draft', expectedOn: '2026-03-15' });
  expect(step(sent, { do: 'reopen', by: 'ann' })).toMatchObject({ state: 'draft', orderedOn: null, expectedOn: null });
  expect(step(sent, { do: 'confirm', by: 'ann', expectedOn: '2026-03-25' }, { do: 'reopen', by: 'ann' })).toMatchObject({ expectedOn: null });
});

describe('receipts', () => {
  it('of goods that come after all are taken for a closed order, which stays closed; of a cancelled one the way is named', () => {
    const closed = step(SENT, { do: 'receive', by: 'dot', lines: [{ itemId: 1, quantity: 6, damaged: 1 }] }, { do: 'close', by: 'ann' });
    const late = step(closed, { do: 'receive', by: 'dot', lines: [{ itemId: 1, quantity: 2, damaged: 0 }, { itemId: 2, quantity: 30, damaged: 0 }] });
    expect([late.state, ...late.lines.map(({ received, cancelled }) => [received, cancelled])]).toEqual(['closed', [8, 1], [30, 0]]);
    expect(step(late, { do: 'take back', by: 'dot', lines: [{ itemId: 2, quantity: 30, damaged: 0 }] }).lines[1]).toMatchObject({ received: 0, cancelled: 24 });
    expect(act(step(SENT, { do: 'cancel', by: 'ann' }), { do: 'receive', by: 'dot', lines: [{ itemId: 1, quantity: 6, damaged: 0 }] })).toEqual({ refused: 'PO-00001 is cancelled: for goods of it that come all the same, duplicate it, send the copy by hand and receive them for that' });
  });
  it('may be partial, over, short and damaged', () => {
    const part = step(SENT, { do: 'receive', by: 'dot', lines: [{ itemId: 1, quantity: 6, damaged: 1 }] });
    expect([part.state, ...part.lines.map(openUnits)]).toEqual(['part received', 3, 24]);
    const over = step(part, { do: 'receive', by: 'dot', lines: [{ itemId: 1, quantity: 3, damaged: 0 }, { itemId: 2, quantity: 25, damaged: 0 }] });
    expect([over.state, over.lines[1]!.received]).toEqual(['received', 25]);
    const short = step(part, { do: 'close', by: 'ann' });
    expect(short.lines.map((l) => l.cancelled)).toEqual([3, 24]);
    expect(act(part, { do: 'cancel', by: 'ann' })).toHaveProperty('refused');
    expect(act(SENT, { do: 'receive', by: 'dot', lines: [{ itemId: 9, quantity: 1, damaged: 0 }] })).toEqual({ refused: 'PO-00001 has no line of item 9' });
    expect(act(SENT, { do: 'receive', by: 'dot', lines: [] })).toHaveProperty('refused');
  });
  it('taken back, goods are on their way again, unless the order was closed', () => {
    const lines = [{ itemId: 1, quantity: 6, damaged: 1 }], part = step(SENT, { do: 'receive', by: 'dot', lines });
    expect(step(part, { do: 'take back', by: 'dot', lines })).toMatchObject({ state: 'sent', lines: [{ received: 0, damaged: 0 }, {}] });
    expect(step(part, { do: 'close', by: 'ann' }, { do: 'take back', by: 'dot', lines }).lines.map((l) => l.cancelled)).toEqual([10, 24]);
    expect(act(part, { do: 'take back', by: 'dot', lines: [{ itemId: 1, quantity: 7, damaged: 0 }] })).toHaveProperty('refused');
  });
});

it('says what changed between versions, and nothing when nothing did', () => {
  const after = step(DRAFT, { do: 'amend', by: 'ann', notes: 'soon', lines: [{ itemId: 1, ordered: 12, unitCost: 250, supplierSku: null, expectedOn: null }, { itemId: 3, ordered: 5, unitCost: 10, supplierSku: null, expectedOn: null }] });
  expect(purchaseChanges(DRAFT, after)).toEqual([
    { itemId: null, field: 'notes', from: '', to: 'soon' }, { itemId: 1, field: 'ordered', from: 10, to: 12 }, { itemId: 3, field: 'ordered', from: null, to: 5 }, { itemId: 2, field: 'ordered', from: 24, to: null },
  ]);
  fc.assert(fc.property(walk, (actions) => {
    const order = actions.reduce((now, action) => { const r = act(now, action); return 'order' in r ? r.order : now; }, DRAFT);
    expect(purchaseChanges(order, order)).toEqual([]);
  }));
});
