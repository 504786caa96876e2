/** The questions about purchasing: suppliers, their items, purchase orders, receipts. */
import type * as Contract from '../../http/contract-purchasing.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type Supplier = Of<typeof Contract.Supplier>;
export type SupplierPage = Of<typeof Contract.SupplierPage>;
export type SupplierItem = Of<typeof Contract.SupplierItem>;
export type SupplierItemsPage = Of<typeof Contract.SupplierItemsPage>;
export type PurchaseRow = Of<typeof Contract.PurchaseRow>;
export type PurchasePage = Of<typeof Contract.PurchasePage>;
export type PurchaseDetail = Of<typeof Contract.PurchaseDetail>;
export type PurchaseLine = Of<typeof Contract.PurchaseLineView>;
export type PurchaseVersion = Of<typeof Contract.PurchaseVersionView>;
export type GoodsReceipt = Of<typeof Contract.GoodsReceipt>;
export type PurchaseSettings = Of<typeof Contract.PurchaseSettings>;
export type MadePurchases = Of<typeof Contract.MadePurchases>;
export type ReceiptFileResult = Of<typeof Contract.ReceiptFileResult>;
export type PurchasingImportResult = Of<typeof Contract.PurchasingImportResult>;

export const suppliersQuery = (filter: Parameters) => pages<SupplierPage>(['suppliers', filter], '/suppliers', filter);
/** Names for a choice: the first 500. */
export const supplierNamesQuery = (store: number) => one<SupplierPage>(['suppliers', 'names', store], '/suppliers', { store, limit: 500 });
export const supplierQuery = (store: number, supplierId: string) => one<Supplier>(['suppliers', 'one', store, supplierId], `/suppliers/${supplierId}`, { store });
export const supplierItemsQuery = (supplierId: string, filter: Parameters) => pages<SupplierItemsPage>(['suppliers', 'items', supplierId, filter], `/suppliers/${supplierId}/items`, filter);
export const purchasesQuery = (filter: Parameters) => pages<PurchasePage>(['purchase-orders', filter], '/purchase-orders', filter);
export const purchaseQuery = (store: number, id: string) => one<PurchaseDetail>(['purchase-orders', 'one', store, id], `/purchase-orders/${id}`, { store });
export const purchaseSettingsQuery = (store: number) => one<PurchaseSettings>(['purchase-orders', 'settings', store], '/purchase-settings', { store });
