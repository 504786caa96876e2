import { describe, expect, it } from 'vitest';
import { address } from './api/client.ts';
import { staleKeys } from './api/live.ts';
import { snoozedUntil } from './exceptions/actions.ts';
import { oneOf, positive, subject, subjectText, text } from './search-params.ts';

describe('addresses', () => {
  it('takes what it understands and leaves the rest', () => {
    expect([text(''), text('a'), text(7), text('x'.repeat(301)), text({})]).toEqual([undefined, 'a', '7', undefined, undefined]);
    expect([positive('12'), positive('0'), positive('-1'), positive('1e3'), positive(5)]).toEqual([12, undefined, undefined, undefined, 5]);
    expect([oneOf('b', ['a', 'b']), oneOf('c', ['a', 'b'])]).toEqual(['b', undefined]);
  });
  it('names a figure and reads it back', () => {
    const named = { itemId: 39, locationId: 2, figure: 'quality_control' };
    expect(subject(subjectText(named))).toEqual(named);
    for (const wrong of [undefined, '39', '39@2', 'x@2:y', '39@2:<b>']) expect(subject(wrong)).toBeNull();
  });
  it('leaves out what is not set', () => expect(address('/stock', { store: 1, q: 'a,b', vendor: undefined, location: '' })).toBe('/api/v1/stock?store=1&q=a%2Cb'));
});

it('a change makes each query stale once', () => {
  const keys = staleKeys(['stock', 'exceptions', 'unheard of']);
  expect(keys).toContain('stock');
  expect(keys.filter((key) => key === 'today')).toHaveLength(1);
});

it('snoozes by whole hours', () => expect(snoozedUntil(24, Date.parse('2026-11-24T09:00:00Z'))).toBe('2026-11-25T09:00:00.000Z'));
