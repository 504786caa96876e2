/** What a file as a whole says of how its numbers and days are written, gathered before its first row is read. */
import { dayOrder, OPEN_ORDER, type DayOrder } from './import-days.ts';
import { numberSigns, OPEN_SIGNS, POINT_SIGNS, type NumberSigns } from './import-numbers.ts';

/** Fields that are numbers and fields that are days, of all the files that are brought in. */
const NUMBERS = ['leadTimeDays', 'leadTimeToleranceDays', 'minOrderCost', 'minOrderUnits', 'containerVolumeCm3', 'containerWeightG', 'mostContainers', 'budget', 'unitCost', 'moq', 'casePack', 'priceBreaks', 'volumeCm3', 'weightG', 'ordered', 'received', 'minStock', 'maxStock', 'quantity', 'damaged'];
const DAYS = ['orderedOn', 'expectedOn', 'receivedOn'];

/** The column in which rows of a file take along how that file writes numbers and days: rejected rows alone may hold nothing that says it. */
export const READING_COLUMN = 'Import reading';

export interface FileSigns { numbers: NumberSigns; days: DayOrder; /** What was settled for cells that could be read two ways, in words. */ notes: string[]; /** For READING_COLUMN; empty when no cell can be read two ways. */ reading: string }
/** Nothing is known of the file yet. */
export const OPEN_FILE: FileSigns = { numbers: OPEN_SIGNS, days: OPEN_ORDER, notes: [], reading: '' };

/** What a program says, not a file. */
export const PROGRAM_SIGNS: FileSigns = { ...OPEN_FILE, numbers: POINT_SIGNS };

interface Row { record: Readonly<Record<string, string>>; line: number }
interface Found { text: string; line: number }

/** The same of files whose columns have one name each; `numbers` and `days` are columns. */
export function signsOf(rows: readonly Row[], { numbers, days }: { numbers: readonly string[]; days: readonly string[] }, delimiter: string): FileSigns {
  const cells = (columns: readonly string[]): Found[] => rows.flatMap(({ record, line }) => columns.flatMap((column) => { const text = (record[column] ?? '').trim(); return text === '' ? [] : [{ text, line }]; }));
  return settled(rows, cells(numbers), cells(days), delimiter);
}

/** `columns`: field → column; `delimiter`: what stands between the cells. */
export function fileSigns(rows: readonly Row[], columns: Readonly<Record<string, string>>, delimiter: string): FileSigns {
  function* cells(fields: readonly string[]): Generator<Found> {
    const of = fields.flatMap((field) => (columns[field] === undefined ? [] : [{ field, column: columns[field] }]));
    // Price breaks are numbers in a row: 50:2.25 100:2.00.
    for (const { record, line } of rows) for (const { field, column } of of) for (const text of field === 'priceBreaks' ? (record[column] ?? '').split(/[\s;|:]+/) : [(record[column] ?? '').trim()]) if (text !== '') yield { text, line };
  }
  return settled(rows, cells(NUMBERS), cells(DAYS), delimiter);
}

function settled(rows: readonly Row[], ofNumbers: Iterable<Found>, ofDays: Iterable<Found>, delimiter: string): FileSigns {
  const along = (rows.find(({ record }) => (record[READING_COLUMN] ?? '') !== '')?.record[READING_COLUMN] ?? '').split('; '), { signs: numbers, reading } = numberSigns(ofNumbers, delimiter, along), { order: days, reading: dayReading } = dayOrder(ofDays, along);
  return { numbers, days, notes: [...(numbers.note === null ? [] : [numbers.note]), ...days.notes], reading: [reading, dayReading].filter(Boolean).join('; ') };
}
