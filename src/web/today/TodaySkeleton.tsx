/** Today before its numbers are there: the same layout, so that nothing jumps. */
import { Skeleton } from '@mantine/core';
import { Lines } from '../ui/feedback.tsx';
import { Page, Panel } from '../ui/page.tsx';

export function TodaySkeleton() {
  return (
    <Page title="Today">
      <div className="verdict"><Skeleton height={22} width={380} /></div>
      <div className="tiles">{Array.from({ length: 4 }, (_, n) => <div key={n} className="tile"><Lines rows={3} /></div>)}</div>
      <div className="columns">
        <Panel className="span-7" title="Exceptions"><Lines rows={10} height={18} /></Panel><Panel className="span-5" title="Daily check"><Lines rows={8} /></Panel>
        <Panel className="span-7" title="Units sold per day"><Skeleton height={214} /></Panel><Panel className="span-5" title="Recent changes"><Lines rows={9} /></Panel>
      </div>
    </Page>
  );
}
