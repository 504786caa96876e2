import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carrierName } from './carrier.ts';
import { planFulfilment, type Made, type PlanInput, type Work } from './plan.ts';

const plain = (): ReadonlyMap<number, number> => new Map([[7, 1]]);
const work = (remaining: number, over: Partial<Work> = {}): Work => ({ id: 'w1', locationId: 'L', status: 'open', holds: [], canFulfil: true, lines: [{ id: 'wl1', lineId: '1', remaining }], ...over });
const made = (id: string, units: number, number: string): Made => ({ id, cancelled: false, locationId: 'L', numbers: [number], lines: { 1: units } });
const base: PlanInput = { locationId: 'L', lines: [{ lineId: '1', itemId: 7, quantity: 2 }], dispatched: [{ lineId: '1', itemId: 7, quantity: 2 }], perUnit: plain, numbers: ['T'], work: [work(5)], made: [], taken: new Set() };

describe('planning a fulfilment', () => {
  it('creates by line id, and nothing a second time once Shopify shows it', () => {
    expect(planFulfilment(base)).toEqual({ do: 'create', groups: [{ fulfilmentOrderId: 'w1', lines: [{ id: 'wl1', quantity: 2 }] }], short: null });
    expect(planFulfilment({ ...base, work: [work(3)], made: [made('f1', 2, 'T')] })).toEqual({ do: 'there', ids: ['f1'] });
  });

  it('however often it is asked, whatever answers are lost: fulfilled units are the dispatched ones', () => {
    const parcels = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 4 }), tries: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(parcels, (given) => {
      let left = given.reduce((sum, p) => sum + p.quantity, 0) + 2, dispatched = 0, next = 1;
      const ordered = left, there: Made[] = [];
      for (const [n, parcel] of given.entries()) {
        dispatched += parcel.quantity;
        for (let attempt = 0; attempt < parcel.tries; attempt++) {
          const plan = planFulfilment({ ...base, lines: [{ lineId: '1', itemId: 7, quantity: parcel.quantity }], dispatched: [{ lineId: '1', itemId: 7, quantity: dispatched }], numbers: [`T${n}`], work: [work(left)], made: there });
          if (plan.do !== 'create') { expect(plan.do).toBe('there'); continue; }
          const units = plan.groups.flatMap((g) => g.lines).reduce((sum, l) => sum + l.quantity, 0);
          left -= units; // done, and the answer is lost
          there.push(made(`f${next++}`, units, `T${n}`));
        }
      }
      expect(there.reduce((sum, f) => sum + f.lines['1']!, 0)).toBe(dispatched);
      expect(left).toBe(ordered - dispatched);
      expect(there).toHaveLength(given.length);
    }));
  });

  it('says of a hold, a move, a schedule, an end and of nothing at all what each is', () => {
    const why = (over: Partial<Work>, none = false) => { const plan = planFulfilment({ ...base, work: none ? [] : [work(5, over)] }); return [plan.do, (plan as { reason?: string }).reason]; };
    expect(why({ status: 'on hold', canFulfil: false, holds: ['Fraud'] })).toEqual(['hold', 'on hold in Shopify (Fraud): release it there']);
    expect(why({ locationId: 'M' })).toEqual(['hold', expect.stringContaining('moved to another location')]);
    expect(why({ status: 'scheduled', canFulfil: false })).toEqual(['hold', expect.stringContaining('scheduled')]);
    expect(why({ status: 'closed', lines: [{ id: 'wl1', lineId: '1', remaining: 0 }] })).toEqual(['hold', expect.stringContaining('nothing is left')]);
    expect(why({}, true)).toEqual(['wait', expect.stringContaining('no fulfilment order yet')]);
  });

  it('fulfils what it can and says what is short', () => {
    expect(planFulfilment({ ...base, work: [work(1)] })).toMatchObject({ do: 'create', groups: [{ lines: [{ quantity: 1 }] }], short: expect.stringContaining('does not allow') });
  });

  it('waits for the whole bundle', () => {
    const set = (): ReadonlyMap<number, number> => new Map([[7, 1], [8, 2]]);
    const half = { ...base, perUnit: set, dispatched: [{ lineId: '1', itemId: 7, quantity: 1 }], lines: [{ lineId: '1', itemId: 7, quantity: 1 }] };
    expect(planFulfilment(half)).toMatchObject({ do: 'hold' });
    const rest = { ...half, dispatched: [...half.dispatched, { lineId: '1', itemId: 8, quantity: 2 }], lines: [{ lineId: '1', itemId: 8, quantity: 2 }] };
    expect(planFulfilment(rest)).toMatchObject({ do: 'create', groups: [{ lines: [{ quantity: 1 }] }] });
  });
});

describe('carriers', () => {
  it.each([['royalmail', 'Royal Mail'], ['DPD UK', 'DPD UK'], ['United Parcel Service', 'UPS'], ['colissimo', 'Colissimo'], ['Correios', 'Correios']])('%s is %s', (given, company) => {
    expect(carrierName(given)).toEqual({ company, known: true });
  });
  it('passes on what nobody knows, and nothing for nothing', () => {
    expect(carrierName('Bob with the van')).toEqual({ company: 'Bob with the van', known: false });
    expect(carrierName('  ')).toBeNull();
  });
});
