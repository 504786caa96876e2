/**
 * Query cost before and after execution. Scalars and enums cost 0, an object 1, a mutation 10, an interface or union its dearest branch, and a
 * connection `2 + children × floor(2·ln(max(2, size)))`: the formula quoted from Shopify staff that fits recorded live costs.
 * Fitted on the same recordings: money, options and weights are free. Inferred: error lists of payloads are free, a list by ids is sized like a connection.
 */
import {
  getNamedType, isAbstractType, isLeafType, isObjectType, valueFromASTUntyped,
  type DocumentNode, type FieldNode, type GraphQLCompositeType, type GraphQLNamedType, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';

export const MAX_QUERY_COST = 1000;
const FREE_TYPES = new Set(['MoneyV2', 'MoneyBag', 'SelectedOption', 'Weight', 'MediaError', 'PageInfo']);
const MUTATION_COST = 10;

type Variables = Readonly<Record<string, unknown>>;
interface CostNode {
  key: string;
  own: number;
  shape: 'object' | 'connection' | 'ids';
  /** Asked size of a connection or id list under these variables. */
  size: (variables: Variables) => number;
  children: CostNode[];
  /** Branches of an interface or union, of which only the dearest counts. */
  branches: CostNode[][];
}

/** The compiled cost of one operation. */
export interface CostPlan { roots: CostNode[]; mutation: boolean }

export function connectionFactor(size: number): number {
  return Math.floor(2 * Math.log(Math.max(2, size)));
}

function argument(field: FieldNode, name: string, variables: Variables): unknown {
  const node = field.arguments?.find((candidate) => candidate.name.value === name);
  return node === undefined ? undefined : valueFromASTUntyped(node.value, variables as never);
}

function isFree(type: GraphQLNamedType): boolean {
  return isLeafType(type) || FREE_TYPES.has(type.name)
    || (isObjectType(type) && type.getInterfaces().some((face) => face.name === 'DisplayableError')) || type.name === 'DisplayableError';
}

/** Compiles the cost tree of an operation that already passed validation. */
export function planCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): CostPlan {
  const fragments = new Map(document.definitions.flatMap((d) => d.kind === 'FragmentDefinition' ? [[d.name.value, d] as const] : []));

  function select(parent: GraphQLCompositeType, set: SelectionSetNode, children: CostNode[], branches: CostNode[][]): void {
    for (const selection of set.selections) {
      if (selection.kind === 'Field') {
        const node = field(parent, selection);
        if (node !== null) children.push(node);
        continue;
      }
      const fragment = selection.kind === 'FragmentSpread' ? fragments.get(selection.name.value) : selection;
      if (fragment === undefined) continue;
      const on = fragment.typeCondition === undefined ? parent : schema.getType(fragment.typeCondition.name.value) as GraphQLCompositeType;
      if (isAbstractType(parent) && on.name !== parent.name) {
        const inner: CostNode[] = [];
        select(on, fragment.selectionSet, inner, branches);
        branches.push(inner);
      } else select(on, fragment.selectionSet, children, branches);
    }
  }

  function field(parent: GraphQLCompositeType, node: FieldNode): CostNode | null {
    const name = node.name.value;
    const definition = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (definition === undefined || node.selectionSet === undefined) return null;
    const type = getNamedType(definition.type);
    const isConnection = isObjectType(type) && type.name.endsWith('Connection') && type.getFields()['pageInfo'] !== undefined;
    const isRoot = parent === schema.getMutationType();
    const byIds = definition.args.some((a) => a.name === 'ids') && String(definition.type).includes('[');
    const children: CostNode[] = [];
    const branches: CostNode[][] = [];
    if (!isFree(type)) select(type as GraphQLCompositeType, node.selectionSet, children, branches);
    const size = isConnection
      ? (v: Variables) => Number(argument(node, 'first', v) ?? argument(node, 'last', v) ?? 0)
      : byIds ? (v: Variables) => (Array.isArray(argument(node, 'ids', v)) ? (argument(node, 'ids', v) as unknown[]).length : 0) : () => 1;
    const own = isRoot ? MUTATION_COST : isConnection ? 2 : isFree(type) || type.name.endsWith('Edge') ? 0 : 1;
    return { key: node.alias?.value ?? name, own, shape: isConnection ? 'connection' : byIds ? 'ids' : 'object', size, children, branches };
  }

  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  const roots: CostNode[] = [];
  if (root) select(root, operation.selectionSet, roots, []);
  return { roots, mutation: operation.operation === 'mutation' };
}

function asked(node: CostNode, variables: Variables): number {
  const inner = sum(node.children.map((child) => asked(child, variables)))
    + Math.max(0, ...node.branches.map((branch) => sum(branch.map((child) => asked(child, variables)))));
  if (node.shape === 'connection') return node.own + inner * connectionFactor(node.size(variables));
  if (node.shape === 'ids') return (node.own + inner) * Math.max(1, connectionFactor(node.size(variables)));
  return node.own + inner;
}

/** Points the operation is charged before it runs. */
export function requestedCost(plan: CostPlan, variables: Variables): number {
  return sum(plan.roots.map((root) => asked(root, variables)));
}

function used(node: CostNode, value: unknown): number {
  if (value === null || value === undefined) return node.shape === 'connection' ? node.own : 0;
  if (Array.isArray(value)) {
    const costs = value.filter((item) => item !== null).map((item) => used({ ...node, shape: 'object' }, item));
    if (costs.length === 0) return 0;
    return node.shape === 'ids' ? Math.ceil((sum(costs) / costs.length) * Math.max(1, connectionFactor(costs.length))) : Math.max(...costs);
  }
  const record = value as Record<string, unknown>;
  const of = (children: CostNode[]) => sum(children.map((child) => used(child, record[child.key])));
  if (node.shape !== 'connection') return node.own + of(node.children) + Math.max(0, ...node.branches.map(of));
  let rows = 0;
  let inner = 0;
  for (const child of node.children) {
    const list = record[child.key];
    if (!Array.isArray(list)) continue;
    rows = Math.max(rows, list.length);
    for (const item of list) inner += used({ ...child, shape: 'object' }, item);
  }
  return rows === 0 ? node.own : node.own + Math.ceil((inner / rows) * connectionFactor(rows));
}

/** Points the operation turned out to use, from its data; never above what was asked. */
export function actualCost(plan: CostPlan, data: unknown, requested: number): number {
  if (data === null || data === undefined || typeof data !== 'object') return 0;
  const cost = sum(plan.roots.map((root) => {
    const value = (data as Record<string, unknown>)[root.key];
    return plan.mutation && value === null ? MUTATION_COST : used(root, value);
  }));
  return Math.min(requested, cost);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
