/** The purchase order as PDF (A4): head, lines in a table that repeats its head on every page, total. In any script that letters.ts has a font for. */
import PDFDocument from 'pdfkit';
import { amount, paperTotal, paperUnits, type PurchasePaper } from '../../domain/purchasing/paper.ts';
import type { Paper } from '../../ports/paper.ts';
import { lettersFor, unprintable, type Weight } from './letters.ts';
import { drawLines, lineHeight, linesOf, type Pen } from './lines.ts';

const LEFT = 48, RIGHT = 547, BOTTOM = 780, GREY = '#666666', BLACK = '#111111';
const COLUMNS = [['Your SKU', 48, 74, 'left'], ['Our SKU', 126, 84, 'left'], ['Article', 214, 158, 'left'], ['Units', 376, 42, 'right'], ['Unit cost', 422, 56, 'right'], ['Amount', 482, 65, 'right']] as const;

export function pdfPaper(): Paper {
  return { unprintable: (paper) => unprintable(words(paper)), purchaseOrder };
}

async function purchaseOrder(paper: PurchasePaper): Promise<Buffer> {
  const letters = await lettersFor(words(paper), [paper.reference, paper.currency]);
  const doc = new PDFDocument({ size: 'A4', margin: LEFT, bufferPages: true, info: { Title: `Purchase order ${paper.reference}`, Author: paper.shop } }), parts: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => { doc.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts))).on('error', reject); });
  for (const [name, font] of letters.embedded) doc.registerFont(name, font);
  const pen = (size: number, weight: Weight = 'regular'): Pen => ({ doc, letters, size, weight });
  const put = (text: string, x: number, y: number, width: number, align: 'left' | 'right' | 'center' = 'left', with_ = pen(9), colour = BLACK): number => { doc.fillColor(colour); return drawLines(with_, linesOf(with_, text, width), x, y, width, align); };

  let y = head(paper, put, pen);
  const tableHead = (at: number): number => {
    for (const [title, x, width, align] of COLUMNS) put(title, x, at, width, align, pen(9, 'bold'));
    doc.moveTo(LEFT, at + 14).lineTo(RIGHT, at + 14).lineWidth(0.8).stroke('#444444');
    return at + 19;
  };
  y = tableHead(y);
  for (const line of paper.lines) {
    const cells = [line.supplierSku ?? '', line.sku ?? '', line.title, String(line.quantity), amount(line.unitCost, paper.currency), amount(line.quantity * line.unitCost, paper.currency)].map((text, n) => linesOf(pen(9), text, COLUMNS[n]![2]));
    const height = Math.max(...cells.map((lines) => lines.length)) * lineHeight(pen(9));
    if (y + height > BOTTOM - 20) { doc.addPage(); y = tableHead(LEFT); }
    doc.fillColor(BLACK);
    cells.forEach((lines, n) => drawLines(pen(9), lines, COLUMNS[n]![1], y, COLUMNS[n]![2], COLUMNS[n]![3]));
    y += height + 5;
  }
  if (y > BOTTOM - 60) { doc.addPage(); y = LEFT; }
  doc.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.8).stroke('#444444');
  put(`${paperUnits(paper)} units`, 320, y + 6, 98, 'right', pen(9, 'bold'));
  put(`${amount(paperTotal(paper), paper.currency)} ${paper.currency}`, 422, y + 6, 125, 'right', pen(9, 'bold'));
  y += 30;
  if (paper.notes.trim() !== '') for (const line of linesOf(pen(9), paper.notes.trim(), RIGHT - LEFT)) {
    if (y + lineHeight(pen(9)) > BOTTOM) { doc.addPage(); y = LEFT; }
    doc.fillColor(BLACK);
    y = drawLines(pen(9), [line], LEFT, y, RIGHT - LEFT);
  }
  const { count } = doc.bufferedPageRange();
  for (let n = 0; n < count; n++) {
    doc.switchToPage(n);
    doc.page.margins.bottom = 0; // the foot stands in the margin; with it, pdfkit would open a page for it
    put(`${paper.reference} · version ${paper.version} · page ${n + 1} of ${count}`, LEFT, 804, RIGHT - LEFT, 'center', pen(8), GREY);
  }
  doc.end();
  return whole;
}

/** Everything of the paper that somebody typed. */
function words(paper: PurchasePaper): string[] {
  const { supplier } = paper;
  return [paper.reference, paper.shop, paper.shipTo, paper.notes, paper.paymentTerms, supplier.name, supplier.contact, supplier.address, ...paper.lines.flatMap((line) => [line.title, line.sku, line.supplierSku])].filter((text) => text !== null);
}

type Put = (text: string, x: number, y: number, width: number, align?: 'left' | 'right' | 'center', pen?: Pen, colour?: string) => number;
function head(paper: PurchasePaper, put: Put, pen: (size: number, weight?: Weight) => Pen): number {
  put('Purchase order', LEFT, LEFT, 320, 'left', pen(18, 'bold'));
  put(paper.reference, 380, LEFT + 4, RIGHT - 380, 'right', pen(11, 'bold'));
  if (paper.replaces) put(`Version ${paper.version}: replaces the one you have`, 320, LEFT + 20, RIGHT - 320, 'right');
  const blocks: [string, string][] = [['From', paper.shop], ['To', [paper.supplier.name, paper.supplier.contact, paper.supplier.address].filter(Boolean).join('\n')], ['Deliver to', paper.shipTo]];
  const lowest = Math.max(...blocks.map(([title, text], n) => { put(title, LEFT + n * 170, 92, 160, 'left', pen(9), GREY); return put(text, LEFT + n * 170, 105, 160); }));
  const facts = [['Ordered', paper.orderedOn ?? 'not sent yet'], ['Expected', paper.expectedOn ?? 'please confirm'], ['Currency', paper.currency], ['Terms', paper.paymentTerms ?? '']].filter(([, value]) => value !== '');
  return 22 + Math.max(...facts.map(([title, value], n) => { put(title!, LEFT + n * 125, lowest + 14, 120, 'left', pen(9), GREY); return put(value!, LEFT + n * 125, lowest + 27, 120); }));
}
