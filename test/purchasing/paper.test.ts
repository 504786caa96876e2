/** The order on paper and in the mail: a PDF that a reader opens, a CSV that adds up, a server that refuses. */
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { emailNotifier } from '../../src/connectors/email/notifier.ts';
import { lettersFor, unprintable } from '../../src/connectors/paper/letters.ts';
import { linesOf } from '../../src/connectors/paper/lines.ts';
import { pdfPaper } from '../../src/connectors/paper/purchase-order.ts';
import { paperCsv, paperMail, type PurchasePaper } from '../../src/domain/purchasing/paper.ts';
import { MailRefused } from '../../src/ports/notifier.ts';
import { mailbox } from '../helpers/mailbox.ts';

const PAPER: PurchasePaper = {
  reference: 'PO-00042', version: 3, shop: 'Tiny Shop', currency: 'EUR', orderedOn: '2026-11-24', expectedOn: '2026-12-14', paymentTerms: '30 days', notes: 'Pallets only', shipTo: 'Leeds', supplier: { name: 'Mühle & Söhne', contact: 'Frau Groß', address: 'Mahlweg 1\n1234 Ort' }, replaces: false,
  lines: [{ sku: 'A', supplierSku: 'M-1', barcode: '4006381333931', title: 'Mug, "large"', quantity: 12, unitCost: 250 }, { sku: '=B', supplierSku: null, barcode: null, title: '茶碗', quantity: 5, unitCost: 999 }],
};
/** The text as another program reads it out of the pages, one after another. */
async function textOf(pdf: Buffer): Promise<string> { return (await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })).text; }
const bare = (text: string): string => text.normalize('NFC').replaceAll(/\s/gu, '');

describe('the PDF', () => {
  it('names the order, its lines and the total', async () => {
    const pdf = await pdfPaper().purchaseOrder(PAPER), text = await textOf(pdf);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    for (const said of ['PO-00042', 'Mühle & Söhne', 'Mug, "large"', 'M-1', '17 units', '79.95 EUR', '2026-12-14', 'page 1 of 1', '茶碗']) expect(text).toContain(said);
  });
  it('goes over pages without losing a line or opening an empty page', async () => {
    const lines = Array.from({ length: 150 }, (_, n) => ({ ...PAPER.lines[0]!, sku: `SKU-${n}`, title: `Thing number ${n} with a name that is long enough to need a second line` }));
    const text = await textOf(await pdfPaper().purchaseOrder({ ...PAPER, lines })), pages = Number(/page 1 of (\d+)/.exec(text)![1]);
    expect(pages).toBeLessThanOrEqual(7);
    for (let n = 0; n < 150; n++) expect(text).toMatch(new RegExp(`SKU-${n}\\s`));
    // The total may stand on a page of its own.
    expect([pages, pages - 1]).toContain(text.match(/Your SKU/g)!.length);
  });
  it.each([
    ['Polish', 'Kubek duży, „Żółć”'], ['Greek', 'Μεγάλη κούπα, ελληνικά'], ['Russian', 'Большая кружка'], ['Vietnamese', 'Hộp quà Việt Nam'], ['Chinese', '北京陶瓷有限公司'], ['traditional Chinese', '臺灣茶壺ㄅ'], ['Japanese', '抹茶茶碗セット 手作り'], ['Korean', '도자기 머그컵'], ['Thai', 'แก้วเซรามิก'],
  ])('%s comes back out of it', async (_language, title) => {
    expect(bare(await textOf(await pdfPaper().purchaseOrder({ ...PAPER, lines: [{ ...PAPER.lines[0]!, title }] })))).toContain(bare(title));
  });
  it('what is read from the right stands in the order it is read, numbers and brackets within', async () => {
    // Readers turn each word; the words are where they stand on the page, from left to right.
    const text = await textOf(await pdfPaper().purchaseOrder({ ...PAPER, lines: [{ ...PAPER.lines[0]!, title: 'ספל גדול 350 כחול' }] }));
    expect(bare(text)).toContain(bare('כחול 350 גדול ספל'));
  });
  it('a letter that no font has is a box with its code, and is named', async () => {
    const paper = { ...PAPER, notes: 'Handle with care 😀𓀀 😀' };
    expect(await pdfPaper().unprintable(paper)).toEqual(['😀', '𓀀']);
    expect(await textOf(await pdfPaper().purchaseOrder(paper))).toMatch(/Handle with care\s+1F600\s*13000\s+1F600/);
    expect(await unprintable(['Joiners\u200d and marks\u200e are not letters, Łódź 北京 neither missing'])).toEqual([]);
  });
  it('opens no font for Latin letters, and only the slices that others need', async () => {
    expect((await lettersFor(['Mühle & Söhne — 5 €'], ['PO-1'])).embedded.size).toBe(0);
    expect([...(await lettersFor(['Łódź'], ['PO-1'])).embedded.keys()].sort()).toEqual(['noto-sans/latin-ext/regular', 'noto-sans/latin/bold', 'noto-sans/latin/regular']);
    expect([...(await lettersFor(['שלום'], ['PO-1'])).embedded.keys()]).toContain('noto-sans-hebrew/hebrew/regular');
    expect((await pdfPaper().purchaseOrder({ ...PAPER, lines: [{ ...PAPER.lines[0]!, title: '北京陶瓷' }] })).length).toBeLessThan(60_000);
  });
  it('a Chinese character is drawn as its neighbours are: Japanese among kana, Korean among Hangul', async () => {
    for (const [text, family] of [['茶碗', 'noto-sans-sc'], ['茶碗の', 'noto-sans-jp'], ['茶碗 컵', 'noto-sans-kr'], ['茶碗ㄅ', 'noto-sans-tc']] as const) expect((await lettersFor([text], [])).fontsOf('茶', 'regular')[0]).toMatch(new RegExp(`^${family}/`));
  });
});

describe('lines', () => {
  const alphabet = [...'abc ,.-()12 ', ...'ŁódżĄ ', ...'κούπα ', ...'кружка ', ...'北京陶瓷,。(', ...'茶碗のセット', ...'머그 컵', ...'แก้วน้ำ', ...'שלום ', ...'مرحبا ', ' ', ' ', '\n', 'Donaudampfschifffahrt'];
  it('hold every letter once, in some order of reading, and are no wider than the column', async () => {
    const letters = await lettersFor([alphabet.join('')], []), doc = new PDFDocument({ size: 'A4' });
    for (const [name, font] of letters.embedded) doc.registerFont(name, font);
    fc.assert(fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }).map((parts) => parts.join('')), fc.integer({ min: 30, max: 200 }), (text, width) => {
      const lines = linesOf({ doc, letters, size: 9, weight: 'regular' }, text, width), sorted = (given: string): string => [...bare(given)].map((letter) => ({ ')': '(' }[letter] ?? letter)).sort().join('');
      expect(sorted(lines.flatMap((line) => line.pieces.map((piece) => piece.text)).join(''))).toBe(sorted(text));
      for (const line of lines) expect(line.width).toBeLessThanOrEqual(width + 0.01);
      expect(lines.length).toBeGreaterThanOrEqual(text.split('\n').length);
    }), { numRuns: 300 });
  });
  it('of left-to-right text are the text itself', async () => {
    const text = 'Kubek duży z uszkiem, 350 ml, kolor: żółty', letters = await lettersFor([text], []), doc = new PDFDocument({ size: 'A4' });
    for (const [name, font] of letters.embedded) doc.registerFont(name, font);
    expect(linesOf({ doc, letters, size: 9, weight: 'regular' }, text, 80).map((line) => line.pieces.map((piece) => piece.text).join('')).join(' ')).toBe(text);
  });
});

it('the CSV adds up and holds no formula; the mail says what it replaces', () => {
  expect(paperCsv(PAPER).split('\r\n').slice(1, 3)).toEqual(['PO-00042,3,M-1,A,4006381333931,"Mug, ""large""",12,2.50,30.00,2026-12-14', "PO-00042,3,,'=B,,茶碗,5,9.99,49.95,2026-12-14"]);
  expect(paperMail(PAPER, 'Please hurry').text).toContain('Please hurry');
  expect(paperMail(PAPER, '').text).toContain('2 lines, 17 units, 79.95 EUR');
  expect(paperMail({ ...PAPER, replaces: true }, '')).toMatchObject({ subject: 'Changed: purchase order PO-00042 from Tiny Shop', text: expect.stringContaining('version 3, which replaces the one you have') });
});

it('mail is handed over, refused for good, or kept for later', async () => {
  const box = await mailbox(), notifier = emailNotifier({ url: box.url, from: 'Buying <buying@shop.example>' });
  const mail = { to: 'sales@mill.example', subject: 'Order', text: 'Hello', id: 'po-1-1', attachments: [{ name: 'a.csv', type: 'text/csv', content: 'a,b' }] };
  await notifier.sendMail(mail);
  expect(box.mails).toHaveLength(1);
  expect(box.mails[0]!.to).toEqual(['sales@mill.example']);
  expect(box.mails[0]!.text).toContain('<po-1-1@shop.example>');
  box.mood = 'refuses';
  await expect(notifier.sendMail(mail)).rejects.toBeInstanceOf(MailRefused);
  box.mood = 'later';
  await expect(notifier.sendMail(mail)).rejects.not.toBeInstanceOf(MailRefused);
  notifier.close();
});
