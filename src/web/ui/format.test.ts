import { describe, expect, it } from 'vitest';
import { clock, count, day, daysInWords, decimal, flowWords, duration, instant, kindName, money, percent, percentTenths, relative, signed, tenths, units } from './format.ts';

describe('numbers', () => {
  it('writes units with groups and a true minus', () => {
    expect([units(1234567), units(-12), signed(3), signed(-2), signed(0)]).toEqual(['1,234,567', '−12', '+3', '−2', '0']);
    expect([decimal(1.25), decimal(-0.5), percent(0.1234)]).toEqual(['1.3', '−0.5', '12.3%']);
  });
  it('counts with their noun', () => expect([count(1, 'unit'), count(2, 'unit'), count(0, 'entry', 'entries')]).toEqual(['1 unit', '2 units', '0 entries']));
});

describe('money', () => {
  it('respects the digits of each currency', () => {
    expect(money(1230, 'GBP')).toBe('£12.30');
    expect(money(1230, 'JPY')).toMatch(/^(JP)?¥1,230$/);
    expect(money(-5, 'EUR')).toBe('−€0.05');
    expect(money(null, 'EUR')).toBe('–');
  });
});

describe('time', () => {
  it('keeps a calendar day what it is, whatever the time zone', () => expect([day('2026-11-24'), day('2026-01-01', true), day(null)]).toEqual(['24 Nov 2026', '1 Jan', '–']));
  it('writes instants in the shop’s zone', () => {
    expect(instant('2026-11-24T03:00:05Z', 'America/New_York')).toContain('23 Nov 2026');
    expect(clock('2026-11-24T14:00:00Z', 'America/New_York', new Date('2026-11-24T20:00:00Z'))).toBe('09:00');
    expect(clock('2026-11-24T03:00:00Z', 'America/New_York', new Date('2026-11-24T20:00:00Z'))).toBe('23 Nov, 22:00');
  });
  it('never rounds an age up', () => expect([duration(0), duration(940), duration(59_999), duration(3_599_999), duration(86_400_000)]).toEqual(['0 s', '940 ms', '59 s', '59 min', '1 d']));
  it('looks both ways', () => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    expect([relative('2026-11-24T11:57:00Z', now), relative('2026-11-24T16:00:00Z', now), relative('2026-11-24T11:59:58Z', now), relative('2026-11-24T15:59:59Z', now), relative('2026-11-24T12:00:59Z', now)]).toEqual(['3 min ago', 'in 4 h', 'just now', 'in 4 h', 'in 59 s']);
  });
  it('writes the days of a sentence in words, and leaves what only looks like one', () => {
    expect(daysInWords('was due on 2026-11-12, not PO-2026-11-12 nor 2026-13-40.')).toBe('was due on 12 Nov 2026, not PO-2026-11-12 nor 2026-13-40.');
  });
  it('gives the figures of a column one form', () => expect([tenths(75), tenths(-0.25), percentTenths(0.93), percentTenths(-0.042)]).toEqual(['75.0', '−0.3', '93.0%', '−4.2%']));
  it('names a flow in passing', () => expect(flowWords('planner-exchange')).toBe('Planner exchange'));
});

it('names kinds as words and keeps abbreviations', () => expect([kindName('STOCK_NEGATIVE'), kindName('SKU_BLANK'), kindName('WEBHOOK_HMAC_FAILED'), kindName('PO_MAIL_FAILED'), kindName('API_VERSION_ENDING')]).toEqual(['Stock negative', 'SKU blank', 'Webhook HMAC failed', 'PO mail failed', 'API version ending']));
