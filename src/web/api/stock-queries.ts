/** The questions about stock truth: the push queue, locations, warehouses, mapping, bundles, fulfilments, returns, counts. */
import type * as Contract from '../../http/contract-stock.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type PushRow = Of<typeof Contract.PushRow>;
export type PushPage = Of<typeof Contract.PushPage>;
export type Attempt = Of<typeof Contract.Attempt>;
export type ItemAdjustments = Of<typeof Contract.ItemAdjustments>;
export type LocationView = Of<typeof Contract.LocationView>;
export type PushPolicy = Of<typeof Contract.PushPolicy>;
export type PolicyChange = Of<typeof Contract.PolicyChange>;
export type Warehouse = Of<typeof Contract.WarehouseView>;
export type WarehouseMade = Of<typeof Contract.WarehouseMade>;
export type Sharing = Of<typeof Contract.SharingView>;
export type MappingRow = Of<typeof Contract.MappingRow>;
export type MappingPage = Of<typeof Contract.MappingPage>;
export type Bundle = Of<typeof Contract.Bundle>;
export type ImportResult = Of<typeof Contract.ImportResult>;
export type VariantHit = Of<typeof Contract.VariantHit>;
export type Shipment = Of<typeof Contract.Shipment>;
export type ShipmentPage = Of<typeof Contract.ShipmentPage>;
export type OrderOut = Of<typeof Contract.OrderOut>;
export type OrderOutPage = Of<typeof Contract.OrderOutPage>;
export type ReturnCase = Of<typeof Contract.ReturnCase>;
export type ReturnPage = Of<typeof Contract.ReturnPage>;
export type GhostRow = Of<typeof Contract.GhostRow>;
export type StockCount = Of<typeof Contract.StockCount>;
export type StockCountDetail = Of<typeof Contract.StockCountDetail>;

export const pushQuery = (filter: Parameters) => pages<PushPage>(['push', filter], '/push', filter);
export const levelQuery = (store: number, itemId: number, location: number) => one<PushPage>(['push', 'level', store, itemId, location], '/push', { store, item: itemId, location, limit: 1 });
export const attemptsQuery = (store: number, itemId: number, location: number) => one<{ attempts: Attempt[] }>(['push', 'attempts', store, itemId, location], `/push/${itemId}/${location}/attempts`, { store });
/** Asked of Shopify itself: kept for half a minute. */
export const adjustmentsQuery = (store: number, itemId: number, location: number, days: number) => ({ ...one<ItemAdjustments>(['adjustments', store, itemId, location, days], `/items/${itemId}/adjustments`, { store, location, days }), staleTime: 30_000 });
export const locationsQuery = (store: number) => one<{ locations: LocationView[] }>(['locations', store], '/locations', { store });
export const warehousesQuery = () => one<{ warehouses: Warehouse[] }>(['warehouses'], '/warehouses');
export const sharingQuery = (warehouseId: number) => one<{ rows: Sharing[] }>(['warehouses', warehouseId, 'sharing'], `/warehouses/${warehouseId}/sharing`);
export const mappingQuery = (filter: Parameters) => pages<MappingPage>(['mapping', filter], '/mapping', filter);
export const bundlesQuery = (store: number, q: string | undefined) => one<{ bundles: Bundle[] }>(['bundles', store, q ?? ''], '/bundles', { store, q });
export const variantsQuery = (store: number, q: string) => one<{ variants: VariantHit[] }>(['variants', store, q], '/variants', { store, q });
export const shipmentsQuery = (filter: Parameters) => pages<ShipmentPage>(['fulfilments', filter], '/fulfilments', filter);
export const ordersOutQuery = (filter: Parameters) => pages<OrderOutPage>(['orders-out', filter], '/orders-out', filter);
export const returnsQuery = (filter: Parameters) => pages<ReturnPage>(['returns', filter], '/returns', filter);
export const returnQuery = (store: number, returnId: string) => one<ReturnCase>(['returns', 'one', store, returnId], `/returns/${returnId}`, { store });
export const ghostsQuery = (store: number) => one<{ rows: GhostRow[] }>(['returns', 'ghosts', store], '/returns/ghosts', { store });
export const countsQuery = (store: number) => one<{ counts: StockCount[] }>(['counts', store], '/counts', { store });
export const countQuery = (store: number, countId: string) => one<StockCountDetail>(['counts', store, countId], `/counts/${countId}`, { store });
