/** Whether what happens in the shop is told at once: subscriptions that went missing, silence, bad signatures, messages nobody could read. */
import { type Check } from '../check.ts';
import { some } from '../../wording.ts';

/** Subscriptions, silence, signatures, readability. */
const THINGS = 4;

export const webhooks: Check = {
  id: 'webhooks', title: 'Webhook health', severity: 2, owner: 'integration owner', needs: ['own'], fix: 'Flows → subscriptions: run it. If it stays silent, look whether Shopify can reach the public address of Instep.',
  run(facts) {
    const { webhooks: health } = facts.own!, gap = (subject: string, sentence: string, units = 0) => ({ subject, sentence, units, money: null, evidence: { heardAt: health.heardAt, lastChangeAt: health.lastChangeAt } });
    const gaps = health.faults.map((fault) => gap(fault.kind, `${fault.sentence} (since ${fault.since})`));
    if (health.heardAt === null && health.lastChangeAt !== null) gaps.push(gap('Silence', `No webhook was ever heard, though orders changed up to ${health.lastChangeAt}.`));
    if (health.deadLetters > 0) gaps.push(gap('Messages nobody could read', `${some(health.deadLetters, 'message')} could not be read and wait for a person.`));
    return { checked: Math.max(THINGS, gaps.length), gaps };
  },
};
