/** The rows of a list as an ARIA grid with virtual rows. */
import { Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react';
import { useKeys } from '../shell/Keyboard.tsx';
import type { Column, TableProps } from './column.ts';
import { moved, type Place } from './grid-keys.ts';
import { InGrid } from './in-grid.ts';

const SKELETON_ROWS = 14;
/** Rows of this height hold two lines. */
const TALL = 40;
/** Rows from the end at which the next page is asked for. */
const AHEAD = 30;

/** Ids of the columns that choose rows. */
const CHOICES: ReadonlySet<string> = new Set(['select', 'choose']);

export function Grid<Row>({ columns, rows, rowId, query, total, totals, sorting, open, openId, current: told, label, rowHeight, state, keys }: TableProps<Row> & { rowHeight: number; state: ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Place>({ row: 0, column: 0 }), [current, setCurrent] = useState(false);
  const wantsFocus = useRef(false);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8, scrollPaddingStart: 34, scrollPaddingEnd: totals ? 34 : 0, getItemKey: (index) => rowId(rows[index]!) });
  useEffect(() => { virtual.measure(); }, [virtual, rowHeight]);
  const items = virtual.getVirtualItems(), last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError && last >= rows.length - AHEAD) void query.fetchNextPage();
  }, [last, rows.length, query]);

  // Boxes to choose rows come first; what a row is about stays in sight beside them.
  const choice = columns[0] !== undefined && CHOICES.has(columns[0].id) ? columns[0].width : null;
  const go = (place: Place): void => {
    setAt(place);
    setCurrent(true);
    wantsFocus.current = true;
    if (place.row >= 0) virtual.scrollToIndex(place.row, { align: 'auto' });
    if (place.row !== at.row && rows[place.row]) told?.(rows[place.row]!);
  };
  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-r="${at.row}"][data-c="${at.column}"]`);
    if (cell) { wantsFocus.current = false; cell.focus({ preventScroll: at.column === 0 }); }
  });
  useKeys((key, event) => {
    if (document.querySelector('[role="dialog"]:not([aria-hidden="true"]) :focus')) return false;
    // From row to row one goes by what the rows are about: in the column of boxes Space would choose.
    const column = at.column === 0 && choice !== null ? 1 : at.column;
    if (key === 'j') { go({ row: Math.min(rows.length - 1, current ? at.row + 1 : 0), column }); return true; }
    if (key === 'k') { go({ row: Math.max(0, at.row - 1), column }); return true; }
    if (key === 'Enter' && current && document.activeElement === document.body && rows[at.row]) { open?.(rows[at.row]!); return true; }
    return event.key.length === 1 && (keys?.(key, current ? rows[at.row] : undefined) ?? false);
  });
  const press = (event: KeyboardEvent): void => {
    const place = moved(event.key, event.ctrlKey || event.metaKey, at, rows.length, columns.length);
    if (place) { event.preventDefault(); go(place); return; }
    if (event.key !== 'Enter' && event.key !== ' ') return;
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-r]');
    if (!cell || event.target !== cell) return;
    event.preventDefault();
    if (event.key === ' ' && !CHOICES.has(columns[at.column]?.id ?? '') && keys?.(' ', rows[at.row])) return;
    // In the column of boxes Space chooses and Enter opens, as everywhere else in the row.
    if (event.key === 'Enter' && open && at.row >= 0 && rows[at.row] && CHOICES.has(columns[at.column]?.id ?? '')) { open(rows[at.row]!); return; }
    const action = cell.querySelector<HTMLElement>('[data-action], a, button') ?? cell.querySelector<HTMLElement>('input[type="checkbox"]');
    if (action) action.click();
    else if (at.row >= 0 && rows[at.row]) open?.(rows[at.row]!);
  };

  const template: CSSProperties = { gridTemplateColumns: columns.map((column) => (column.grows ? `minmax(${column.width}px, 1fr)` : `${column.width}px`)).join(' ') };
  const cellProps = (row: number, column: number, kind: 'columnheader' | 'gridcell') => ({
    role: kind, 'data-r': row, 'data-c': column, 'aria-colindex': column + 1, tabIndex: at.row === row && at.column === column ? 0 : -1,
    onFocus: () => { if (at.row !== row || at.column !== column) setAt({ row, column }); if (row >= 0) setCurrent(true); },
  });
  const align = (column: Column<Row>): string => (column.align === 'right' ? 'g-cell right' : 'g-cell');
  return (
    <InGrid value>
      <div ref={scroller} className="grid" role="grid" data-tall={rowHeight >= TALL || undefined} data-choosing={choice === null ? undefined : ''} style={choice === null ? undefined : { '--choice': `${choice}px` } as CSSProperties} aria-label={label} aria-rowcount={(total ?? rows.length) + 1} aria-colcount={columns.length} aria-busy={query.isPending}
        onKeyDown={press} onScroll={(event) => event.currentTarget.toggleAttribute('data-scrolled', event.currentTarget.scrollLeft > 0)}>
        <div className="grid-inner" role="presentation">
          <div className="g-row g-head" role="row" aria-rowindex={1} style={template}>
            {columns.map((column, n) => <Head key={column.id} column={column} sorting={sorting} className={align(column)} props={cellProps(-1, n, 'columnheader')} />)}
          </div>
          {state ? <div className="g-empty" role="row"><div role="gridcell" aria-colspan={columns.length}>{state}</div></div> : (
            <div className="g-body" role="rowgroup" style={{ height: query.isPending ? SKELETON_ROWS * rowHeight : virtual.getTotalSize() }}>
              {query.isPending
                ? Array.from({ length: SKELETON_ROWS }, (_, row) => (
                  <div key={`waiting/${row}`} className="g-row" role="row" style={{ ...template, height: rowHeight, transform: `translateY(${row * rowHeight}px)` }}>
                    {columns.map((column, n) => <div key={column.id} role="gridcell" className={align(column)}><Skeleton height={10} width={`${45 + ((row * 13 + n * 29) % 45)}%`} /></div>)}
                  </div>))
                : items.map((item) => {
                  const row = rows[item.index]!, id = rowId(row);
                  return (
                    <div key={item.key} className="g-row" role="row" aria-rowindex={item.index + 2} data-current={(current && at.row === item.index) || undefined} data-open={id === openId || undefined}
                      style={{ ...template, height: rowHeight, transform: `translateY(${item.start}px)` }}
                      onClick={(event) => { if (!(event.target as HTMLElement).closest('a, button, input, label')) { go({ row: item.index, column: Number((event.target as HTMLElement).closest<HTMLElement>('[data-c]')?.dataset['c'] ?? 0) }); open?.(row); } }}>
                      {columns.map((column, n) => <div key={column.id} className={align(column)} {...cellProps(item.index, n, 'gridcell')}>{column.cell(row)}</div>)}
                    </div>
                  );
                })}
            </div>
          )}
          {totals && !state && (
            <div className="g-row g-total" role="row" style={template} aria-label="Sums of all rows that fit the filters">
              {columns.map((column, n) => <div key={column.id} role="gridcell" aria-colindex={n + 1} className={align(column)}>{totals[column.id] ?? ''}</div>)}
            </div>
          )}
        </div>
      </div>
    </InGrid>
  );
}

function Head<Row>({ column, sorting, className, props }: { column: Column<Row>; sorting: TableProps<Row>['sorting']; className: string; props: object }) {
  const chosen = sorting !== undefined && column.sort !== undefined && sorting.by === column.sort;
  const flip = (): void => {
    // Figures are asked for from the largest, names from A.
    const first = column.align === 'right' ? 'desc' : 'asc';
    sorting!.change(column.sort!, chosen ? (sorting!.dir === 'asc' ? 'desc' : 'asc') : first);
  };
  const Arrow = sorting?.dir === 'desc' ? IconArrowDown : IconArrowUp;
  return (
    <div className={className} title={column.title} {...props} aria-sort={chosen ? (sorting.dir === 'asc' ? 'ascending' : 'descending') : undefined}>
      {column.sort && sorting ? <button type="button" tabIndex={-1} onClick={flip}>{column.header}{chosen && <Arrow size={13} aria-hidden />}</button> : <span className="ellipsis">{column.header}</span>}
    </div>
  );
}
