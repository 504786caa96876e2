/**
 * What Shopify refuses at the top level, before a mutation runs: input arrays above 250, `changeFromQuantity` left out, `@idempotent` left out.
 * The second comes before variables are coerced: the argument is nullable in the schema but must be present, as a number or as `null`.
 */
import { GraphQLError, valueFromASTUntyped, type FieldNode, type OperationDefinitionNode } from 'graphql';

const MAX_INPUT_ARRAY = 250;
/** Mutations that carry `@idempotent(key:)` or fail (2026-04 and later). */
export const IDEMPOTENT_MUTATIONS: ReadonlySet<string> = new Set([
  'inventoryActivate', 'inventoryAdjustQuantities', 'inventoryMoveQuantities', 'inventorySetOnHandQuantities', 'inventorySetQuantities',
  'inventoryShipmentAddItems', 'inventoryShipmentCreate', 'inventoryShipmentCreateInTransit', 'inventoryShipmentReceive',
  'inventoryTransferCreate', 'inventoryTransferCreateAsReadyToShip', 'inventoryTransferDuplicate', 'inventoryTransferSetItems',
  'locationActivate', 'locationDeactivate', 'refundCreate',
]);
/** Where the comparison sits in each input: path to the rows, then the objects in a row that carry it. */
const COMPARED: Readonly<Record<string, { rows: string; inside: readonly string[] | null; type: string }>> = {
  inventorySetQuantities: { rows: 'quantities', inside: null, type: 'InventoryQuantityInput' },
  inventoryAdjustQuantities: { rows: 'changes', inside: null, type: 'InventoryChangeInput' },
  inventoryMoveQuantities: { rows: 'changes', inside: ['from', 'to'], type: 'InventoryMoveQuantityTerminalInput' },
  inventorySetOnHandQuantities: { rows: 'setQuantities', inside: null, type: 'InventorySetQuantityInput' },
};

type Variables = Readonly<Record<string, unknown>>;

function topLevel(message: string, code: string, field: FieldNode): GraphQLError {
  return new GraphQLError(message, { nodes: field, path: [field.alias?.value ?? field.name.value], extensions: { code } });
}

function rootFields(operation: OperationDefinitionNode): FieldNode[] {
  return operation.selectionSet.selections.filter((selection) => selection.kind === 'Field');
}

function argumentsOf(field: FieldNode, variables: Variables): Record<string, unknown> {
  return Object.fromEntries((field.arguments ?? []).map((a) => [a.name.value, valueFromASTUntyped(a.value, variables as never)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The idempotency key on a root field; undefined when the directive is absent. */
export function idempotencyKeyOf(field: FieldNode, variables: Variables): unknown {
  const directive = field.directives?.find((d) => d.name.value === 'idempotent');
  const key = directive?.arguments?.find((a) => a.name.value === 'key');
  return key === undefined ? undefined : valueFromASTUntyped(key.value, variables as never);
}

/** INVALID_FIELD_ARGUMENTS for the first row without `changeFromQuantity`, in the literal or in the raw variables. */
function missingComparison(field: FieldNode, variables: Variables): GraphQLError | null {
  const rule = COMPARED[field.name.value];
  const input = argumentsOf(field, variables)['input'];
  if (rule === undefined || !isObject(input)) return null;
  const rows = Array.isArray(input[rule.rows]) ? (input[rule.rows] as unknown[]) : [input[rule.rows]];
  for (const row of rows) {
    if (!isObject(row)) continue;
    for (const holder of rule.inside === null ? [row] : rule.inside.map((name) => row[name])) {
      if (isObject(holder) && holder['changeFromQuantity'] === undefined) {
        return topLevel(`${rule.type} must include the following argument: changeFromQuantity.`, 'INVALID_FIELD_ARGUMENTS', field);
      }
    }
  }
  return null;
}

function missingKey(field: FieldNode, variables: Variables): GraphQLError | null {
  if (!IDEMPOTENT_MUTATIONS.has(field.name.value)) return null;
  const key = idempotencyKeyOf(field, variables);
  if (key === undefined) return topLevel('The @idempotent directive is required for this mutation but was not provided.', 'BAD_REQUEST', field);
  if (typeof key !== 'string' || key.trim() === '') return topLevel('The idempotency key cannot be blank.', 'BAD_REQUEST', field);
  return null;
}

function longestArray(value: unknown): number {
  if (Array.isArray(value)) return Math.max(value.length, ...value.map(longestArray));
  if (isObject(value)) return Math.max(0, ...Object.values(value).map(longestArray));
  return 0;
}

function tooLong(field: FieldNode, variables: Variables): GraphQLError | null {
  const size = longestArray(argumentsOf(field, variables));
  if (size <= MAX_INPUT_ARRAY) return null;
  return topLevel(`The input array size of ${size} is greater than the maximum allowed of ${MAX_INPUT_ARRAY}.`, 'MAX_INPUT_SIZE_EXCEEDED', field);
}

/** Top-level refusals that come before variables are coerced, over the raw variables of the request. */
export function refusalsBeforeCoercion(operation: OperationDefinitionNode, variables: Variables): GraphQLError[] {
  const fields = rootFields(operation);
  if (operation.operation !== 'mutation') return fields.flatMap((field) => tooLong(field, variables) ?? []);
  const first = [missingComparison, missingKey, tooLong].map((rule) => fields.flatMap((field) => rule(field, variables) ?? [])).find((found) => found.length > 0);
  return first ?? [];
}
