import { units, type Units } from '../quantity.ts';

/** What is there, coming and promised of one item at one place. Whole units, none negative but `onHand` (oversold places exist). */
export interface StockPosition {
  onHand: Units;
  /** Ordered from suppliers or in transfer, not yet received. */
  incoming: Units;
  /** In open customer orders, still on hand. */
  committed: Units;
  /** Sold without stock, owed to customers. */
  backorders: Units;
}

/** Inventory position = on hand + incoming − committed − backorders: what decisions act on, never on hand alone. */
export function inventoryPosition(stock: StockPosition): Units {
  return units(units(stock.onHand) + units(stock.incoming) - units(stock.committed) - units(stock.backorders));
}
