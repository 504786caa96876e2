/** Alerts by mail: text, and the same as HTML without pictures or anything to load. */
import { happened, type AlertMessage } from '../../domain/alerts/message.ts';
import { kindWords } from '../../domain/wording.ts';
import { NotDelivered, type AlertChannel } from '../../ports/alert-channel.ts';
import type { Notifier } from '../../ports/notifier.ts';

const html = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const TONE: Record<string, string> = { good: '#2b7a3d', warn: '#8a5a00', bad: '#b42318', neutral: '#5c636a' };

export function mailText(message: AlertMessage): string {
  return [
    `${message.store.name}: ${message.title}`, '',
    ...message.cases.flatMap((one) => [`${one.subject} · ${kindWords(one.kind)} (${happened(one)})`, `  ${one.sentence}`, `  ${one.link}`, '']),
    ...(message.more > 0 ? [`and ${message.more} more`, ''] : []),
    ...(message.digest ? [message.digest.verdict, ...message.digest.lines.map((line) => `${line.tone === 'bad' ? '!!' : line.tone === 'warn' ? ' !' : '  '} ${line.text}`), ''] : []),
    ...(message.purpose === 'test' ? ['This channel works.', ''] : []),
    `Open Instep: ${message.link}`,
  ].join('\n');
}

export function mailHtml(message: AlertMessage): string {
  const link = (text: string, to: string | null): string => (to === null ? html(text) : `<a href="${html(to)}">${html(text)}</a>`);
  return `<div style="font-family:system-ui,sans-serif;font-size:14px;line-height:1.45;max-width:640px"><h2 style="font-size:17px;margin:0 0 12px">${html(`${message.store.name}: ${message.title}`)}</h2>${[
    ...message.cases.map((one) => `<p style="margin:0 0 12px"><strong>${link(one.subject, one.link)}</strong> · ${html(kindWords(one.kind))} <span style="color:${one.what === 'resolved' ? TONE['good'] : one.severity === 1 ? TONE['bad'] : one.severity === 2 ? TONE['warn'] : TONE['neutral']}">(${html(happened(one))})</span><br>${html(one.sentence)}</p>`),
    ...(message.more > 0 ? [`<p>and ${message.more} more</p>`] : []),
    ...(message.digest ? [`<p><strong>${html(message.digest.verdict)}</strong></p><ul style="padding-left:18px">${message.digest.lines.map((line) => `<li style="color:${TONE[line.tone] ?? TONE['neutral']}">${link(line.text, line.link)}</li>`).join('')}</ul>`] : []),
    ...(message.purpose === 'test' ? ['<p>This channel works.</p>'] : []),
  ].join('')}<p><a href="${html(message.link)}">Open Instep</a></p></div>`;
}

/** `addresses`: of all who get it. Without a mail server every try says so, and is made again once there is one. */
export function mailChannel(addresses: readonly string[], notifier: Notifier | null): AlertChannel {
  return {
    async tell(message, id) {
      if (notifier === null) throw new NotDelivered('No mail server is set: INSTEP_SMTP_URL and INSTEP_MAIL_FROM');
      try {
        await notifier.sendMail({ to: addresses.join(', '), subject: `[Instep] ${message.store.name}: ${message.title}`, text: mailText(message), html: mailHtml(message), attachments: [], id });
      } catch (error) {
        throw new NotDelivered((error as Error).message);
      }
      return `taken by the mail server for ${addresses.length === 1 ? addresses[0] : `${addresses.length} addresses`}`;
    },
  };
}
