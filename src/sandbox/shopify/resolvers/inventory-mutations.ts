/** Stock writes: the engine decides, this face translates ids and keeps the idempotency keys. */
import { activate, adjustQuantities, editByHand, moveQuantities, setQuantities } from '../engine/inventory.ts';
import { appOf, staffOf } from '../engine/actors.ts';
import { idempotencyKeyOf } from '../graphql/mutation-rules.ts';
import type { KeyedOutcome } from '../graphql/idempotency.ts';
import { gid, idOf } from '../gid.ts';
import type { LevelRecord, Writer } from '../state.ts';
import { instant } from '../wire-format.ts';
import { fieldsOf, type Args, type Context, type Resolve } from './fields.ts';

/** What the engine answers; the group is absent when nothing was applied. */
interface InventoryOutcome extends KeyedOutcome { group?: AdjustmentGroup | null; level?: LevelRecord }
interface AdjustmentGroup { id: string; reason: string; createdAt: string; referenceDocumentUri: string | null; changes: Change[]; by?: Writer }
interface Change { name: string; delta: number; quantityAfterChange: number | null; inventoryItemId: string; locationId: string; ledgerDocumentUri: string | null }

/** Runs a mutation under the key of its `@idempotent` directive; the top-level rules guarantee that there is one. */
export function keyed<O extends KeyedOutcome>(mutation: string, act: (args: Args, context: Context) => O, payload: (outcome: O | KeyedOutcome, context: Context) => unknown): Resolve<undefined> {
  return (_root, args, context, info) => {
    const node = info?.fieldNodes[0];
    const key = node === undefined ? undefined : idempotencyKeyOf(node, info?.variableValues.coerced ?? {});
    if (typeof key !== 'string') throw new Error(`${mutation} ran without an idempotency key`);
    return payload(context.idempotency.once(mutation, key, args, () => act(args, context)), context);
  };
}

const pair = (row: Args) => ({ ...row, inventoryItemId: idOf(row['inventoryItemId'], 'InventoryItem'), locationId: idOf(row['locationId'], 'Location') });
const terminal = (end: Args) => ({ ...end, locationId: idOf(end['locationId'], 'Location') });
const groupPayload = (outcome: InventoryOutcome) => ({ inventoryAdjustmentGroup: outcome.group ?? null, userErrors: outcome.userErrors });

type SetInput = Parameters<typeof setQuantities>[1];
type AdjustInput = Parameters<typeof adjustQuantities>[1];
type MoveInput = Parameters<typeof moveQuantities>[1];

export const inventoryMutations = fieldsOf<undefined>({
  inventorySetQuantities: keyed('inventorySetQuantities', ({ input }, { shop, faults }): InventoryOutcome => {
    const set = { ...input, quantities: (input.quantities as Args[]).map(pair) } as SetInput, rival = faults?.takeRival(set.quantities.map((row) => row.inventoryItemId)) ?? null;
    if (rival !== null) for (const { inventoryItemId, locationId } of set.quantities) if (rival.inventoryItemId === undefined || rival.inventoryItemId === inventoryItemId) editByHand(shop, { inventoryItemId, locationId, reason: 'correction', change: { name: 'available', delta: 1 } }, { by: { app: rival.app } });
    return setQuantities(shop, set);
  }, groupPayload),
  inventoryAdjustQuantities: keyed('inventoryAdjustQuantities', ({ input }, { shop }): InventoryOutcome =>
    adjustQuantities(shop, { ...input, changes: (input.changes as Args[]).map(pair) } as AdjustInput), groupPayload),
  inventoryMoveQuantities: keyed('inventoryMoveQuantities', ({ input }, { shop }): InventoryOutcome => moveQuantities(shop, {
    ...input,
    changes: (input.changes as Args[]).map((row) => ({
      ...row, inventoryItemId: idOf(row['inventoryItemId'], 'InventoryItem'), from: terminal(row['from']), to: terminal(row['to']),
    })),
  } as MoveInput), groupPayload),
  inventoryActivate: keyed('inventoryActivate', (args, { shop }): InventoryOutcome => activate(shop, {
    inventoryItemId: idOf(args['inventoryItemId'], 'InventoryItem'), locationId: idOf(args['locationId'], 'Location'),
    available: args['available'], onHand: args['onHand'],
  }), (outcome: InventoryOutcome, { shop }) => ({
    // Read again: a repeated key answers from current records.
    inventoryLevel: outcome.level === undefined ? null : shop.tables.levels.get(outcome.level.id) ?? null, userErrors: outcome.userErrors,
  })),
});

export const inventoryPayloadTypes = {
  InventoryAdjustmentGroup: fieldsOf<AdjustmentGroup>({
    id: (group) => gid('InventoryAdjustmentGroup', group.id),
    reason: (group) => group.reason,
    createdAt: (group) => instant(group.createdAt),
    referenceDocumentUri: (group) => group.referenceDocumentUri,
    app: ({ by }) => by !== undefined && 'app' in by ? appOf(by.app) : null,
    staffMember: ({ by }) => by !== undefined && 'staff' in by ? staffOf(by.staff) : null,
    changes: (group, args) => group.changes.filter((change) =>
      (args['quantityNames'] == null || (args['quantityNames'] as string[]).includes(change.name))
      && (args['inventoryItemIds'] == null || (args['inventoryItemIds'] as string[]).includes(gid('InventoryItem', change.inventoryItemId)))
      && (args['locationIds'] == null || (args['locationIds'] as string[]).includes(gid('Location', change.locationId)))),
  }),
  InventoryChange: fieldsOf<Change>({
    name: (change) => change.name,
    delta: (change) => change.delta,
    quantityAfterChange: (change) => change.quantityAfterChange,
    ledgerDocumentUri: (change) => change.ledgerDocumentUri,
    item: (change, _args, { shop }) => shop.tables.inventoryItems.get(change.inventoryItemId) ?? null,
    location: (change, _args, { shop }) => shop.tables.locations.get(change.locationId) ?? null,
  }),
};
