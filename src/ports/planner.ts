/**
 * What we need of a planning system that runs beside us, in our words: its figures per variant and warehouse, purchase orders both ways, receipts, files.
 * Quantities are whole units unless said; money is minor units of the named currency; instants are ISO-8601 UTC, days YYYY-MM-DD in the shop's calendar.
 */

export interface PlannerWarehouse {
  id: string; name: string;
  /** Combined ones add others up and receive nothing; its own are kept by hand and have no location behind them. */
  kind: 'warehouse' | 'combined' | 'own';
  isDisabled: boolean; currency: string | null;
  /** When it last read the shop's stock, as far as it says. */
  syncedAt: string | null;
}

/** What the planner shows of a variant at one warehouse as of its last sync. `null`: it did not say. */
export interface PlannerFigures {
  /** Null when the figures are not told apart by warehouse. */
  warehouseId: string | null;
  inStock: number; onOrder: number;
  /** Its advice before and after rounding to minimum and packs; the first may be a fraction. */
  replenishment: number; toOrder: number | null;
  leadTimeDays: number | null; coverDays: number | null; minimumStock: number | null; forecastPerDay: number | null;
  method: string | null;
}
export interface PlannerVariant { id: string; /** The shop's own id of the variant, when the planner's contains it. */ shopVariantId: string | null; sku: string | null; title: string; figures: PlannerFigures[] }
/** A row that could not be read: which, which field, and why. The others go on. */
export interface PlannerReject { where: string; field: string | null; message: string }

export interface PlannerOrderHead {
  id: string; reference: string; kind: 'purchase order' | 'transfer' | 'assembly';
  /** The account's own name of it, as it came. */
  status: string;
  vendor: string; warehouseId: string; currency: string | null; /** The day it was made there. */ createdOn: string | null; expectedOn: string | null; modifiedAt: string | null;
  /** True once another system owns it: it cannot be changed in the planner. */
  isReadonly: boolean; ordered: number | null; received: number | null;
}
export interface PlannerOrderLine { variantId: string; sku: string | null; ordered: number; received: number; unitCost: number | null }

export interface OrderToPlan {
  reference: string; /** The account's name of the status. */ status: string; vendor: string; warehouseId: string; currency: string; expectedOn: string | null; notes: string;
  lines: { variantId: string; ordered: number; unitCost: number }[];
}

/** A CSV file for the planner to read: its folder, its name, and the text. */
export interface PlannerFile { folder: string; name: string; content: string }

/** Every method throws `PlannerRefused` on a definite no; anything else thrown leaves open whether a write was done. */
export interface Planner {
  check(): Promise<{ detail: string }>;
  warehouses(): Promise<{ warehouses: PlannerWarehouse[]; rejects: PlannerReject[] }>;
  /** All variants with their figures: read again when the list changes while it is read. */
  variants(): Promise<{ variants: PlannerVariant[]; rejects: PlannerReject[] }>;
  /** All orders, the latest changed first, without their lines. */
  orders(): Promise<{ orders: PlannerOrderHead[]; rejects: PlannerReject[] }>;
  /** Orders with this reference, oldest first. */
  findOrders(reference: string): Promise<PlannerOrderHead[]>;
  /** Null when it is gone. */
  lines(orderId: string, currency: string): Promise<PlannerOrderLine[] | null>;
  /** Makes an order; null when the planner did not say its id. Look for the reference before and after: a repeated call may make another. */
  makeOrder(order: OrderToPlan): Promise<string | null>;
  changeOrder(orderId: string, change: { status?: string; expectedOn?: string | null }): Promise<void>;
  changeLines(orderId: string, lines: readonly { variantId: string; ordered: number; unitCost: number }[], currency: string): Promise<void>;
  /** Sets the total received so far of a line. */
  setReceived(orderId: string, variantId: string, total: number): Promise<void>;
  /** Writes the file of these rows, the `part`th of its kind in this second, and puts it into `folder`. Money of the store's currency. Throws when no server is set up, or when a file of its name is there. */
  putRows(file: AdvancedFile, rows: readonly unknown[], currency: string, folder: string, part?: number): Promise<PlannerFile>;
  close(): Promise<void>;
}

export class PlannerRefused extends Error { override name = 'PlannerRefused'; }

// ---- files of the starter connector: full snapshots, one connector a warehouse ---------------------------------------------------------
export interface ProductRow {
  variantId: string; title: string; sku: string; createdAt: string; updatedAt: string; inStock: number; price: number; regularPrice: number; cost: number | null; barcode: string | null; isTracked: boolean; supplier: string | null; brand: string | null; category: string | null;
  supplierSku: string | null; moq: number | null; casePack: number | null;
}
/** `quantity` is negative for goods that came back. No buyer is named. */
export interface SaleRow { lineId: string; orderId: string; orderName: string; variantId: string; sku: string; at: string; updatedAt: string; price: number; quantity: number; isCancelled: boolean; locationId: string; isRemoved: boolean }
export interface PurchaseRow {
  orderId: string; reference: string; state: string; supplier: string; currency: string; /** The day it was sent, else made. */ createdOn: string; /** The day it is due: as promised, else by the lead time. */ expectedOn: string; updatedAt: string; line: number; variantId: string; sku: string; barcode: string | null; title: string; ordered: number; received: number; receivedOn: string | null; unitCost: number; locationId: string;
  isRemoved: boolean;
}
export interface StockRow { variantId: string; locationId: string; inStock: number; minStock: number | null; maxStock: number | null; updatedAt: string; isRemoved: boolean }
export const STARTER_FILES = ['products', 'sales', 'purchase-orders'] as const;
export type StarterFile = (typeof STARTER_FILES)[number];
// ---- files of the advanced connector: what changed since the last ones -----------------------------------------------------------------
export interface WarehouseRow { warehouseId: string; name: string; updatedAt: string; isRemoved: boolean }
/** The planner knows vendors by their names, so a name is an id as well: whoever reads one as the other is right. */
export interface VendorRow { vendorId: string; currency: string; email: string | null; address: string | null; updatedAt: string; isRemoved: boolean }
export interface VariantRow { variantId: string; sku: string; title: string; barcode: string | null; productId: string; price: number; createdAt: string; type: 'simple' | 'bundle'; updatedAt: string; isRemoved: boolean }
/** `cost` in minor units of `currency`, the vendor's; null where only a cost in another currency is known. */
export interface VariantVendorRow { variantId: string; vendorId: string; cost: number | null; currency: string; supplierSku: string | null; moq: number | null; casePack: number | null; updatedAt: string; isRemoved: boolean }
export interface ComponentRow { variantId: string; componentId: string; quantity: number; updatedAt: string; isRemoved: boolean }
/** Parents first: a row of a later file may name rows of the earlier ones. */
export const ADVANCED_FILES = ['warehouses', 'vendors', 'variants', 'variant-vendors', 'components', 'stock', 'purchase-orders', 'sales'] as const;
export type AdvancedFile = (typeof ADVANCED_FILES)[number];
/** What the folders are called unless the account's are called otherwise: its documents speak of a folder each and do not name them. */
export const ADVANCED_FOLDERS: Readonly<Record<AdvancedFile, string>> = {
  warehouses: 'warehouses', vendors: 'vendors', variants: 'variants', 'variant-vendors': 'variant-vendor', components: 'variant-component', stock: 'variant-warehouse', 'purchase-orders': 'stock-orders', sales: 'sales-lines',
};
