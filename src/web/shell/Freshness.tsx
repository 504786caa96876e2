/** How old the numbers are: always on screen, every feed behind it. */
import { Popover, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { freshnessQuery, type Feed } from '../api/queries.ts';
import { duration } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Ago, useNow } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';

const LOOK: Record<Feed['state'], { tone: Tone; icon: Icon; word: string }> = {
  good: { tone: 'good', icon: IconCircleCheck, word: 'On time' }, warn: { tone: 'warn', icon: IconAlertTriangle, word: 'Late' },
  bad: { tone: 'bad', icon: IconCircleX, word: 'Too old' }, never: { tone: 'neutral', icon: IconCircleDashed, word: 'Never yet' },
};
const ORDER: readonly Feed['state'][] = ['bad', 'warn', 'never', 'good'];

/** The worst state of the feeds; a feed that never was counts only when all others are well. */
export function worst(feeds: readonly Feed[]): Feed['state'] {
  return ORDER.find((state) => feeds.some((feed) => feed.state === state)) ?? 'never';
}

/** Screens step every five seconds, so less than that is now. */
const age = (ms: number): string => (ms < 5_000 ? 'now' : duration(ms));

export function Freshness({ store }: { store: number }) {
  const { data, isError } = useQuery(freshnessQuery(store)), now = useNow();
  const feeds = data?.feeds ?? [];
  const state = isError ? 'bad' : worst(feeds);
  const late = feeds.filter((feed) => feed.state === 'bad' || feed.state === 'warn');
  const events = feeds.find((feed) => feed.key === 'webhooks');
  const words = isError ? 'Freshness unknown' : !data ? 'Reading…' : late.length > 0 ? `${late[0]!.label} ${late[0]!.lastSuccessAt ? duration(now - Date.parse(late[0]!.lastSuccessAt)) : 'late'}${late.length > 1 ? ` +${late.length - 1}` : ''}`
    : events?.lastEventAt ? `Shopify ${age(now - Date.parse(events.lastEventAt))}` : 'On time';
  return (
    <Popover width={560} position="bottom-end">
      <Popover.Target>
        <UnstyledButton className="pill-button" aria-label={`How fresh the numbers are: ${words}`}><Status tone={LOOK[state].tone} icon={LOOK[state].icon} pill>{words}</Status></UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Freshness by feed" className="fresh">
        <Wide label="Feeds"><table className="plain">
          <thead><tr><th>Feed</th><th>State</th><th>Last</th><th className="num">Lag p50 / p99</th><th className="num">Waiting</th></tr></thead>
          <tbody>
            {feeds.map((feed) => (
              <tr key={feed.key}>
                <td>{feed.label}</td><td><Status tone={LOOK[feed.state].tone} icon={LOOK[feed.state].icon}>{LOOK[feed.state].word}</Status></td><td><Ago at={feed.lastSuccessAt} /></td>
                <td className="num">{feed.lagP50Ms === null ? '–' : `${duration(feed.lagP50Ms)} / ${duration(feed.lagP99Ms ?? feed.lagP50Ms)}`}</td><td className="num">{feed.backlog}</td>
              </tr>
            ))}
          </tbody>
        </table></Wide>
      </Popover.Dropdown>
    </Popover>
  );
}
