/** Microsoft Teams: a workflow's webhook ("when a Teams webhook request is received"), which takes a message with one Adaptive Card. */
import type { BlockList } from 'node:net';
import { happened, type AlertMessage } from '../../domain/alerts/message.ts';
import { kindWords } from '../../domain/wording.ts';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import { postOutside } from '../outside.ts';

const COLOUR: Record<string, string> = { good: 'good', warn: 'warning', bad: 'attention', neutral: 'default' };

/** Cards read Markdown: brackets, stars and underscores of a title stay what they are. */
const plain = (text: string): string => text.replace(/[\\[\]*_`<>#~]/g, (mark) => `\\${mark}`);
const linked = (text: string, link: string | null): string => (link === null ? plain(text) : `[${plain(text)}](${link})`);

export function teamsCard(message: AlertMessage): object {
  const text = (words: string, more: object = {}): object => ({ type: 'TextBlock', text: words, wrap: true, spacing: 'Small', ...more });
  return {
    type: 'message',
    attachments: [{
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4', msteams: { width: 'Full' },
        body: [
          text(plain(`${message.store.name}: ${message.title}`), { weight: 'Bolder', size: 'Medium' }),
          ...message.cases.flatMap((one) => [
            text(`${linked(`${one.subject} · ${kindWords(one.kind)}`, one.link)} (${plain(happened(one))})`, { spacing: 'Medium', color: one.what === 'resolved' ? 'good' : one.severity === 1 ? 'attention' : one.severity === 2 ? 'warning' : 'default' }), text(plain(one.sentence)),
          ]),
          ...(message.more > 0 ? [text(`and ${message.more} more`)] : []),
          ...(message.digest ? [text(plain(message.digest.verdict)), ...message.digest.lines.map((line) => text(linked(line.text, line.link), { color: COLOUR[line.tone] ?? 'default' }))] : []),
          ...(message.purpose === 'test' ? [text('This channel works.')] : []),
        ],
        actions: [{ type: 'Action.OpenUrl', title: 'Open Instep', url: message.link }],
      },
    }],
  };
}

export function teamsChannel(url: string, allow: BlockList): AlertChannel {
  return { tell: (message) => postOutside(url, JSON.stringify(teamsCard(message)), {}, allow) };
}
