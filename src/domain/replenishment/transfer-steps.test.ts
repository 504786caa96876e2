import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStep, stepRefusal, TRANSFER_STATES, TRANSFER_STEPS } from './transfer-steps.ts';

describe('steps of a transfer', () => {
  it.each([
    ['draft', null, 'create', null], ['ready', null, 'ship', null], ['in transit', null, 'receive', null], ['in transit', null, 'ship', null], ['ready', null, 'cancel', null], ['draft', 'create', 'cancel', null], ['ready', null, 'change', null], ['in transit', null, 'change', 'some of it has left already'],
    ['ready', 'ship', 'cancel', 'shipping it has not been answered by Shopify yet'], ['draft', null, 'ship', 'only what is ready can be shipped'], ['received', null, 'cancel', 'its goods are on their way or here: receive it, then send them back by another transfer'],
  ] as const)('%s, asked %s: %s → %s', (state, asked, step, why) => { expect(stepRefusal(state, asked, step, { left: 2, coming: 1 })).toBe(why); });
  it('ships what is left and receives what is coming, else neither', () => {
    expect(stepRefusal('in transit', null, 'ship', { left: 0, coming: 1 })).toBe('only what is ready can be shipped');
    expect(stepRefusal('in transit', null, 'receive', { left: 3, coming: 0 })).toBe('nothing of it is on its way');
  });

  it('makes a call only where Shopify shows that it has not been made', () => {
    expect(nextStep('create', 'draft', null)).toEqual({ do: 'create' });
    expect(nextStep('create', 'draft', { status: 'ready', underWay: 0, isMoved: false, isCountedOver: false })).toEqual({ do: 'record' });
    expect(nextStep('ship', 'ready', { status: 'in transit', underWay: 1, isMoved: true, isCountedOver: false })).toEqual({ do: 'record' });
    expect(nextStep('ship', 'in transit', { status: 'in transit', underWay: 1, isMoved: false, isCountedOver: false })).toEqual({ do: 'ship' });
    expect(nextStep('ship', 'ready', { status: 'cancelled', underWay: 0, isMoved: false, isCountedOver: false })).toMatchObject({ do: 'refuse' });
    expect(nextStep('receive', 'in transit', { status: 'in transit', underWay: 0, isMoved: true, isCountedOver: false })).toEqual({ do: 'record' });
    expect(nextStep('receive', 'in transit', { status: 'received', underWay: 0, isMoved: false, isCountedOver: false })).toMatchObject({ do: 'refuse' });
    expect(nextStep('receive', 'in transit', { status: 'in transit', underWay: 1, isMoved: false, isCountedOver: true })).toMatchObject({ do: 'refuse' });
    expect(nextStep('change', 'ready', { status: 'ready', underWay: 0, isMoved: false, isCountedOver: false })).toEqual({ do: 'change' });
    expect(nextStep('change', 'ready', { status: 'in transit', underWay: 1, isMoved: false, isCountedOver: false })).toMatchObject({ do: 'refuse' });
    expect(nextStep('cancel', 'draft', null)).toEqual({ do: 'settle', state: 'cancelled' });
    expect(nextStep('cancel', 'ready', { status: 'in transit', underWay: 1, isMoved: true, isCountedOver: false })).toMatchObject({ do: 'refuse' });
    expect(nextStep(null, 'ready', null)).toMatchObject({ do: 'refuse' });
  });

  it('does nothing nobody asked for', () => {
    fc.assert(fc.property(fc.option(fc.constantFrom(...TRANSFER_STEPS)), fc.constantFrom(...TRANSFER_STATES), fc.option(fc.record({ status: fc.constantFrom(...TRANSFER_STATES, 'other' as const), underWay: fc.nat(3), isMoved: fc.boolean(), isCountedOver: fc.boolean() })), (asked, state, seen) => {
      const next = nextStep(asked, state, seen);
      if (TRANSFER_STEPS.some((step) => step === next.do)) expect(next.do).toBe(asked);
      if (seen?.isMoved && asked !== 'cancel') expect(next).toEqual({ do: 'record' });
    }));
  });
});
