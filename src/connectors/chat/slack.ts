/** Slack incoming webhooks (also Mattermost and Rocket.Chat, which take the same): one text in Slack's mark-up. */
import type { BlockList } from 'node:net';
import { happened, type AlertMessage } from '../../domain/alerts/message.ts';
import { kindWords } from '../../domain/wording.ts';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import { postOutside } from '../outside.ts';

const DOT: Record<string, string> = { good: ':white_check_mark:', warn: ':warning:', bad: ':red_circle:', neutral: ':small_blue_diamond:' };

/** `&`, `<` and `>` are Slack's control characters; escaped, no title can call a channel or hide a link. */
const plain = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const linked = (text: string, link: string | null): string => (link === null ? plain(text) : `<${link}|${plain(text).replaceAll('|', '¦')}>`);

export function slackText(message: AlertMessage): string {
  return [
    `*${plain(`${message.store.name}: ${message.title}`).replaceAll('*', '∗')}*`,
    ...message.cases.map((one) => `${one.what === 'resolved' ? DOT['good'] : one.severity === 1 ? DOT['bad'] : one.severity === 2 ? DOT['warn'] : DOT['neutral']} ${linked(`${one.subject} · ${kindWords(one.kind)}`, one.link)} (${happened(one)})\n${plain(one.sentence)}`),
    ...(message.more > 0 ? [`and ${message.more} more`] : []),
    ...(message.digest ? [plain(message.digest.verdict), ...message.digest.lines.map((line) => `${DOT[line.tone] ?? DOT['neutral']} ${linked(line.text, line.link)}`)] : []),
    ...(message.purpose === 'test' ? ['This channel works.'] : []),
    `<${message.link}|Open Instep>`,
  ].join('\n');
}

export function slackChannel(url: string, allow: BlockList): AlertChannel {
  return { tell: (message) => postOutside(url, JSON.stringify({ text: slackText(message), unfurl_links: false }), {}, allow) };
}
