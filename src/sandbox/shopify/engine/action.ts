/** One merchant or platform action on the shop: everything in it is committed and announced together, or leaves no trace. */
import type { LevelRecord, Shop, Writer } from '../state.ts';
import { isLoading, variantsOf } from '../shop.ts';
import { levelPayload, productPayload } from './payloads.ts';

export interface UserError { code: string | null; field: string[] | null; message: string }

export interface Action {
  readonly shop: Shop;
  /** The instant every record of the action carries. */
  readonly at: string;
  /** Keys of levels whose `available` changed, and of levels that were made. */
  readonly availableChanged: Set<string>;
  readonly connected: Set<string>;
  /** Names the action in the adjustment history, e.g. `order/123`. */
  readonly cause: string;
  /** Writer and group of the adjustments that follow, where somebody writes stock by hand or through the API. */
  signed?: { by: Writer; groupId: string };
}

/** The action cannot be done for a business reason; nothing of it is kept. */
export class Refusal extends Error {
  readonly userErrors: UserError[];
  constructor(userErrors: UserError[]) {
    super(userErrors.map((error) => error.message).join(' '));
    this.userErrors = userErrors;
  }
}

/** Ends the action with one error. @throws Refusal always */
export function refuse(field: string[] | null, message: string, code: string | null = null): never {
  throw new Refusal([{ code, field, message }]);
}

/**
 * Runs `work`, commits it and announces changed stock. A `Refusal` rolls back and becomes `refused(userErrors)`; any other
 * exception rolls back and is thrown on.
 */
export function act<T>(shop: Shop, cause: string, at: string | undefined, work: (action: Action) => T, refused: (userErrors: UserError[]) => T): T {
  const action: Action = { shop, cause, at: at ?? shop.now(), availableChanged: new Set(), connected: new Set() };
  let outcome: T;
  try {
    outcome = work(action);
    announceStock(action);
  } catch (error) {
    shop.rollback();
    if (error instanceof Refusal) return refused(error.userErrors);
    throw error;
  }
  shop.commit();
  return outcome;
}

/** Levels first, then each product once: a changed quantity is an update of the product too (its `updatedAt` and `products/update`). */
function announceStock({ shop, at, availableChanged, connected }: Action): void {
  const loud = !isLoading(shop);
  const products = new Set<string>();
  const announce = (topic: string, key: string) => {
    const level = shop.tables.levels.get(key) as LevelRecord;
    if (loud) shop.emit(topic, levelPayload(shop, level));
    const productId = shop.variantOfItem(level.inventoryItemId)?.productId;
    if (productId !== undefined) products.add(productId);
  };
  for (const key of connected) announce('inventory_levels/connect', key);
  for (const key of availableChanged) announce('inventory_levels/update', key);
  for (const id of products) {
    const product = shop.tables.products.get(id);
    if (!product) continue;
    const touched = product.updatedAt < at ? { ...product, updatedAt: at } : product;
    if (touched !== product) shop.put('products', touched);
    if (loud) shop.emit('products/update', productPayload(shop, touched, variantsOf(shop, id)));
  }
}
