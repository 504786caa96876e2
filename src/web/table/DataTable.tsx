/**
 * The one list of this UI. Rows come from the server a page at a time and only those in view are in the document; sorting and filtering are
 * the server's. It follows the ARIA grid pattern: one tab stop, arrows between cells, Enter for what the cell offers.
 */
import './table.css';
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { columnSizingFeature, columnVisibilityFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { Banner, EmptyState, ErrorState } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { CardList } from './CardList.tsx';
import type { Column, TableProps } from './column.ts';
import { Grid } from './Grid.tsx';
import { usePreferences } from './preferences.ts';
import { SavedViews } from './SavedViews.tsx';
import { Chips, Find, Toolbar } from './Toolbar.tsx';

const features = tableFeatures({ columnVisibilityFeature, columnSizingFeature });
/** A list read further than this is not read again by itself. */
const MANY_PAGES = 3;

export function DataTable<Row>(props: TableProps<Row>) {
  const { name, columns, rows, query, total, chips, clear, search, filters, csv, empty } = props;
  const [preferences, change] = usePreferences(name, props.tall);
  const phone = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  const definitions = useMemo(() => columns.map((column): ColumnDef<typeof features, { row: Row }> => ({ id: column.id, header: column.header, size: column.width, accessorFn: () => null })), [columns]);
  const data = useMemo(() => rows.map((row) => ({ row })), [rows]);
  const columnVisibility = useMemo(() => Object.fromEntries(columns.map((column) => [column.id, !(preferences.hidden[column.id] ?? column.extra ?? false)])), [columns, preferences.hidden]);
  const table = useTable({ features, columns: definitions, data, state: { columnVisibility } });
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const visible = table.getVisibleLeafColumns().map((column): Column<Row> => byId.get(column.id)!);

  const failed = query.isError && rows.length === 0;
  const nothing = !query.isPending && !failed && rows.length === 0;
  const count = query.isPending ? 'Reading…' : total === null ? '' : `${units(total)} ${total === 1 ? 'row' : 'rows'}`;
  const state = failed ? <ErrorState error={query.error!} retry={() => query.refetch()} />
    : nothing ? (chips.length > 0
      ? <EmptyState title="Nothing fits these filters" action={<Button variant="default" onClick={clear}>Clear the filters</Button>}>Take one away, or clear them all.</EmptyState>
      : <EmptyState good={empty.good ?? false} title={empty.title} action={empty.action}>{empty.text}</EmptyState>)
      : null;
  return (
    <>
      <Toolbar columns={columns} preferences={preferences} change={change} csv={csv} count={count} views={props.saved && <SavedViews page={name} open={props.saved} preferences={preferences} change={change} />}>
        {search && <Find {...search} />}
        {filters}
      </Toolbar>
      <Chips chips={chips} clear={clear} />
      {query.isError && rows.length > 0 && <Banner action={<Button size="compact-xs" variant="default" onClick={() => query.refetch()}>Try again</Button>}>These rows may be old: the last reading failed. {query.error?.message}</Banner>}
      {!query.isError && query.isStale && !query.isFetching && (query.data?.pages.length ?? 0) > MANY_PAGES && <Banner action={<Button size="compact-xs" variant="default" onClick={() => query.refetch()}>Read again</Button>}>Values have changed since this list was read.</Banner>}
      {phone ? <CardList {...props} columns={visible} state={state} /> : <Grid {...props} columns={visible} rowHeight={preferences.tall ? 40 : 32} state={state} />}
    </>
  );
}
