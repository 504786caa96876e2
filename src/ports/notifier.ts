/** What we need of somebody who carries messages to people outside. */
export interface Mail {
  to: string; subject: string; text: string; html?: string;
  attachments: { name: string; type: string; content: Buffer | string }[];
  /** The same for every try of one mail, so that a mailbox can tell a repeated one. Letters, digits, `.` and `-`. */
  id: string;
}

export interface Notifier {
  /** Hands a mail over. Throws `MailRefused` when trying again will not help; anything else may be tried again. */
  sendMail(mail: Mail): Promise<void>;
  close(): void;
}

/** A definite no of the mail server (5xx), with its words. */
export class MailRefused extends Error { override name = 'MailRefused'; }
