/** The purchase order as the supplier reads it: the same rows in the PDF, the CSV and the mail. */
import { csvText } from '../csv.ts';
import { money, toDecimal } from '../money.ts';

export interface PaperLine { sku: string | null; supplierSku: string | null; barcode: string | null; title: string; quantity: number; unitCost: number }
export interface PurchasePaper {
  reference: string; version: number; shop: string; currency: string; orderedOn: string | null; expectedOn: string | null; paymentTerms: string | null; notes: string; shipTo: string;
  supplier: { name: string; contact: string | null; address: string | null };
  lines: PaperLine[];
  /** False: nobody sent an earlier version. */
  replaces: boolean;
}

/** "1234.50": minor units as an exact decimal. */
export const amount = (minor: number, currency: string): string => toDecimal(money(minor, currency));
export const paperTotal = (paper: PurchasePaper): number => paper.lines.reduce((sum, line) => sum + line.quantity * line.unitCost, 0);
export const paperUnits = (paper: PurchasePaper): number => paper.lines.reduce((sum, line) => sum + line.quantity, 0);

/** A row a line, amounts in whole currency, as suppliers' systems take them. */
export function paperCsv(paper: PurchasePaper): string {
  return csvText(['Purchase order', 'Version', 'Supplier SKU', 'SKU', 'Barcode', 'Title', 'Quantity', `Unit cost (${paper.currency})`, `Amount (${paper.currency})`, 'Wanted by'],
    paper.lines.map((line) => [paper.reference, paper.version, line.supplierSku, line.sku, line.barcode, line.title, line.quantity, amount(line.unitCost, paper.currency), amount(line.quantity * line.unitCost, paper.currency), paper.expectedOn]));
}

/** What the mail says above its attachments. */
export function paperMail(paper: PurchasePaper, words: string): { subject: string; text: string } {
  const greeting = paper.supplier.contact ? `Dear ${paper.supplier.contact},` : 'Hello,';
  return {
    subject: `${paper.replaces ? 'Changed: p' : 'P'}urchase order ${paper.reference} from ${paper.shop}`,
    text: [
      greeting, '', ...(words.trim() === '' ? [] : [words.trim(), '']),
      `please find attached our purchase order ${paper.reference}${paper.replaces ? `, version ${paper.version}, which replaces the one you have` : ''}: ${paper.lines.length} ${paper.lines.length === 1 ? 'line' : 'lines'}, ${paperUnits(paper)} units, ${amount(paperTotal(paper), paper.currency)} ${paper.currency}.`,
      `Deliver to: ${paper.shipTo}.${paper.expectedOn === null ? '' : ` We expect it by ${paper.expectedOn}; please tell us if that cannot be.`}`, '',
      ...(paper.notes.trim() === '' ? [] : [paper.notes.trim(), '']), paper.shop, '',
    ].join('\n'),
  };
}
