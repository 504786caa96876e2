import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkText, periodText, verifyChain, type Link } from './chain.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const figures = fc.record({ opening: fc.nat(99), closing: fc.nat(99), locations: fc.constant<Link['figures']['locations']>([]) });
const signed = fc.record({ figures, signedBy: fc.constantFrom('ann@shop.example', 'bob@shop.example'), note: fc.option(fc.string({ maxLength: 12 })) });
function chainOf(all: readonly { figures: Link['figures']; signedBy: string; note: string | null }[]): Link[] {
  const links: Link[] = [];
  for (const [n, one] of all.entries()) {
    const day = `2026-0${n + 1}-01`, link = { ...one, periodId: String(n + 1), fromDay: day, toDay: day, digest: hash(periodText(day, day, one.figures)), previous: links.at(-1)?.chain ?? '', signedAt: `${day}T09:00:00.000Z`, signedRole: 'finance' };
    links.push({ ...link, chain: hash(linkText(link)) });
  }
  return links;
}
const chained = fc.array(signed, { minLength: 1, maxLength: 6 }).map(chainOf);
const told = (links: readonly Link[]) => links.map((link) => ({ chain: link.chain, subject: link.fromDay }));
const drawn = chained.chain((links) => fc.record({ links: fc.constant(links), n: fc.nat(links.length - 1) }));

describe('the chain of signed periods', () => {
  it('holds as it was signed', () => {
    fc.assert(fc.property(chained, (links) => { expect(verifyChain(links, told(links), hash)).toEqual([]); }));
  });
  it('breaks where figures, signature or days were changed', () => {
    fc.assert(fc.property(drawn, fc.constantFrom<Partial<Link>>({ signedBy: 'eve@shop.example' }, { note: 'another note' }, { toDay: '2027-01-01' }, { signedAt: '2026-09-09T09:00:00.000Z' }, { figures: { opening: 100, closing: 0, locations: [] } }), ({ links, n }, change) => {
      const faults = verifyChain(links.map((link, at) => (at === n ? { ...link, ...change } : link)), told(links), hash);
      expect(faults.map((fault) => fault.periodId)).toContain(links[n]!.periodId);
    }));
  });
  it('breaks where one was changed and its own hashes were made to fit', () => {
    fc.assert(fc.property(drawn, ({ links, n }) => {
      const old = links[n]!, changed = { ...old, figures: { ...old.figures, closing: old.figures.closing + 1 } }, fitted = { ...changed, digest: hash(periodText(changed.fromDay, changed.toDay, changed.figures)) };
      const forged = links.map((link, at) => (at === n ? { ...fitted, chain: hash(linkText(fitted)) } : link));
      expect(verifyChain(forged, told(links), hash)).not.toEqual([]);
      // Without the log, all but the last is still found by the link after it.
      expect(verifyChain(forged, [], hash).length > 0).toBe(n < links.length - 1);
    }));
  });
  it('breaks where one was taken out, the last one by what the log told', () => {
    fc.assert(fc.property(drawn, ({ links, n }) => { expect(verifyChain(links.filter((_, at) => at !== n), told(links), hash).map((fault) => fault.fault)).toContain('it was signed, and is gone'); }));
  });
});
