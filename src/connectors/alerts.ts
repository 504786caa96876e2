/** Which connector carries the messages of a channel: the one place that knows them all by name. */
import type { BlockList } from 'node:net';
import type { ChannelKind } from '../domain/alerts/routing.ts';
import type { AlertChannel } from '../ports/alert-channel.ts';
import type { Notifier } from '../ports/notifier.ts';
import { slackChannel } from './chat/slack.ts';
import { teamsChannel } from './chat/teams.ts';
import { mailChannel } from './email/alert-mail.ts';
import { faultOf } from './outside.ts';
import { keyOf, secretText, webhookChannel } from './webhooks/standard.ts';

export interface Around { notifier: Notifier | null; clock: { now(): Date }; allow: BlockList }
/** `shown` is what people see of the address; `secret` is to be sealed, null when nothing of it is secret. */
export type CheckedAddress = { ok: true; shown: string; secret: string | null } | { ok: false; field: 'address' | 'secret'; message: string };

const MAIL = /^[^\s@,;<>"]{1,64}@[^\s@,;<>"]{1,190}\.[^\s@,;<>"]{2,}$/, MOST_ADDRESSES = 20;
const addressesOf = (text: string): string[] => [...new Set(text.split(/[,;\s]+/).filter(Boolean))];

/** Reads what somebody typed for a channel's address. `signing`: of a webhook, the secret it signs with. */
export function checkAddress(kind: ChannelKind, address: string, signing: string | null, allow: BlockList): CheckedAddress {
  if (kind === 'email') {
    const addresses = addressesOf(address), wrong = addresses.find((one) => !MAIL.test(one));
    if (wrong !== undefined) return { ok: false, field: 'address', message: `${wrong} is not an e-mail address` };
    if (addresses.length === 0 || addresses.length > MOST_ADDRESSES) return { ok: false, field: 'address', message: `expected one to ${MOST_ADDRESSES} e-mail addresses` };
    return { ok: true, shown: addresses.join(', '), secret: null };
  }
  const fault = faultOf(address, allow);
  if (fault !== null) return { ok: false, field: 'address', message: fault };
  const shown = `${new URL(address).host}/…${address.slice(-4)}`;
  if (kind !== 'webhook') return { ok: true, shown, secret: JSON.stringify({ url: address }) };
  if (signing === null || keyOf(signing) === null) return { ok: false, field: 'secret', message: 'expected whsec_ and 24 to 64 bytes in base64' };
  return { ok: true, shown, secret: JSON.stringify({ url: address, secret: signing }) };
}

/** Opens a channel from what `checkAddress` made of its address. */
export function openAlertChannel(kind: ChannelKind, shown: string, secret: string | null, { notifier, clock, allow }: Around): AlertChannel {
  if (kind === 'email') return mailChannel(addressesOf(shown), notifier);
  const kept = JSON.parse(secret ?? '{}') as { url: string; secret: string };
  return kind === 'slack' ? slackChannel(kept.url, allow) : kind === 'teams' ? teamsChannel(kept.url, allow) : webhookChannel(kept.url, kept.secret, clock, allow);
}

/** Another secret for a webhook whose address stays. */
export const withNewSigning = (secret: string, signing: string): string => JSON.stringify({ ...(JSON.parse(secret) as object), secret: signing });
export const newSigningSecret = secretText;
