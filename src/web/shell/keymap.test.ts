import { describe, expect, it } from 'vitest';
import { CHORD_MS, meaning, type Press } from './keymap.ts';

const places = new Map([['s', '/stock'], ['t', '/']]);
const press = (key: string, more: Partial<Press> = {}): Press => ({ key, ctrl: false, meta: false, alt: false, inField: false, ...more });

describe('meaning', () => {
  it('goes after g, while g is remembered', () => {
    expect(meaning(press('g'), 0, null, places)).toEqual({ does: 'wait' });
    expect(meaning(press('s'), CHORD_MS, 0, places)).toEqual({ does: 'go', to: '/stock' });
    expect(meaning(press('s'), CHORD_MS + 1, 0, places)).toEqual({ does: 'act', key: 's' });
    expect(meaning(press('x'), 10, 0, places)).toEqual({ does: 'act', key: 'x' });
  });
  it('leaves fields alone, but for the palette', () => {
    expect(meaning(press('j', { inField: true }), 0, null, places)).toBeNull();
    expect(meaning(press('/', { inField: true }), 0, null, places)).toBeNull();
    expect(meaning(press('k', { ctrl: true, inField: true }), 0, null, places)).toEqual({ does: 'search' });
    expect(meaning(press('K', { meta: true }), 0, null, places)).toEqual({ does: 'search' });
  });
  it('leaves the browser its own combinations', () => {
    expect(meaning(press('a', { ctrl: true }), 0, null, places)).toBeNull();
    expect(meaning(press('s', { meta: true }), 10, 0, places)).toBeNull();
    expect(meaning(press('Tab'), 0, null, places)).toBeNull();
  });
  it('finds search and help', () => expect([meaning(press('/'), 0, null, places), meaning(press('?'), 0, null, places)]).toEqual([{ does: 'search' }, { does: 'help' }]));
});
