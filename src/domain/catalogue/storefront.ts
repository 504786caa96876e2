/** What a storefront says of its catalogue and levels, in our words. Ids are the storefront's own, as decimal strings; money is minor units. */
import type { StockState } from '../stock/fact.ts';

export interface StorefrontLocation { id: string; name: string; isActive: boolean }

export interface StorefrontVariant {
  variantId: string; productId: string; inventoryItemId: string; sku: string | null; barcode: string | null; title: string;
  price: number | null; vendor: string | null; productType: string | null; /** Of the product, as of an instant. */ tags: readonly string[]; tagsAt: string; productStatus: string; continuesSelling: boolean;
  isBundle: boolean; components: { variantId: string; quantity: number }[];
  tracked: boolean; unitCost: number | null; updatedAt: string;
}

/** What a product webhook tells of a variant: enough to see a rename, not enough to make one. */
export interface StorefrontVariantPatch {
  variantId: string; inventoryItemId: string | null; sku: string | null; barcode: string | null; title: string | null; price: number | null;
}

export interface StorefrontLevel {
  inventoryItemId: string; locationId: string; isActive: boolean;
  quantities: Partial<Record<StockState | 'on_hand', number>>;
  /** When available, or the level as a whole, last changed. */
  availableAt: string;
  /** When on hand last changed: the cut of an opening count. */
  onHandAt: string;
  /** What it is a level of; stated where levels are asked for one by one. */
  item?: { tracked: boolean; sku: string | null };
}
