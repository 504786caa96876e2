/**
 * Every GraphQL document Instep sends. A test validates each against the official schema and checks that none selects a field with
 * buyer personal data (names, addresses, phone, e-mail).
 */

export const SHOP = /* GraphQL */ `query Shop { shop { id name myshopifyDomain currencyCode ianaTimezone createdAt } }`;

/** The least there is to ask: what counts is the Date of the answer. */
export const SHOP_TIME = /* GraphQL */ `query ShopTime { shop { id } }`;

export const GRANTED_SCOPES = /* GraphQL */ `query GrantedScopes { currentAppInstallation { accessScopes { handle } } }`;

export const LOCATIONS = /* GraphQL */ `query Locations($after: String) {
  locations(first: 100, after: $after, includeInactive: true, includeLegacy: true) { nodes { id name isActive } pageInfo { hasNextPage endCursor } } }`;

const VARIANT_FIELDS = `id sku barcode title displayName price inventoryPolicy requiresComponents updatedAt
  product { id title vendor productType status tags updatedAt }
  inventoryItem { id tracked unitCost { amount } }`;

export const BULK_VARIANTS = /* GraphQL */ `{ productVariants { edges { node { __typename ${VARIANT_FIELDS}
  productVariantComponents { edges { node { __typename id quantity productVariant { id } } } } } } } }`;

export const VARIANTS_CHANGED = /* GraphQL */ `query VariantsChanged($query: String, $after: String) {
  productVariants(first: 50, after: $after, query: $query, sortKey: ID) { nodes { ${VARIANT_FIELDS} productVariantComponents(first: 10) { nodes { quantity productVariant { id } } pageInfo { hasNextPage endCursor } } }
    pageInfo { hasNextPage endCursor } } }`;

/** The further components of a native bundle with more than its first page. */
export const MORE_COMPONENTS = /* GraphQL */ `query MoreComponents($id: ID!, $after: String) {
  productVariant(id: $id) { productVariantComponents(first: 100, after: $after) { nodes { quantity productVariant { id } } pageInfo { hasNextPage endCursor } } } }`;

export const VARIANTS_COUNT = /* GraphQL */ `query VariantsCount { productVariantsCount(limit: null) { count precision } }`;

export const VARIANTS_OF_PRODUCT = /* GraphQL */ `query VariantsOfProduct($id: ID!, $after: String) {
  product(id: $id) { variants(first: 50, after: $after) { nodes { ${VARIANT_FIELDS} productVariantComponents(first: 10) { nodes { quantity productVariant { id } } pageInfo { hasNextPage endCursor } } }
    pageInfo { hasNextPage endCursor } } } }`;

const ORDER_FIELDS = `id name createdAt processedAt updatedAt cancelledAt cancelReason test sourceName`;
const LINE_FIELDS = `id quantity currentQuantity unfulfilledQuantity sku name isGiftCard requiresShipping
  originalUnitPriceSet { shopMoney { amount } } variant { id } lineItemGroup { id variantId quantity }`;

export const BULK_ORDERS = /* GraphQL */ `{ orders { edges { node { __typename ${ORDER_FIELDS} edited refunds { id }
  lineItems { edges { node { __typename ${LINE_FIELDS} } } }
  fulfillmentOrders { edges { node { __typename id status updatedAt assignedLocation { location { id } }
    lineItems { edges { node { __typename id totalQuantity remainingQuantity lineItem { id } } } } } } } } } } }`;

const NEXT = `pageInfo { hasNextPage endCursor }`;
const REFUND_LINE = `id quantity restockType location { id } lineItem { id }`;
const PARCEL_LINE = `quantity lineItem { id }`;
const ASSIGNED_LINE = `id totalQuantity remainingQuantity lineItem { id }`;

const ORDER_DETAIL = `${ORDER_FIELDS}
  refunds { id createdAt refundLineItems(first: 20) { nodes { ${REFUND_LINE} } ${NEXT} } }
  fulfillments { id status createdAt updatedAt location { id } fulfillmentLineItems(first: 20) { nodes { ${PARCEL_LINE} } ${NEXT} } }
  lineItems(first: 50) { nodes { ${LINE_FIELDS} } pageInfo { hasNextPage endCursor } }`;
const ASSIGNMENTS = `fulfillmentOrders(first: 10) { nodes { id status updatedAt assignedLocation { location { id } }
  lineItems(first: 50) { nodes { ${ASSIGNED_LINE} } ${NEXT} } } ${NEXT} }`;

export const ORDERS_CHANGED = /* GraphQL */ `query OrdersChanged($query: String!, $after: String) {
  orders(first: 8, after: $after, query: $query, sortKey: UPDATED_AT) { nodes { ${ORDER_DETAIL} ${ASSIGNMENTS} } pageInfo { hasNextPage endCursor } } }`;

export const ORDERS_BY_ID = /* GraphQL */ `query OrdersById($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { ${ORDER_DETAIL} ${ASSIGNMENTS} } } }`;

/** The further lines of a refund, a parcel or a fulfilment order that has more than its first page. */
export const MORE_LINES = /* GraphQL */ `query MoreLines($id: ID!, $after: String) { node(id: $id) { __typename
  ... on Refund { refundLineItems(first: 200, after: $after) { nodes { ${REFUND_LINE} } ${NEXT} } }
  ... on Fulfillment { fulfillmentLineItems(first: 200, after: $after) { nodes { ${PARCEL_LINE} } ${NEXT} } }
  ... on FulfillmentOrder { lineItems(first: 200, after: $after) { nodes { ${ASSIGNED_LINE} } ${NEXT} } } } }`;

/** The further fulfilment orders of an order that was split over more places than its first page holds. */
export const MORE_ASSIGNMENTS = /* GraphQL */ `query MoreAssignments($id: ID!, $after: String) { order(id: $id) { fulfillmentOrders(first: 10, after: $after) {
  nodes { id status updatedAt assignedLocation { location { id } } lineItems(first: 50) { nodes { ${ASSIGNED_LINE} } ${NEXT} } } ${NEXT} } } }`;

/** Small on purpose: a history has many refunds, and this is asked for each. */
export const ORDER_REFUNDS = /* GraphQL */ `query OrderRefunds($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { id
  refunds { id createdAt refundLineItems(first: 6) { nodes { ${REFUND_LINE} } ${NEXT} } } } } }`;

export const ORDER_LINES = /* GraphQL */ `query OrderLines($id: ID!, $after: String) {
  order(id: $id) { lineItems(first: 200, after: $after) { nodes { ${LINE_FIELDS} } pageInfo { hasNextPage endCursor } } } }`;

export const ORDER_ASSIGNMENTS = /* GraphQL */ `query OrderAssignments($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { id ${ASSIGNMENTS} } } }`;

export const ORDERS_COUNT = /* GraphQL */ `query OrdersCount { ordersCount(limit: null) { count precision } }`;

const STATES = `quantities(names: ["available", "on_hand", "committed", "reserved", "damaged", "safety_stock", "quality_control", "incoming"]) { name quantity updatedAt }`;

export const BULK_LEVELS = /* GraphQL */ `{ inventoryItems { edges { node { __typename id tracked
  inventoryLevels { edges { node { __typename id isActive updatedAt location { id } ${STATES} } } } } } } }`;

export const LEVELS_CHANGED = /* GraphQL */ `query LevelsChanged($location: ID!, $query: String!, $after: String) {
  location(id: $location) { inventoryLevels(first: 100, after: $after, query: $query, includeInactive: true) {
    nodes { id isActive updatedAt item { id } location { id } ${STATES} } pageInfo { hasNextPage endCursor } } } }`;

export const LEVELS_BY_ID = /* GraphQL */ `query LevelsById($ids: [ID!]!) {
  nodes(ids: $ids) { __typename ... on InventoryLevel { id isActive updatedAt item { id tracked sku } location { id } ${STATES} } } }`;

export const ITEM_HISTORY = /* GraphQL */ `query ItemHistory($id: ID!) { inventoryItem(id: $id) { inventoryHistoryUrl } }`;

/** `rows` is JSON of Shopify's making: read with care. */
export const ADJUSTMENT_HISTORY = /* GraphQL */ `query AdjustmentHistory($query: String!) { shopifyqlQuery(query: $query) { tableData { columns { name } rows } parseErrors } }`;

export const BULK_RUN = /* GraphQL */ `mutation BulkRun($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) { bulkOperation { id status } userErrors { field message } } }`;

export const BULK_STATUS = /* GraphQL */ `query BulkStatus($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount fileSize url partialDataUrl } }`;

export const SUBSCRIPTIONS = /* GraphQL */ `query Subscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) { nodes { id topic uri includeFields } pageInfo { hasNextPage endCursor } } }`;

export const SUBSCRIBE = /* GraphQL */ `mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) { webhookSubscription { id } userErrors { field message } } }`;

export const UNSUBSCRIBE = /* GraphQL */ `mutation Unsubscribe($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }`;

// ---- writes: stock --------------------------------------------------------------------------------------------------------------------
const ADJUSTED = `inventoryAdjustmentGroup { id } userErrors { code field message }`;

/** Asks for the group's id alone: a call of 250 rows then costs little more than the mutation itself. */
export const SET_QUANTITIES = /* GraphQL */ `mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { ${ADJUSTED} } }`;

export const ADJUST_QUANTITIES = /* GraphQL */ `mutation AdjustQuantities($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) { ${ADJUSTED} } }`;

export const ACTIVATE_LEVEL = /* GraphQL */ `mutation ActivateLevel($item: ID!, $location: ID!, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $location) @idempotent(key: $key) { inventoryLevel { id isActive } userErrors { field message } } }`;

// ---- fulfilment -----------------------------------------------------------------------------------------------------------------------
const WORK_FIELDS = `id orderId status updatedAt supportedActions { action } fulfillmentHolds { reason displayReason } assignedLocation { location { id } }
  lineItems(first: 50) { nodes { ${ASSIGNED_LINE} } ${NEXT} }`;

export const WORK_OF_ORDERS = /* GraphQL */ `query WorkOfOrders($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { id fulfillmentOrders(first: 10) { nodes { ${WORK_FIELDS} } ${NEXT} } } } }`;

export const MORE_WORK = /* GraphQL */ `query MoreWork($id: ID!, $after: String) { order(id: $id) { fulfillmentOrders(first: 10, after: $after) { nodes { ${WORK_FIELDS} } ${NEXT} } } }`;

export const WORK_CHANGED = /* GraphQL */ `query WorkChanged($query: String!, $after: String) {
  fulfillmentOrders(first: 100, after: $after, query: $query, includeClosed: true, sortKey: ID) { nodes { id orderId } ${NEXT} } }`;

const PARCEL_FIELDS = `id status createdAt updatedAt location { id } trackingInfo(first: 50) { number }
  fulfillmentLineItems(first: 50) { nodes { ${PARCEL_LINE} } ${NEXT} }`;

export const PARCELS_OF_ORDER = /* GraphQL */ `query ParcelsOfOrder($id: ID!) { order(id: $id) { id fulfillments(first: 100) { ${PARCEL_FIELDS} } } }`;

/** Not idempotent at Shopify: whoever calls it after a lost answer looks for the tracking number first. */
export const CREATE_FULFILMENT = /* GraphQL */ `mutation CreateFulfilment($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { ${PARCEL_FIELDS} } userErrors { field message } } }`;

// ---- returns --------------------------------------------------------------------------------------------------------------------------
const RETURN_LINE = `__typename quantity ... on ReturnLineItem { fulfillmentLineItem { lineItem { id } } }`;
const REVERSE_LINE = `id totalQuantity fulfillmentLineItem { lineItem { id } } dispositions { id type quantity createdAt location { id } }`;

/** The further lines of a return with more than its first page; and what was done with those goods, by the work order that took them in. */
export const MORE_RETURN_LINES = /* GraphQL */ `query MoreReturnLines($id: ID!, $after: String) { return(id: $id) { returnLineItems(first: 100, after: $after) { nodes { ${RETURN_LINE} } ${NEXT} } } }`;

export const MORE_REVERSE_LINES = /* GraphQL */ `query MoreReverseLines($id: ID!, $after: String) { return(id: $id) { reverseFulfillmentOrders(first: 3) { nodes { id
  lineItems(first: 100, after: $after) { nodes { ${REVERSE_LINE} } ${NEXT} } } } } }`;

const EXCHANGE_LINE = `id variantId quantity processedQuantity lineItems { id }`;
export const MORE_EXCHANGE_LINES = /* GraphQL */ `query MoreExchangeLines($id: ID!, $after: String) { return(id: $id) { exchangeLineItems(first: 100, after: $after) { nodes { ${EXCHANGE_LINE} } ${NEXT} } } }`;

const RETURN = `id name status createdAt
  returnLineItems(first: 20) { nodes { ${RETURN_LINE} } ${NEXT} }
  exchangeLineItems(first: 10) { nodes { ${EXCHANGE_LINE} } ${NEXT} }
  reverseFulfillmentOrders(first: 3) { nodes { id lineItems(first: 20) { nodes { ${REVERSE_LINE} } ${NEXT} } } ${NEXT} }`;
export const RETURNS_OF_ORDERS = /* GraphQL */ `query ReturnsOfOrders($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { id returns(first: 10) { nodes { ${RETURN} } ${NEXT} } } } }`;

export const MORE_RETURNS = /* GraphQL */ `query MoreReturns($id: ID!, $after: String) { order(id: $id) { returns(first: 10, after: $after) { nodes { ${RETURN} } ${NEXT} } } }`;

export const DISPOSE_RETURNED = /* GraphQL */ `mutation DisposeReturned($said: [ReverseFulfillmentOrderDisposeInput!]!) {
  reverseFulfillmentOrderDispose(dispositionInputs: $said) { reverseFulfillmentOrderLineItems { ${REVERSE_LINE} } userErrors { code field message } } }`;

export const ORDER_OF_RETURN = /* GraphQL */ `query OrderOfReturn($id: ID!) { return(id: $id) { id order { id } } }`;

export const ORDERS_WITH_RETURNS = /* GraphQL */ `query OrdersWithReturns($query: String!, $after: String) {
  orders(first: 100, after: $after, query: $query, sortKey: UPDATED_AT) { nodes { id returnStatus } ${NEXT} } }`;

// ---- transfers ------------------------------------------------------------------------------------------------------------------------
const TRANSFER_LINE = `id inventoryItem { id } totalQuantity shippedQuantity`, SHIPMENT_LINE = `id inventoryItem { id } quantity acceptedQuantity rejectedQuantity`;
const TRANSFER_FIELDS = `id name status tags lineItems(first: 100) { nodes { ${TRANSFER_LINE} } ${NEXT} }
  shipments(first: 10) { nodes { id name status lineItems(first: 50) { nodes { ${SHIPMENT_LINE} } ${NEXT} } } ${NEXT} }`;

export const TRANSFER = /* GraphQL */ `query Transfer($id: ID!) { inventoryTransfer(id: $id) { ${TRANSFER_FIELDS} } }`;

/** The further lines of a transfer and of a shipment, and its further shipments. */
export const MORE_TRANSFER_LINES = /* GraphQL */ `query MoreTransferLines($id: ID!, $after: String) { inventoryTransfer(id: $id) { lineItems(first: 200, after: $after) { nodes { ${TRANSFER_LINE} } ${NEXT} } } }`;
export const MORE_SHIPMENTS = /* GraphQL */ `query MoreShipments($id: ID!, $after: String) { inventoryTransfer(id: $id) {
  shipments(first: 10, after: $after) { nodes { id name status lineItems(first: 50) { nodes { ${SHIPMENT_LINE} } ${NEXT} } } ${NEXT} } } }`;
export const MORE_SHIPMENT_LINES = /* GraphQL */ `query MoreShipmentLines($id: ID!, $after: String) { inventoryShipment(id: $id) { lineItems(first: 200, after: $after) { nodes { ${SHIPMENT_LINE} } ${NEXT} } } }`;

/** By the tag it was made with: reference names cannot be searched. */
export const TRANSFERS_TAGGED = /* GraphQL */ `query TransfersTagged($query: String!) { inventoryTransfers(first: 5, query: $query) { nodes { ${TRANSFER_FIELDS} } } }`;

export const CREATE_TRANSFER = /* GraphQL */ `mutation CreateTransfer($input: InventoryTransferCreateAsReadyToShipInput!, $key: String!) {
  inventoryTransferCreateAsReadyToShip(input: $input) @idempotent(key: $key) { inventoryTransfer { id } userErrors { code field message } } }`;

export const SHIP_TRANSFER = /* GraphQL */ `mutation ShipTransfer($input: InventoryShipmentCreateInput!, $key: String!) {
  inventoryShipmentCreateInTransit(input: $input) @idempotent(key: $key) { inventoryShipment { id } userErrors { code field message } } }`;

export const RECEIVE_SHIPMENT = /* GraphQL */ `mutation ReceiveShipment($id: ID!, $lines: [InventoryShipmentReceiveItemInput!], $key: String!) {
  inventoryShipmentReceive(id: $id, lineItems: $lines) @idempotent(key: $key) { inventoryShipment { id } userErrors { code field message } } }`;

export const SET_TRANSFER_ITEMS = /* GraphQL */ `mutation SetTransferItems($input: InventoryTransferSetItemsInput!, $key: String!) {
  inventoryTransferSetItems(input: $input) @idempotent(key: $key) { inventoryTransfer { id } userErrors { code field message } } }`;

/** Not idempotent at Shopify: look at the lines before a call without an answer is made again. */
export const REMOVE_TRANSFER_ITEMS = /* GraphQL */ `mutation RemoveTransferItems($input: InventoryTransferRemoveItemsInput!) {
  inventoryTransferRemoveItems(input: $input) { inventoryTransfer { id } userErrors { code field message } } }`;

/** Not idempotent at Shopify, but a transfer cancelled twice is cancelled. */
export const CANCEL_TRANSFER = /* GraphQL */ `mutation CancelTransfer($id: ID!) { inventoryTransferCancel(id: $id) { inventoryTransfer { id } userErrors { code field message } } }`;
