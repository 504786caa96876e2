/** What channels are called, and what they hear, as one reads it. */
import type { AlertChannel } from '../api/alert-queries.ts';
import type { Tone } from '../ui/tone.tsx';

export type Kind = AlertChannel['kind'];
export const KINDS: Record<Kind, { label: string; address: string; placeholder: string; hint: string }> = {
  email: { label: 'E-mail', address: 'Addresses', placeholder: 'ops@shop.example, night@shop.example', hint: 'Up to twenty, by comma.' },
  slack: { label: 'Slack', address: 'Address of the incoming webhook', placeholder: 'https://hooks.slack.com/services/…', hint: 'Slack: Apps → Incoming Webhooks. Mattermost and Rocket.Chat take the same.' },
  teams: { label: 'Microsoft Teams', address: 'Address of the workflow', placeholder: 'https://….logic.azure.com/workflows/…', hint: 'Teams: channel → Workflows → “Post to a channel when a webhook request is received”.' },
  webhook: { label: 'Webhook', address: 'Address', placeholder: 'https://…', hint: 'For programs: JSON, signed as standardwebhooks.com says. It also hears when cases end.' },
};
export const SEVERITIES: Record<number, string> = { 1: 'Only what is wrong now', 2: 'What hurts today, and worse', 3: 'What is for this week, and worse', 4: 'Everything' };
export const STATE: Record<AlertChannel['state'], { tone: Tone; word: string }> = { on: { tone: 'good', word: 'On' }, paused: { tone: 'neutral', word: 'Paused' }, gone: { tone: 'bad', word: 'Address gone' } };

export const hour = (value: number): string => `${String(value).padStart(2, '0')}:00`;

export function health(channel: AlertChannel): { tone: Tone; word: string } {
  return channel.state === 'on' && channel.failingSince !== null ? { tone: 'bad', word: 'Does not get through' } : channel.state === 'on' && channel.deliveredAt === null ? { tone: 'neutral', word: 'Not tried yet' } : STATE[channel.state];
}

export function quietWords({ quiet, quietWeekends }: Pick<AlertChannel, 'quiet' | 'quietWeekends'>): string {
  return [quiet ? `${hour(quiet.from)} to ${hour(quiet.to)}` : '', quietWeekends ? 'weekends' : ''].filter(Boolean).join(' and ') || 'none';
}
