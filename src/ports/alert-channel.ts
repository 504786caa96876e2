/** What we need of a way to tell people or programs something. */
import type { AlertMessage } from '../domain/alerts/message.ts';

export interface AlertChannel {
  /** Hands one message over; `id` is the same for every try of it. Answers what the other side said, in one line. Throws `ChannelGone` or `NotDelivered`; anything else is taken for the latter. */
  tell(message: AlertMessage, id: string): Promise<string>;
}

/** The address does not exist any more (410): nothing is sent there until somebody has looked. */
export class ChannelGone extends Error { override name = 'ChannelGone'; }

/** Not this time; trying again may help. */
export class NotDelivered extends Error {
  override name = 'NotDelivered';
  /** Seconds of rest the other side asked for. */
  readonly askedSeconds: number | null;
  constructor(message: string, askedSeconds: number | null = null) { super(message); this.askedSeconds = askedSeconds; }
}
