/** What a file as a whole says of how its numbers and days are written, gathered before its first row is read. */
import { dayOrder, OPEN_ORDER, type DayOrder } from './import-days.ts';
import { numberSigns, OPEN_SIGNS, type NumberSigns } from './import-numbers.ts';

/** Fields that are numbers and fields that are days, of all the files that are brought in. */
const NUMBERS = ['leadTimeDays', 'leadTimeToleranceDays', 'minOrderCost', 'minOrderUnits', 'containerVolumeCm3', 'containerWeightG', 'mostContainers', 'budget', 'unitCost', 'moq', 'casePack', 'priceBreaks', 'volumeCm3', 'weightG', 'ordered', 'received', 'minStock', 'maxStock', 'quantity', 'damaged'];
const DAYS = ['orderedOn', 'expectedOn', 'receivedOn'];

/** The column in which rows of a file take along how that file writes numbers and days: rejected rows alone may hold nothing that says it. */
export const READING_COLUMN = 'Import reading';

export interface FileSigns { numbers: NumberSigns; days: DayOrder; /** What was settled for cells that could be read two ways, in words. */ notes: string[]; /** For READING_COLUMN; empty when no cell can be read two ways. */ reading: string }
/** Nothing is known of the file yet. */
export const OPEN_FILE: FileSigns = { numbers: OPEN_SIGNS, days: OPEN_ORDER, notes: [], reading: '' };

/** `columns`: field → column; `delimiter`: what stands between the cells. */
export function fileSigns(rows: readonly { record: Readonly<Record<string, string>>; line: number }[], columns: Readonly<Record<string, string>>, delimiter: string): FileSigns {
  function* cells(fields: readonly string[]): Generator<{ text: string; line: number }> {
    const of = fields.flatMap((field) => (columns[field] === undefined ? [] : [{ field, column: columns[field] }]));
    // Price breaks are numbers in a row: 50:2.25 100:2.00.
    for (const { record, line } of rows) for (const { field, column } of of) for (const text of field === 'priceBreaks' ? (record[column] ?? '').split(/[\s;|:]+/) : [(record[column] ?? '').trim()]) if (text !== '') yield { text, line };
  }
  const along = (rows.find(({ record }) => (record[READING_COLUMN] ?? '') !== '')?.record[READING_COLUMN] ?? '').split('; '), { signs: numbers, reading } = numberSigns(cells(NUMBERS), delimiter, along), { order: days, reading: ofDays } = dayOrder(cells(DAYS), along);
  return { numbers, days, notes: [...(numbers.note === null ? [] : [numbers.note]), ...days.notes], reading: [reading, ofDays].filter(Boolean).join('; ') };
}
