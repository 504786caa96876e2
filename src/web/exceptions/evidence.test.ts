import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines, records, scalar, shownEvidence, type Fields } from './evidence.ts';

const cause = (units: number, evidence = 'Shopify has 0 committed, the ledger 3') => ({ cause: 'unknown', units, evidence });
/** Every text a person would read of an evidence. */
const read = (evidence: Fields): string[] => Object.values(shownEvidence(evidence)).flatMap((value) => (records(value) ? value.flatMap((row) => Object.values(row).flatMap(lines)) : lines(value)));

describe('the evidence of a case', () => {
  it('says causes within a row in words, and no figures of a state that agrees', () => {
    const shown = shownEvidence({ ledger: 7, observed: 7, causes: [], states: [{ state: 'quality_control', ledger: 3, observed: 0, difference: -3, causes: [cause(-3)] }] });
    expect(shown).toEqual({ whatDiffers: [{ state: 'quality control', ledger: 3, shopify: 0, difference: -3, causes: [cause(-3)] }] });
    expect(lines([cause(-3), cause(2, '')])).toEqual(['Unknown −3: Shopify has 0 committed, the ledger 3', 'Unknown +2']);
  });
  it('shows available where it is what differs', () => expect(shownEvidence({ ledger: 7, observed: 9, causes: [cause(2)], states: [] })).toEqual({ whatDiffers: [{ state: 'available', ledger: 7, shopify: 9, difference: 2, causes: [cause(2)] }] }));
  it('leaves the evidence of other cases as it is', () => expect(shownEvidence({ units: 3, facts: ['a', 'b'] })).toEqual({ units: 3, facts: ['a', 'b'] }));
  it('never shows the form it is kept in, however deep', () => {
    const word = fc.stringMatching(/^[a-z ]{1,8}$/), value = fc.letrec<{ any: unknown }>((tie) => ({ any: fc.oneof({ maxDepth: 4 }, word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(word, tie('any'), { maxKeys: 3 })) })).any;
    fc.assert(fc.property(fc.dictionary(word, value, { maxKeys: 4 }), (evidence) => { for (const text of read(evidence)) expect(text).not.toMatch(/[{}[\]"]|undefined/); }));
  });
  it('loses no value', () => fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => { expect(lines({ deep: { list: [{ a }, { b }] } }).join()).toContain(String(a)); expect(scalar(b)).toBe(true); })));
});
