/** A column of a list: what it is called, how wide, how it sorts, what it shows, and whether it belongs to the small card on a phone. */
import type { ReactNode } from 'react';
import type { Parameters } from '../api/client.ts';

export interface Column<Row> {
  id: string;
  header: string;
  /** Longer words, shown when pointing at the header. */
  title?: string;
  /** Pixels; the widest column that `grows` takes what is left. */
  width: number;
  grows?: boolean;
  align?: 'right';
  /** The API's name of this sort order. */
  sort?: string;
  cell(row: Row): ReactNode;
  /** On a phone: the heading of the card, a sentence under it, a labelled value, or a labelled value of double width. */
  card?: 'lead' | 'note' | 'pair' | 'wide';
  /** Hidden until chosen. */
  extra?: boolean;
}

export interface Chip { label: string; remove(): void }

/** What a list needs of an infinite query. */
export interface ListQuery {
  isPending: boolean; isError: boolean; error: Error | null; isStale: boolean; isFetching: boolean; hasNextPage: boolean; isFetchingNextPage: boolean; isFetchNextPageError: boolean;
  fetchNextPage(): unknown; refetch(): unknown; data?: { pages: readonly unknown[] } | undefined;
}

export interface Sorting { by: string | undefined; dir: 'asc' | 'desc'; change(by: string, dir: 'asc' | 'desc'): void }

export interface TableProps<Row> {
  /** Under this name the reader's column choice is kept. */
  name: string;
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId(row: Row): string;
  query: ListQuery;
  /** Rows of the whole filtered set, not only those read so far. */
  total: number | null;
  /** Sums of the whole filtered set, by column. */
  totals?: Readonly<Record<string, ReactNode>>;
  sorting?: Sorting;
  open?: (row: Row) => void;
  openId?: string | undefined;
  /** Told of the row the keys have come to. */
  current?: (row: Row) => void;
  empty: { good?: boolean; title: string; text: ReactNode; /** What to do about it. */ action?: ReactNode };
  chips: readonly Chip[];
  clear(): void;
  /** Text search; `value` is what the address says. */
  search?: { value: string | undefined; placeholder: string; change(q: string | undefined): void };
  /** Further filters, left of the column chooser. */
  filters?: ReactNode;
  csv?: { href: string } | undefined;
  /** Two lines a row unless the reader says otherwise: sentences matter here. */
  tall?: boolean;
  /** The list has saved views; these parameters of its address say what is open, and are no part of them. */
  saved?: readonly string[];
  /** Asked with each unused letter, and with Space where it would only open the row; answers whether it was used. */
  keys?: (key: string, row: Row | undefined) => boolean;
}

export type Filter = Parameters;
