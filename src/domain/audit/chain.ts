/**
 * Signed periods as a chain: each link holds the hash of its content and signature and of the link before, so that one that is changed, taken out or put in
 * between later breaks it from there on. Hashing is given from outside; it is SHA-256 in hex.
 */
import { canonical } from '../orders/order-state.ts';
import type { PeriodFigures } from './period.ts';

export interface Link { periodId: string; fromDay: string; toDay: string; figures: PeriodFigures; /** Of days and figures. */ digest: string; /** The chain hash of the link before; '' for the first. */ previous: string; chain: string; signedAt: string; signedBy: string; signedRole: string; note: string | null }
export type ChainFault = 'its figures are not those that were signed' | 'its signature is not the one that was given' | 'the period signed before it is another, or gone' | 'it was signed, and is gone';
export interface BrokenLink { periodId: string | null; subject: string; fault: ChainFault; /** What is there now, so that another change is another fault. */ found: string }

/** What the digest of a period is of. Whoever has the figures can work it out again. */
export const periodText = (from: string, to: string, figures: PeriodFigures): string => canonical({ from, to, figures });

/** What the chain hash of a link is of: a line each, the note last, since it alone may hold line breaks. */
export function linkText(link: Omit<Link, 'periodId' | 'figures' | 'chain'>): string {
  return [link.previous, link.digest, link.fromDay, link.toDay, link.signedAt, link.signedBy, link.signedRole, link.note ?? ''].join('\n');
}

/** `links` in the order they were signed; `told` are the chain hashes that the audit log says were given, with the days they were of. Answers what is broken, nothing where all holds. */
export function verifyChain(links: readonly Link[], told: readonly { chain: string; subject: string }[], hash: (text: string) => string): BrokenLink[] {
  const broken: BrokenLink[] = [];
  let before = '';
  for (const link of links) {
    const say = (fault: ChainFault, found: string): void => void broken.push({ periodId: link.periodId, subject: `${link.fromDay} to ${link.toDay}`, fault, found });
    const content = hash(periodText(link.fromDay, link.toDay, link.figures)), own = hash(linkText(link));
    if (content !== link.digest) say('its figures are not those that were signed', content);
    if (own !== link.chain) say('its signature is not the one that was given', own);
    if (link.previous !== before) say('the period signed before it is another, or gone', before);
    before = link.chain;
  }
  const there = new Set(links.map((link) => link.chain));
  for (const { chain, subject } of told) if (!there.has(chain)) broken.push({ periodId: null, subject, fault: 'it was signed, and is gone', found: chain });
  return broken;
}
