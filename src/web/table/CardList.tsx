/** The same list on a phone: a card a row, with the few columns that matter there. */
import { Skeleton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import type { TableProps } from './column.ts';

export function CardList<Row>({ columns, rows, rowId, query, open, label, state }: TableProps<Row> & { state: ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 104, overscan: 5, getItemKey: (index) => rowId(rows[index]!) });
  const items = virtual.getVirtualItems(), last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (query.hasNextPage && !query.isFetchingNextPage && last >= rows.length - 10) void query.fetchNextPage();
  }, [last, rows.length, query]);
  if (state) return <div className="cards">{state}</div>;
  if (query.isPending) return <div className="cards stack" aria-busy>{Array.from({ length: 6 }, (_, n) => <Skeleton key={n} height={92} radius={8} />)}</div>;
  const lead = columns.filter((column) => column.card === 'lead'), notes = columns.filter((column) => column.card === 'note'), pairs = columns.filter((column) => column.card === 'pair' || column.card === 'wide');
  return (
    <div ref={scroller} className="cards" role="list" aria-label={label} tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
        {items.map((item) => {
          const row = rows[item.index]!;
          return (
            <div key={item.key} ref={virtual.measureElement} data-index={item.index} className="card" role="listitem" style={{ transform: `translateY(${item.start}px)` }}>
              <div onClick={(event) => { if (!(event.target as HTMLElement).closest('a, button')) open?.(row); }}>
                {lead.map((column) => <div key={column.id} className="lead">{column.cell(row)}</div>)}
                {notes.map((column) => <div key={column.id} className="note dim">{column.cell(row)}</div>)}
                {pairs.map((column) => <div key={column.id} className={column.card === 'wide' ? 'pair wide' : 'pair'}><span className="name">{column.header}</span>{column.cell(row)}</div>)}
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}
