import { describe, expect, it } from 'vitest';
import type { TransferDetail } from '../api/replay-queries.ts';
import { coming, receiptLines, scanned, type ReceiptDraft } from './receipt-draft.ts';

const transfer = {
  items: [{ itemId: 1, sku: 'OWL', barcode: '4006', title: 'Owl' }, { itemId: 2, sku: 'EMU', barcode: null, title: 'Emu' }],
  shipments: [
    { shipmentId: '7', name: '#T1-1', status: 'in transit', lines: [{ itemId: 1, quantity: 3, accepted: 1, rejected: 0 }, { itemId: 2, quantity: 2, accepted: 1, rejected: 1 }] },
    { shipmentId: '8', name: '#T1-2', status: 'in transit', lines: [{ itemId: 1, quantity: 1, accepted: 0, rejected: 0 }] }, { shipmentId: '9', name: '#T1-3', status: 'received', lines: [{ itemId: 2, quantity: 1, accepted: 1, rejected: 0 }] },
  ],
} as unknown as TransferDetail;

describe('a receipt being counted', () => {
  const shipments = coming(transfer);
  it('is of what is still coming, shipment by shipment', () => {
    expect(shipments.map((one) => [one.name, one.lines.map((line) => [line.sku, line.left])])).toEqual([['#T1-1', [['OWL', 2]]], ['#T1-2', [['OWL', 1]]]]);
  });
  it('counts a scan to the oldest shipment that waits for it, and no more than is coming', () => {
    let draft: ReceiptDraft = {};
    const keys = [];
    for (const code of ['owl', '4006', 'OWL']) { const next = scanned(draft, shipments, code); if (typeof next === 'string') throw new Error(next); ({ draft } = next); keys.push(next.key); }
    expect(keys).toEqual(['7/1', '7/1', '8/1']);
    expect(scanned(draft, shipments, 'OWL')).toMatch(/are counted/);
    expect(scanned(draft, shipments, 'EMU')).toMatch(/in no shipment/);
    expect(receiptLines(draft, shipments)).toEqual([{ shipmentId: '7', itemId: 1, accepted: 2, rejected: [] }, { shipmentId: '8', itemId: 1, accepted: 1, rejected: [] }]);
  });
  it('sends reasons with their units, and no line without any', () => {
    expect(receiptLines({ '7/1': { accepted: 0, rejected: { missing: 1, damaged: 1, other: 0 } }, '8/1': { accepted: 0, rejected: {} } }, shipments)).toEqual([{ shipmentId: '7', itemId: 1, accepted: 0, rejected: [{ reason: 'damaged', quantity: 1 }, { reason: 'missing', quantity: 1 }] }]);
  });
});
