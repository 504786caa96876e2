/** A real SMTP server that keeps what it is given; it can refuse or hang up, as told. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll } from 'vitest';

export interface Mailbox { url: string; mails: { to: string[]; text: string }[]; /** How it behaves to the next mail. */ mood: 'takes' | 'refuses' | 'later' }

export async function mailbox(): Promise<Mailbox> {
  const box: Mailbox = { url: '', mails: [], mood: 'takes' };
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'], logger: false,
    onRcptTo(_address, _session, done) { done(box.mood === 'takes' ? null : Object.assign(new Error(box.mood === 'refuses' ? 'no such mailbox' : 'come again'), { responseCode: box.mood === 'refuses' ? 550 : 451 })); },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part)).on('end', () => { box.mails.push({ to: session.envelope.rcptTo.map((r) => r.address), text: Buffer.concat(parts).toString('utf8') }); done(); });
    },
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  box.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  afterAll(() => new Promise<void>((resolve) => { server.close(() => resolve()); }));
  return box;
}
