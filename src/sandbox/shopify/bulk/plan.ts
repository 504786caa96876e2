/**
 * A bulk query checked against Shopify's restrictions and compiled to plain functions over records.
 * The same field tables serve paged queries, so both read the same facts; here they run without an executor between.
 */
import {
  GraphQLError, getArgumentValues, getNamedType, isCompositeType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, parse, validate,
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLField, type GraphQLObjectType, type SelectionSetNode,
} from 'graphql';
import type { Listing } from '../connections.ts';
import { resolvers } from '../resolvers/registry.ts';
import type { Args, Context, Field, Resolve } from '../resolvers/fields.ts';
import { officialSchema } from '../schema.ts';

const MAX_CONNECTIONS = 5;
const MAX_NESTING = 2;

/** What one object of the result is made of: its own values, and the connections hanging below it. */
export interface Shape {
  typeName: string;
  values: { key: string; read: (source: unknown, context: Context) => unknown }[];
  lists: ChildList[];
}
export interface ChildList {
  /** Rows below one source; empty when an object on the way is null. */
  listing: (source: unknown, context: Context) => Listing<unknown> | null;
  reverse: boolean;
  shape: Shape;
}
export interface BulkPlan { root: ChildList; idOf: (shape: Shape, source: unknown, context: Context) => string }

/** A refusal worded for `userErrors`. */
export class BulkQueryRefused extends Error {}

/** Field of a type as the store resolves it; a plain value object (money, a payload) is read by property. */
function fieldOf(typeName: string, name: string): Field<unknown> {
  const type = resolvers[typeName];
  if (type === undefined) return (source) => (source as Record<string, unknown>)[name];
  const field = Object.hasOwn(type, name) ? type[name] : undefined;
  if (field === undefined) throw new BulkQueryRefused(`not simulated: ${typeName}.${name}`);
  return field as Field<unknown>;
}

class Compiler {
  private readonly fragments: Map<string, FragmentDefinitionNode>;
  private readonly context: Context;
  private connections = 0;

  constructor(document: DocumentNode, context: Context) {
    this.fragments = new Map(document.definitions.flatMap((d) => d.kind === 'FragmentDefinition' ? [[d.name.value, d] as const] : []));
    this.context = context;
  }

  /** Fields of a selection that apply to `type`, fragments opened. */
  private fields(type: GraphQLObjectType, set: SelectionSetNode): FieldNode[] {
    return set.selections.flatMap((selection): FieldNode[] => {
      if (selection.kind === 'Field') return [selection];
      const fragment = selection.kind === 'FragmentSpread' ? this.fragments.get(selection.name.value) : selection;
      if (fragment === undefined) return [];
      const on = fragment.typeCondition?.name.value ?? type.name;
      return on === type.name || type.getInterfaces().some((face) => face.name === on) ? this.fields(type, fragment.selectionSet) : [];
    });
  }

  private definition(type: GraphQLObjectType, node: FieldNode): GraphQLField<unknown, unknown> {
    const definition = type.getFields()[node.name.value];
    if (definition === undefined) throw new BulkQueryRefused(`Field '${node.name.value}' doesn't exist on type '${type.name}'`);
    this.context.access.check(type.name, node.name.value, getNamedType(definition.type).name);
    return definition;
  }

  /** A connection field of `type`: its node type, the selection inside `edges { node }` and `nodes`, and where its rows come from. */
  connection(type: GraphQLObjectType, node: FieldNode, depth: number): ChildList {
    if (++this.connections > MAX_CONNECTIONS) throw new BulkQueryRefused(`Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`);
    if (depth > MAX_NESTING) throw new BulkQueryRefused(`Bulk queries cannot contain connections with a nesting depth greater than ${MAX_NESTING}.`);
    const definition = this.definition(type, node);
    const connectionType = getNamedType(definition.type) as GraphQLObjectType;
    const nodeType = getNamedType(connectionType.getFields()['nodes']?.type ?? definition.type);
    if (!isObjectType(nodeType) || !nodeType.getInterfaces().some((face) => face.name === 'Node')) {
      throw new BulkQueryRefused(`Queries that contain a connection field must have nodes implementing Node; ${nodeType.name} does not.`);
    }
    const inner: FieldNode[] = this.fields(connectionType, node.selectionSet as SelectionSetNode).flatMap((child) => {
      if (child.name.value === 'nodes') return this.fields(nodeType, child.selectionSet as SelectionSetNode);
      if (child.name.value !== 'edges') return [];
      return (child.selectionSet as SelectionSetNode).selections.flatMap((edge) => edge.kind === 'Field' && edge.name.value === 'node' && edge.selectionSet
        ? this.fields(nodeType, edge.selectionSet) : []);
    });
    const field = fieldOf(type.name, node.name.value);
    if (typeof field === 'function') throw new BulkQueryRefused(`not simulated: ${type.name}.${node.name.value}`);
    const args: Args = getArgumentValues(definition, node);
    const shape: Shape = { typeName: nodeType.name, values: [], lists: [] };
    this.select(nodeType, inner, shape, shape.values, (source) => source, depth, false);
    if (shape.lists.length > 0 && !inner.some((child) => child.name.value === 'id' && child.alias === undefined)) {
      throw new BulkQueryRefused(`The parent 'node' field for a nested connection must select the 'id' field without an alias. Connection fields without 'id': ${node.name.value}.`);
    }
    return { listing: (source, context) => field.listing(source, args, context) as unknown as Listing<unknown>, reverse: args['reverse'] === true, shape };
  }

  /** Splits a selection into values written on the line and connections that become lines of their own. */
  private select(type: GraphQLObjectType, fields: FieldNode[], line: Shape, values: Shape['values'],
    reach: (source: unknown, context: Context) => unknown, depth: number, insideList: boolean): void {
    for (const node of fields) {
      const name = node.name.value;
      const key = node.alias?.value ?? name;
      if (name === '__typename') { values.push({ key, read: () => type.name }); continue; }
      const definition = this.definition(type, node);
      const named = getNamedType(definition.type);
      if (isObjectType(named) && named.name.endsWith('Connection') && named.getFields()['pageInfo'] !== undefined) {
        if (insideList) throw new BulkQueryRefused(`Bulk queries cannot contain a connection field within a list field (${type.name}.${name}).`);
        const child = this.connection(type, node, depth + 1);
        line.lists.push({ ...child, listing: (source, context) => { const at = reach(source, context); return at == null ? null : child.listing(at, context); } });
        continue;
      }
      const field = fieldOf(type.name, name);
      if (typeof field !== 'function') throw new BulkQueryRefused(`not simulated: ${type.name}.${name}`);
      const args: Args = getArgumentValues(definition, node);
      const read = (source: unknown, context: Context) => (field as Resolve<unknown>)(source, args, context);
      if (isLeafType(named)) { values.push({ key, read: (source, context) => read(source, context) ?? null }); continue; }
      if (!isObjectType(named) || !isCompositeType(named)) throw new BulkQueryRefused(`not simulated in bulk: ${type.name}.${name} is ${isInterfaceType(named) ? 'an interface' : 'a union'}`);
      const isList = isListType(isNonNullType(definition.type) ? definition.type.ofType : definition.type);
      const inner: Shape['values'] = [];
      this.select(named, this.fields(named, node.selectionSet as SelectionSetNode), line, inner,
        (source, context) => { const at = reach(source, context); return at == null ? null : read(at, context); }, depth, insideList || isList);
      const project = (value: unknown, context: Context) => value == null ? null : projection(inner, value, context);
      values.push({ key, read: (source, context) => {
        const value = read(source, context);
        return isList ? (value as unknown[]).map((item) => project(item, context)) : project(value, context);
      } });
    }
  }
}

/** The values of one object, keyed as selected. */
export function projection(values: Shape['values'], source: unknown, context: Context): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { key, read } of values) object[key] = read(source, context);
  return object;
}

/**
 * Compiles a bulk query for one caller. Throws BulkQueryRefused for what Shopify (or this simulation) does not run,
 * and the ACCESS_DENIED error when the caller lacks a scope.
 */
export function planBulkQuery(text: string, context: Context): BulkPlan {
  const { schema } = officialSchema();
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    throw new BulkQueryRefused(`Invalid bulk query: ${error instanceof GraphQLError ? error.message : String(error)}`);
  }
  const problems = validate(schema, document);
  if (problems.length > 0) throw new BulkQueryRefused(`Invalid bulk query: ${problems.map((problem) => problem.message).join('; ')}`);
  const operations = document.definitions.filter((definition) => definition.kind === 'OperationDefinition');
  const operation = operations[0];
  if (operation === undefined || operations.length > 1 || operation.operation !== 'query') throw new BulkQueryRefused('Bulk queries must contain exactly one query operation.');
  const queryType = schema.getQueryType() as GraphQLObjectType;
  const roots = operation.selectionSet.selections.filter((selection) => selection.kind === 'Field');
  const root = roots[0];
  if (roots.some((field) => field.name.value === 'node' || field.name.value === 'nodes')) {
    throw new BulkQueryRefused('Bulk queries cannot contain a top-level `node` or `nodes` field.');
  }
  if (root === undefined || roots.length > 1) throw new BulkQueryRefused('not simulated: bulk queries with other than one top-level field');
  if (!getNamedType((queryType.getFields()[root.name.value] as GraphQLField<unknown, unknown>).type).name.endsWith('Connection')) {
    throw new BulkQueryRefused('Bulk queries must contain at least one connection.');
  }
  const idOf = (shape: Shape, source: unknown, context_: Context) => String((fieldOf(shape.typeName, 'id') as Resolve<unknown>)(source, {}, context_));
  return { root: new Compiler(document, context).connection(queryType, root, 0), idOf };
}
