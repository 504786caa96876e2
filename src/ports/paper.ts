/** Who puts documents on paper. */
import type { PurchasePaper } from '../domain/purchasing/paper.ts';

export interface Paper {
  /** The purchase order as PDF. */
  purchaseOrder(paper: PurchasePaper): Promise<Buffer>;
  /** Letters of it, each once, that no font has: they are printed as a box with their code. */
  unprintable(paper: PurchasePaper): Promise<string[]>;
}
