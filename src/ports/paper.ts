/** Who puts documents on paper. */
import type { PurchasePaper } from '../domain/purchasing/paper.ts';

export interface Paper {
  /** The purchase order as PDF. */
  purchaseOrder(paper: PurchasePaper): Promise<Buffer>;
}
