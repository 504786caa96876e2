/**
 * Whole numbers and amounts as people's files write them. "1.299" is a thousand and some to one half of the world and one and some to the other, so what a comma
 * and a point mean is settled once for a whole file, by a cell that can be read one way only or by what stands between the cells. What stays open is refused.
 */
import { isCurrency, minorDigits } from '../money.ts';

type Sign = ',' | '.';
type Meaning = 'decimal' | 'thousands' | null;
/** What a lone comma or point with three digits behind it is: "1,299", "1.299". Null: nobody can tell. */
export interface NumberSigns { comma: Meaning; point: Meaning; /** Cells of the file contradict each other. */ torn: boolean; /** What settles it, or why nothing does. */ because: string; /** For whoever looks at a dry run: the first number that was read so. */ note: string | null }
/** Of a number that stands alone, such as one typed into a field. */
export const OPEN_SIGNS: NumberSigns = { comma: null, point: null, torn: false, because: 'nothing beside it says which', note: null };
/** Of numbers a program wrote. */
export const POINT_SIGNS: NumberSigns = { comma: null, point: 'decimal', torn: false, because: 'a decimal point', note: null };

interface Written { whole: string; fraction: string; /** The sign that can only be the decimal one. */ decimal: Sign | null; /** The sign that may be either. */ lone: Sign | null }
const other = (sign: Sign): Sign => (sign === ',' ? '.' : ','), called = (sign: Sign): 'comma' | 'point' => (sign === ',' ? 'comma' : 'point');

/** A number's digits and what its signs can be; null for what is none. Spaces and apostrophes are only ever between thousands. */
function written(text: string): Written | null {
  const trimmed = text.trim().replace(/^(?=[.,]\d)/, '0'), bare = trimmed.replace(/^\d{1,3}(?:[\s'’]\d{3})+(?=[.,]|$)/, (whole) => whole.replaceAll(/[\s'’]/g, '')), grouped = bare !== trimmed;
  if (/^\d+$/.test(bare)) return { whole: bare, fraction: '', decimal: null, lone: null };
  const one = /^(\d+)([.,])(\d*)$/.exec(bare);
  if (one) {
    const [, whole, sign, fraction] = one as unknown as [string, string, Sign, string], either = !grouped && fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
    return { whole, fraction, decimal: either ? null : sign, lone: either ? sign : null };
  }
  const many = /^(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:([.,])(\d*))?$/.exec(bare);
  if (!many || many[2] === many[3]) return null;
  return { whole: many[1]!.replaceAll(/[.,]/g, ''), fraction: many[4] ?? '', decimal: other(many[2] as Sign), lone: null };
}

/** What was settled, in words that a file of some of the rows takes along: what settled it may be in none of them. */
const TAKEN_ALONG: readonly { words: string; signs: NumberSigns }[] = [
  { words: 'decimal comma', signs: { comma: 'decimal', point: 'thousands', torn: false, because: 'a decimal comma, as the file these rows are of has', note: null } }, { words: 'decimal point', signs: { comma: 'thousands', point: 'decimal', torn: false, because: 'a decimal point, as the file these rows are of has', note: null } },
  { words: 'comma of thousands', signs: { ...OPEN_SIGNS, comma: 'thousands' } }, { words: 'decimal sign unknown', signs: { ...OPEN_SIGNS, torn: true, because: 'the file these rows are of does not say which' } },
];
const wordsOf = (signs: NumberSigns): string => TAKEN_ALONG.find((one) => one.signs.comma === signs.comma && one.signs.point === signs.point)!.words;

/** What the numbers of a file say of its signs; `delimiter` stands between its cells, `along` is what the rows took along from a file they were in. `reading`: what rows of this file take along; empty when no number can be read two ways. */
export function numberSigns(cells: Iterable<{ text: string; line: number }>, delimiter: string, along: readonly string[] = []): { signs: NumberSigns; reading: string } {
  const decides = new Map<Sign, { text: string; line: number }>(), lone = new Map<Sign, { written: Written; text: string; line: number }>();
  for (const cell of cells) {
    const { bare, marks } = unmarked(SIGNED.exec(cell.text.trim())![2]!), number = marks.every((mark) => currenciesOf(mark) !== undefined) ? written(bare) : null;
    if (number?.decimal && !decides.has(number.decimal)) decides.set(number.decimal, cell);
    if (number?.lone && !lone.has(number.lone)) lone.set(number.lone, { written: number, ...cell });
  }
  const before = TAKEN_ALONG.find((one) => along.includes(one.words))?.signs, signs = before ?? settledBy(decides, delimiter), reading = lone.size === 0 ? '' : wordsOf(signs);
  const first = [...lone.values()].filter(({ written: number }) => signs[called(number.lone!)] !== null && signs.because !== OPEN_SIGNS.because).sort((a, b) => a.line - b.line)[0];
  if (first === undefined) return { signs, reading };
  const { whole, fraction, lone: sign } = first.written;
  return { reading, signs: { ...signs, note: `Numbers are read with ${signs.because}: ${first.text} in line ${first.line} is ${whole}${signs[called(sign!)] === 'thousands' ? '' : '.'}${fraction}.` } };
}

function settledBy(decides: ReadonlyMap<Sign, { text: string; line: number }>, delimiter: string): NumberSigns {
  const comma = decides.get(','), point = decides.get('.');
  if (comma && point) return { ...OPEN_SIGNS, torn: true, because: `line ${comma.line} writes ${comma.text} and line ${point.line} ${point.text}` };
  // A comma between the cells says that one inside a cell is for thousands; of the point it says nothing: sheets on the web write commas in every language.
  return comma || (!point && delimiter === ';') ? { ...OPEN_SIGNS, comma: 'decimal', point: 'thousands', because: comma ? `a decimal comma, as line ${comma.line} writes ${comma.text}` : 'a decimal comma, as files with semicolons between their cells have' }
    : point ? { ...OPEN_SIGNS, comma: 'thousands', point: 'decimal', because: `a decimal point, as line ${point.line} writes ${point.text}` }
    : delimiter === ',' ? { ...OPEN_SIGNS, comma: 'thousands' } : OPEN_SIGNS;
}

/** Digits before and behind the decimal sign; a sentence where two numbers are meant; null where none is. */
function readNumber(text: string, signs: NumberSigns): Pick<Written, 'whole' | 'fraction' | 'lone'> | string | null {
  const number = written(text);
  if (number === null || number.lone === null) return number;
  const { whole, fraction, lone } = number, meaning = signs[called(lone)];
  if (meaning === 'thousands') return { whole: whole + fraction, fraction: '', lone };
  if (meaning === 'decimal') return number;
  const short = fraction.replace(/0+$/, '') || '0';
  return `${text.trim()} is either ${whole}${fraction} or has a decimal ${called(lone)}, and ${signs.because}; write ${whole}${fraction} or ${whole}${lone}${short.length === 3 ? `${short}0` : short}`;
}

/** A number that may be below zero, and a percentage: the sign before it and what there is between the sign and the percent mark. */
const SIGNED = /^'?\s*([+\-−])?\s*(.*?)\s*%?$/s;

/** A number with or without a fraction, below zero too: "-2.5", "1.200,5", "80 %". A sentence where two numbers are meant, null where none is. */
export function readDecimal(text: string, signs: NumberSigns = OPEN_SIGNS): number | string | null {
  const [, sign, bare] = SIGNED.exec(text.trim()) as unknown as [string, string | undefined, string], number = readNumber(bare, signs);
  if (number === null || typeof number === 'string') return number;
  const value = Number(`${number.whole}.${number.fraction || '0'}`);
  return !Number.isFinite(value) ? null : sign === '-' || sign === '−' ? -value : value;
}

/** A number for a file that is to be read by readDecimal: 1.125 alone could be a thousand and some, 1.1250 could not. */
export const decimalCell = (value: number | null): number | string | null => (value !== null && /^-?[1-9]\d{0,2}\.\d{3}$/.test(String(value)) ? `${value}0` : value);

/** A whole number, not negative: "12", "12.0", "1,200" where the file's signs say so; `of` units, days … Answers a sentence for anything else. */
export function readCount(text: string, of = 'units', signs: NumberSigns = OPEN_SIGNS): number | string {
  const number = readNumber(text, signs);
  if (typeof number === 'string') return number;
  if (number === null || number.whole.length > 9 || /[1-9]/.test(number.fraction)) return `not a whole number of ${of}: ${text}${number?.lone ? `, read with ${signs.because}` : ''}`;
  return Number(number.whole);
}

/** Marks of money → the currencies they are used for. Codes (USD) are their own. */
const DOLLARS = ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'CLP', 'COP', 'ARS', 'UYU', 'BRL', 'JMD', 'TTD', 'BBD', 'BSD', 'BZD', 'BMD', 'BND', 'FJD', 'GYD', 'KYD', 'LRD', 'NAD', 'SBD', 'SRD', 'XCD', 'DOP'];
const MARKS: Readonly<Record<string, readonly string[]>> = {
  '$': DOLLARS, 'US$': ['USD'], 'C$': ['CAD', 'NIO'], 'CA$': ['CAD'], 'CAN$': ['CAD'], 'A$': ['AUD'], 'AU$': ['AUD'], 'NZ$': ['NZD'], 'S$': ['SGD'], 'SG$': ['SGD'], 'HK$': ['HKD'], 'NT$': ['TWD'], 'MX$': ['MXN'], 'R$': ['BRL'],
  '€': ['EUR'], 'EURO': ['EUR'], 'EUROS': ['EUR'], '£': ['GBP', 'EGP', 'FKP', 'GIP', 'SHP', 'LBP', 'SDG', 'SSP', 'SYP'], '¥': ['JPY', 'CNY'], '￥': ['JPY', 'CNY'], '円': ['JPY'], '元': ['CNY', 'TWD'], 'CN¥': ['CNY'], 'RMB': ['CNY'], '₹': ['INR'], 'RS': ['INR', 'PKR', 'LKR', 'NPR', 'MUR', 'SCR'],
  'KR': ['SEK', 'NOK', 'DKK', 'ISK'], 'ZŁ': ['PLN'], 'KČ': ['CZK'], 'FT': ['HUF'], 'FR': ['CHF'], 'SFR': ['CHF'], 'LEI': ['RON', 'MDL'], 'ЛВ': ['BGN'], '₩': ['KRW'], '₺': ['TRY'], 'TL': ['TRY'], '₪': ['ILS'], '₴': ['UAH'], '₫': ['VND'], '฿': ['THB'], '₱': ['PHP'], 'R': ['ZAR'], 'RM': ['MYR'], 'RP': ['IDR'],
};

const currenciesOf = (mark: string): readonly string[] | undefined => (isCurrency(mark) ? [mark] : MARKS[mark]);

/** "US$ 12.50" → the number and what stands before and behind it. */
function unmarked(text: string): { bare: string; marks: string[] } {
  if (text.length > 60) return { bare: text, marks: [] }; // no number, and not worth looking through
  // A point before the digits is a decimal one (.50), unless it ends a mark (Rs.500).
  const [, front, bare, back] = /^([^\d]*?)((?:(?<![\p{L}.])[.,])?\d.*?)(?<=\d)[.,]?([^\d]*)$/su.exec(text.trim()) ?? ['', '', text, ''];
  return { bare: bare!, marks: [front!, back!].map((mark) => mark.replaceAll(/[\s.]/g, '').toUpperCase()).filter((mark) => mark !== '') };
}

/** An amount → minor units of `currency`: "12.50", "$1,299.00", "1.299,00 €", "3,5". Digits finer than the minor unit are rounded half up: averages of other systems have four. Another currency in the cell is a fault. */
export function readAmount(text: string, currency: string, signs: NumberSigns = OPEN_SIGNS): number | string {
  const { bare, marks } = unmarked(text), digits = minorDigits(currency);
  for (const mark of marks) {
    const of = currenciesOf(mark);
    if (of === undefined) return `not an amount: ${text}`;
    if (!of.includes(currency)) return `${text} is not in ${currency}, the currency that holds here; write the amount in ${currency}, or put the currency right`;
  }
  // Three digits behind a point are what a dinar has, and how our own exports write one.
  const number = readNumber(bare, digits === 3 && signs.point === null && !signs.torn ? { ...signs, point: 'decimal' } : signs);
  if (typeof number === 'string') return number;
  if (number === null) return `not an amount: ${text}`;
  const minor = Number(number.whole + number.fraction.slice(0, digits).padEnd(digits, '0')) + ((number.fraction[digits] ?? '0') >= '5' ? 1 : 0);
  return Number.isSafeInteger(minor) && minor <= 1e13 ? minor : `too large an amount: ${text}`;
}
