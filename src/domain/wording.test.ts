import fc from 'fast-check';
import { expect, it } from 'vitest';
import { some, unstopped } from './wording.ts';

it('counts with the noun that fits', () => expect([some(0, 'unit'), some(1, 'unit'), some(1_200, 'unit'), some(1, 'entry', 'entries'), some(2, 'entry', 'entries')]).toEqual(['0 units', '1 unit', '1,200 units', '1 entry', '2 entries']));
it('ends a sentence with one stop, whatever was said', () => fc.assert(fc.property(fc.string(), fc.stringMatching(/^[. ]*$/), (said, stops) => { expect(`${unstopped(said + stops)}.`).not.toMatch(/\.\s*\.$/); expect(unstopped(said + stops)).toBe(unstopped(said)); })));
