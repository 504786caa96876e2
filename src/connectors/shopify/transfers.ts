/** Inventory transfers: made ready, shipped, received, cancelled. What a call did whose answer was lost is read off the transfer before it is made again. */
import type { Storefront, StorefrontTransfer, TransferStep } from '../../ports/storefront.ts';
import { ShopifyError, type AdminClient } from './admin-client.ts';
import * as doc from './documents.ts';
import { resultOf } from './inventory-write.ts';
import type { Page } from './order-wire.ts';
import { idOf } from './wire.ts';

interface UserError { code?: string | null; field: string[] | null; message: string }
interface GqlShipment { id: string; name: string; status: string; lineItems: Page<{ id: string; inventoryItem: { id: string } | null; quantity: number; acceptedQuantity: number; rejectedQuantity: number }> }
interface GqlTransfer { id: string; name: string; status: string; tags: string[]; lineItems: Page<{ id: string; inventoryItem: { id: string } | null; totalQuantity: number; shippedQuantity: number }>; shipments: Page<GqlShipment> }

const STATUS: Record<string, StorefrontTransfer['status']> = { DRAFT: 'draft', READY_TO_SHIP: 'ready', IN_PROGRESS: 'in transit', TRANSFERRED: 'received', CANCELED: 'cancelled' };
const SHIPMENT: Record<string, StorefrontTransfer['shipments'][number]['status']> = { DRAFT: 'draft', IN_TRANSIT: 'in transit', PARTIALLY_RECEIVED: 'in transit', RECEIVED: 'received' };
/** Shopify's longest tag has 255 letters. */
const tagOf = (tag: string): string => `instep-${tag}`;

export function transferWrites(client: AdminClient): Pick<Storefront, 'transfer' | 'transferMadeBy' | 'createTransfer' | 'shipTransfer' | 'receiveShipment' | 'setTransferQuantities' | 'removeTransferLines' | 'cancelTransfer'> {
  return {
    async transfer(id) {
      const { inventoryTransfer: node } = await client.run<{ inventoryTransfer: GqlTransfer | null }>(doc.TRANSFER, { id: transferGid(id) });
      return node && transferOf(await whole(node));
    },
    async transferMadeBy(tag) {
      const { inventoryTransfers: { nodes } } = await client.run<{ inventoryTransfers: { nodes: GqlTransfer[] } }>(doc.TRANSFERS_TAGGED, { query: `tag:'${tagOf(tag)}'` });
      const found = nodes.find((node) => node.tags.includes(tagOf(tag)));
      return found ? transferOf(await whole(found)) : null;
    },
    createTransfer: ({ key, tag, reference, fromLocationId, toLocationId, lines, note }) => step(doc.CREATE_TRANSFER, 'inventoryTransferCreateAsReadyToShip', 'inventoryTransfer', { key, input: {
      originLocationId: placeGid(fromLocationId), destinationLocationId: placeGid(toLocationId), lineItems: lines.map((line) => ({ inventoryItemId: itemGid(line.inventoryItemId), quantity: line.quantity })), referenceName: reference, note, tags: ['instep', tagOf(tag)],
    } }),
    shipTransfer: ({ key, transferId, lines }) => step(doc.SHIP_TRANSFER, 'inventoryShipmentCreateInTransit', 'inventoryShipment', { key, input: { movementId: transferGid(transferId), lineItems: lines.map((line) => ({ inventoryItemId: itemGid(line.inventoryItemId), quantity: line.quantity })) } }),
    receiveShipment: ({ key, shipmentId, lines }) => step(doc.RECEIVE_SHIPMENT, 'inventoryShipmentReceive', 'inventoryShipment', { key, id: `gid://shopify/InventoryShipment/${shipmentId}`, lines: lines.flatMap((line) =>
      ([['ACCEPTED', line.accepted], ['REJECTED', line.rejected]] as const).flatMap(([reason, quantity]) => (quantity === 0 ? [] : [{ shipmentLineItemId: `gid://shopify/InventoryShipmentLineItem/${line.lineId}`, quantity, reason }]))) }),
    setTransferQuantities: ({ key, transferId, lines }) => step(doc.SET_TRANSFER_ITEMS, 'inventoryTransferSetItems', 'inventoryTransfer', { key, input: { id: transferGid(transferId), lineItems: lines.map((line) => ({ inventoryItemId: itemGid(line.inventoryItemId), quantity: line.quantity })) } }),
    removeTransferLines: ({ transferId, lineIds }) => step(doc.REMOVE_TRANSFER_ITEMS, 'inventoryTransferRemoveItems', 'inventoryTransfer', { input: { id: transferGid(transferId), transferLineItemIds: lineIds.map((id) => `gid://shopify/InventoryTransferLineItem/${id}`) } }),
    cancelTransfer: (id) => step(doc.CANCEL_TRANSFER, 'inventoryTransferCancel', 'inventoryTransfer', { id: transferGid(id) }),
  };

  async function step(document: string, field: string, made: string, variables: Record<string, unknown>): Promise<TransferStep> {
    let answer: Record<string, { id: string } | null> & { userErrors: UserError[] };
    try {
      answer = (await client.run<Record<string, typeof answer>>(document, variables))[field]!;
    } catch (error) {
      // Access denied, or an argument it does not know: nothing was applied, and sending it again would say the same.
      if (error instanceof ShopifyError) return { outcome: 'refused', message: error.message };
      throw error;
    }
    if (answer.userErrors.length === 0) return answer[made] ? { outcome: 'written', id: idOf(answer[made].id) } : { outcome: 'refused', message: 'Shopify said nothing of what it made' };
    const result = resultOf(answer.userErrors);
    if (result.outcome === 'written') return { outcome: 'refused', message: 'Shopify said nothing of what it made' };
    return result.outcome === 'refused' ? { outcome: 'refused', message: result.faults.map((fault) => fault.message).join('; ') } : { outcome: result.outcome === 'mismatch' ? 'refused' : result.outcome, message: result.message };
  }

  /** With all its lines and shipments: a list cut short would look like units nobody sent. */
  async function whole(node: GqlTransfer): Promise<GqlTransfer> {
    const lineItems = { nodes: await rest(node.id, node.lineItems, doc.MORE_TRANSFER_LINES, (d: { inventoryTransfer: GqlTransfer }) => d.inventoryTransfer.lineItems) };
    const shipments = await rest(node.id, node.shipments, doc.MORE_SHIPMENTS, (d: { inventoryTransfer: GqlTransfer }) => d.inventoryTransfer.shipments), filled: GqlShipment[] = [];
    for (const one of shipments) filled.push({ ...one, lineItems: { nodes: await rest(one.id, one.lineItems, doc.MORE_SHIPMENT_LINES, (d: { inventoryShipment: GqlShipment }) => d.inventoryShipment.lineItems) } });
    return { ...node, lineItems, shipments: { nodes: filled } };
  }
  async function rest<T, D>(id: string, first: Page<T>, document: string, pick: (data: D) => Page<T>): Promise<T[]> {
    const all = [...first.nodes];
    for (let after = first.pageInfo?.hasNextPage ? first.pageInfo.endCursor : null; after !== null;) {
      const page: Page<T> = pick(await client.run<D>(document, { id, after }));
      all.push(...page.nodes);
      after = page.pageInfo?.hasNextPage ? page.pageInfo.endCursor : null;
    }
    return all;
  }
}

function transferOf(node: GqlTransfer): StorefrontTransfer {
  const received = new Map<string, { accepted: number; rejected: number }>();
  for (const shipment of node.shipments.nodes) for (const line of shipment.lineItems.nodes) {
    if (line.inventoryItem === null) continue;
    const id = idOf(line.inventoryItem.id), known = received.get(id) ?? { accepted: 0, rejected: 0 };
    received.set(id, { accepted: known.accepted + line.acceptedQuantity, rejected: known.rejected + line.rejectedQuantity });
  }
  return {
    id: idOf(node.id), name: node.name, status: STATUS[node.status] ?? 'other', shipments: node.shipments.nodes.map((one) => ({ id: idOf(one.id), name: one.name, status: SHIPMENT[one.status] ?? 'other', lines: one.lineItems.nodes.flatMap((line) => (line.inventoryItem === null ? [] : [{ lineId: idOf(line.id), inventoryItemId: idOf(line.inventoryItem.id), quantity: line.quantity, accepted: line.acceptedQuantity, rejected: line.rejectedQuantity }])) })),
    lines: node.lineItems.nodes.flatMap((line) => (line.inventoryItem === null ? [] : [{ lineId: idOf(line.id), inventoryItemId: idOf(line.inventoryItem.id), total: line.totalQuantity, shipped: line.shippedQuantity, ...(received.get(idOf(line.inventoryItem.id)) ?? { accepted: 0, rejected: 0 }) }])),
  };
}

const transferGid = (id: string): string => `gid://shopify/InventoryTransfer/${id}`;
const itemGid = (id: string): string => `gid://shopify/InventoryItem/${id}`;
const placeGid = (id: string): string => `gid://shopify/Location/${id}`;
