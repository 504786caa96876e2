/** The purchase order as PDF (A4): head, lines in a table that repeats its head on every page, total. The built-in fonts know Latin letters; others become “?”. */
import PDFDocument from 'pdfkit';
import { amount, paperTotal, paperUnits, type PurchasePaper } from '../../domain/purchasing/paper.ts';
import type { Paper } from '../../ports/paper.ts';

const LEFT = 48, RIGHT = 547, BOTTOM = 780;
const COLUMNS = [['Your SKU', 48, 74, 'left'], ['Our SKU', 126, 84, 'left'], ['Article', 214, 158, 'left'], ['Units', 376, 42, 'right'], ['Unit cost', 422, 56, 'right'], ['Amount', 482, 65, 'right']] as const;

export function pdfPaper(): Paper {
  return { purchaseOrder: (paper) => new Promise((resolve, reject) => {
    const doc = new PDFDocument({ size: 'A4', margin: LEFT, bufferPages: true, info: { Title: `Purchase order ${paper.reference}`, Author: plain(paper.shop) } });
    const parts: Buffer[] = [];
    doc.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts))).on('error', reject);
    let y = head(doc, paper);
    y = tableHead(doc, y);
    for (const line of paper.lines) {
      const cells = [line.supplierSku ?? '', line.sku ?? '', line.title, String(line.quantity), amount(line.unitCost, paper.currency), amount(line.quantity * line.unitCost, paper.currency)].map(plain);
      const height = Math.max(...cells.map((text, n) => doc.heightOfString(text, { width: COLUMNS[n]![2] })));
      if (y + height > BOTTOM - 20) { doc.addPage(); y = tableHead(doc, LEFT); }
      cells.forEach((text, n) => doc.text(text, COLUMNS[n]![1], y, { width: COLUMNS[n]![2], align: COLUMNS[n]![3] }));
      y += height + 5;
    }
    if (y > BOTTOM - 60) { doc.addPage(); y = LEFT; }
    doc.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.8).stroke('#444444');
    doc.font('Helvetica-Bold').text(`${paperUnits(paper)} units`, 320, y + 6, { width: 98, align: 'right' }).text(`${amount(paperTotal(paper), paper.currency)} ${paper.currency}`, 422, y + 6, { width: 125, align: 'right' });
    if (paper.notes.trim() !== '') doc.font('Helvetica').text(plain(paper.notes.trim()), LEFT, y + 30, { width: RIGHT - LEFT });
    const { count } = doc.bufferedPageRange();
    for (let n = 0; n < count; n++) {
      doc.switchToPage(n);
      doc.page.margins.bottom = 0; // the foot stands in the margin; with it, pdfkit would open a page for it
      doc.font('Helvetica').fontSize(8).fillColor('#666666').text(`${paper.reference} · version ${paper.version} · page ${n + 1} of ${count}`, LEFT, 806, { width: RIGHT - LEFT, align: 'center', lineBreak: false });
    }
    doc.end();
  }) };
}

function head(doc: PDFKit.PDFDocument, paper: PurchasePaper): number {
  doc.font('Helvetica-Bold').fontSize(18).fillColor('#111111').text('Purchase order', LEFT, LEFT).fontSize(11).text(plain(paper.reference), 380, LEFT + 4, { width: RIGHT - 380, align: 'right' });
  if (paper.replaces) doc.font('Helvetica').fontSize(9).text(`Version ${paper.version}: replaces the one you have`, 320, LEFT + 20, { width: RIGHT - 320, align: 'right' });
  doc.fontSize(9).font('Helvetica');
  const blocks: [string, string][] = [['From', paper.shop], ['To', [paper.supplier.name, paper.supplier.contact, paper.supplier.address].filter(Boolean).join('\n')], ['Deliver to', paper.shipTo]];
  let lowest = 0;
  blocks.forEach(([title, text], n) => {
    const x = LEFT + n * 170;
    doc.fillColor('#666666').text(title, x, 92).fillColor('#111111').text(plain(text), x, 105, { width: 160 });
    lowest = Math.max(lowest, doc.y);
  });
  const facts = [['Ordered', paper.orderedOn ?? 'not sent yet'], ['Expected', paper.expectedOn ?? 'please confirm'], ['Currency', paper.currency], ['Terms', paper.paymentTerms ?? '']].filter(([, value]) => value !== '');
  facts.forEach(([title, value], n) => { doc.fillColor('#666666').text(title!, LEFT + n * 125, lowest + 14).fillColor('#111111').text(plain(value!), LEFT + n * 125, lowest + 27, { width: 120 }); });
  return doc.y + 22;
}

function tableHead(doc: PDFKit.PDFDocument, y: number): number {
  doc.font('Helvetica-Bold').fontSize(9).fillColor('#111111');
  for (const [title, x, width, align] of COLUMNS) doc.text(title, x, y, { width, align });
  doc.moveTo(LEFT, y + 13).lineTo(RIGHT, y + 13).lineWidth(0.8).stroke('#444444');
  doc.font('Helvetica');
  return y + 19;
}

/** What Windows-1252 can say; the fonts built into PDF know no more. */
function plain(text: string): string {
  return text.normalize('NFC').replaceAll(/[^\n\u0020-\u007e\u00a0-\u00ff\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u0160\u0161\u017d\u017e\u0152\u0153\u0178\u2122]/gu, '?');
}
