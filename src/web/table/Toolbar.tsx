/** Above a list: search that takes a pasted column of SKUs, filters, columns, row height, CSV. */
import { ActionIcon, Checkbox, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconBaselineDensityMedium, IconBaselineDensitySmall, IconColumns3, IconDownload, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Chip, Column, TableProps } from './column.ts';
import type { Preferences } from './preferences.ts';
import { searchTerms } from './search-terms.ts';

const TYPING_MS = 300;

export function Find({ value, placeholder, change }: NonNullable<TableProps<never>['search']>) {
  const [text, setText] = useState(value ?? ''), timer = useRef<ReturnType<typeof setTimeout>>(undefined), sent = useRef(value ?? '');
  // The address may change without typing: back, a chip taken away.
  useEffect(() => { if ((value ?? '') !== sent.current) { sent.current = value ?? ''; setText(value ?? ''); } }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (typed: string): void => {
    clearTimeout(timer.current);
    const terms = searchTerms(typed);
    if (terms === sent.current) return;
    sent.current = terms;
    change(terms || undefined);
  };
  const type = (typed: string): void => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply(typed), TYPING_MS);
  };
  return (
    <TextInput
      className="find" value={text} placeholder={placeholder} aria-label={placeholder} leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={text && <ActionIcon variant="subtle" color="gray" size={24} aria-label="Clear the search" onClick={() => { setText(''); apply(''); }}><IconX size={14} /></ActionIcon>}
      onChange={(event) => type(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter') apply(text); }}
      onPaste={(event) => {
        const pasted = event.clipboardData.getData('text');
        // A one-line field drops line breaks: turn them into commas before it does.
        if (!/[\n\r\t]/.test(pasted.trim())) return;
        event.preventDefault();
        const terms = searchTerms(text ? `${text},${pasted}` : pasted);
        setText(terms);
        apply(terms);
      }}
    />
  );
}

export function Toolbar<Row>({ children, columns, preferences, change, csv, count, views }: {
  children: ReactNode; views?: ReactNode; columns: readonly Column<Row>[]; preferences: Preferences; change(part: Partial<Preferences>): void; csv?: { href: string } | undefined; count: string;
}) {
  const hidden = (column: Column<Row>): boolean => preferences.hidden[column.id] ?? column.extra ?? false;
  const density = preferences.tall ? 'Use low rows' : 'Use tall rows';
  return (
    <div className="toolbar">
      {children}
      <div className="end">
        <span className="dim small" role="status">{count}</span>
        {views}
        <Popover position="bottom-end" width={220}>
          <Popover.Target><ActionIcon variant="subtle" color="gray" size={30} aria-label="Choose columns" title="Choose columns"><IconColumns3 size={17} /></ActionIcon></Popover.Target>
          <Popover.Dropdown aria-label="Columns">
            <div className="stack">
              {columns.slice(1).map((column) => <Checkbox key={column.id} size="xs" label={column.title && column.header.length < 3 ? column.title : column.header} title={column.title} checked={!hidden(column)} onChange={(event) => change({ hidden: { ...preferences.hidden, [column.id]: !event.currentTarget.checked } })} />)}
            </div>
          </Popover.Dropdown>
        </Popover>
        <Tooltip label={density}><ActionIcon className="density" variant="subtle" color="gray" size={30} aria-label={density} onClick={() => change({ tall: !preferences.tall })}>{preferences.tall ? <IconBaselineDensitySmall size={17} /> : <IconBaselineDensityMedium size={17} />}</ActionIcon></Tooltip>
        {csv && <Tooltip label="Download these rows as CSV"><ActionIcon component="a" href={csv.href} download variant="subtle" color="gray" size={30} aria-label="Download these rows as CSV"><IconDownload size={17} /></ActionIcon></Tooltip>}
      </div>
    </div>
  );
}

export function Chips({ chips, clear }: { chips: readonly Chip[]; clear(): void }) {
  if (chips.length === 0) return null;
  return (
    <div className="chips" aria-label="Filters" role="group">
      {chips.map((chip) => <span key={chip.label} className="chip"><span className="ellipsis">{chip.label}</span><button type="button" aria-label={`Remove the filter ${chip.label}`} onClick={chip.remove}><IconX size={13} aria-hidden /></button></span>)}
      {chips.length > 1 && <button type="button" className="number-button small" onClick={clear}>Clear all</button>}
    </div>
  );
}
