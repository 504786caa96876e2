/** The order on paper and in the mail: a PDF that a reader opens, a CSV that adds up, a server that refuses. */
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { emailNotifier } from '../../src/connectors/email/notifier.ts';
import { pdfPaper } from '../../src/connectors/paper/purchase-order.ts';
import { paperCsv, paperMail, type PurchasePaper } from '../../src/domain/purchasing/paper.ts';
import { MailRefused } from '../../src/ports/notifier.ts';
import { mailbox } from '../helpers/mailbox.ts';

const PAPER: PurchasePaper = {
  reference: 'PO-00042', version: 3, shop: 'Tiny Shop', currency: 'EUR', orderedOn: '2026-11-24', expectedOn: '2026-12-14', paymentTerms: '30 days', notes: 'Pallets only', shipTo: 'Leeds', supplier: { name: 'Mühle & Söhne', contact: 'Frau Groß', address: 'Mahlweg 1\n1234 Ort' }, replaces: false,
  lines: [{ sku: 'A', supplierSku: 'M-1', barcode: '4006381333931', title: 'Mug, "large"', quantity: 12, unitCost: 250 }, { sku: '=B', supplierSku: null, barcode: null, title: '茶碗', quantity: 5, unitCost: 999 }],
};
/** The text the PDF's streams show, as hexadecimal strings or literal ones. */
function textOf(pdf: Buffer): string {
  const raw = pdf.toString('latin1');
  return [...raw.matchAll(/stream\r?\n([\s\S]*?)endstream/g)].map((m) => { try { return inflateSync(Buffer.from(m[1]!, 'latin1')).toString('latin1'); } catch { return ''; } })
    .map((content) => [...content.matchAll(/\[([^\]]*)\] TJ/g)].map((t) => [...t[1]!.matchAll(/<([0-9a-f]*)>/gi)].map((h) => Buffer.from(h[1]!, 'hex').toString('latin1')).join('')).join('\n')).join('\n');
}

describe('the PDF', () => {
  it('names the order, its lines and the total', async () => {
    const pdf = await pdfPaper().purchaseOrder(PAPER), text = textOf(pdf);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    for (const said of ['PO-00042', 'Mühle & Söhne', 'Mug, "large"', 'M-1', '17 units', '79.95 EUR', '2026-12-14', 'page 1 of 1', '??']) expect(text).toContain(said);
  });
  it('goes over pages without losing a line or opening an empty page', async () => {
    const lines = Array.from({ length: 150 }, (_, n) => ({ ...PAPER.lines[0]!, sku: `SKU-${n}`, title: `Thing number ${n} with a name that is long enough to need a second line` }));
    const text = textOf(await pdfPaper().purchaseOrder({ ...PAPER, lines })), pages = Number(/page 1 of (\d+)/.exec(text)![1]);
    expect(pages).toBeLessThanOrEqual(7);
    for (let n = 0; n < 150; n++) expect(text).toMatch(new RegExp(`SKU-${n}\\n`));
    expect(text.match(/Your SKU/g)).toHaveLength(pages);
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
