/**
 * One GraphQL request from text to reply: parse and validate (remembered), Shopify's top-level refusals, the cost bucket, execution.
 * A field nobody modelled answers `not simulated: Type.field`, never an invented value.
 */
import {
  execute, getNamedType, getOperationAST, getVariableValues, GraphQLError, parse, TypeInfo, validate, visit, visitWithTypeInfo,
  type DocumentNode, type FormattedExecutionResult, type GraphQLFieldResolver, type GraphQLTypeResolver, type OperationDefinitionNode,
} from 'graphql';
import { pageOf } from '../connections.ts';
import { notSimulated, typeNameOf, type Context } from '../resolvers/fields.ts';
import { resolvers } from '../resolvers/registry.ts';
import { officialSchema } from '../schema.ts';
import { actualCost, MAX_QUERY_COST, planCost, requestedCost, type CostPlan } from './cost.ts';
import { refusalsBeforeCoercion } from './mutation-rules.ts';
import type { CostBucket, ThrottleStatus } from './throttle.ts';

export interface GraphqlRequest { query: string; variables?: Record<string, unknown> | null; operationName?: string | null }
export interface GraphqlReply extends FormattedExecutionResult { extensions: { cost?: { requestedQueryCost: number; actualQueryCost: number | null; throttleStatus: ThrottleStatus } } }

interface Prepared { document: DocumentNode; errors: readonly GraphQLError[]; plans: Map<OperationDefinitionNode, CostPlan> }

const MAX_DOCUMENTS = 500;
const documents = new Map<string, Prepared>();

/** Shopify names a few validation errors; the rest keep the rule's own words. */
function coded(error: GraphQLError): GraphQLError {
  const code = error.message.startsWith('Cannot query field') ? 'undefinedField' : error.message.startsWith('Unknown argument') ? 'argumentNotAccepted'
    : /argument .* is required/.test(error.message) ? 'missingRequiredArguments' : 'INVALID_DOCUMENT';
  return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code } });
}

function prepare(query: string): Prepared {
  const known = documents.get(query);
  if (known !== undefined) {
    documents.delete(query); // to the young end of the queue
    documents.set(query, known);
    return known;
  }
  const { schema } = officialSchema();
  const document = parse(query);
  const prepared = { document, errors: validate(schema, document).map(coded), plans: new Map() };
  documents.set(query, prepared);
  if (documents.size > MAX_DOCUMENTS) documents.delete(documents.keys().next().value as string);
  return prepared;
}

/** What the next version's schema would refuse a document for: fields it does not have any more, in Shopify's words. */
function refusedByNext(document: DocumentNode, gone: readonly string[]): GraphQLError[] {
  const found: GraphQLError[] = [], info = new TypeInfo(officialSchema().schema);
  visit(document, visitWithTypeInfo(info, { Field(node) {
    const typeName = info.getParentType()?.name, fieldName = node.name.value;
    if (gone.includes(`${typeName}.${fieldName}`)) found.push(new GraphQLError(`Field '${fieldName}' doesn't exist on type '${typeName}'`, { nodes: node, extensions: { code: 'undefinedField', typeName, fieldName } }));
  } }));
  return found;
}

const fieldResolver: GraphQLFieldResolver<unknown, Context> = (source, args, context, info) => {
  const typeName = info.parentType.name;
  const type = resolvers[typeName];
  if (context.faults?.takeField(typeName, info.fieldName)) throw new GraphQLError('Internal error. Looks like something went wrong on our end.', { extensions: { code: 'INTERNAL_SERVER_ERROR' } });
  context.access.check(typeName, info.fieldName, getNamedType(info.returnType).name);
  if (type === undefined) {
    const object = source as Record<string, unknown>;
    if (Object.hasOwn(object, info.fieldName)) return object[info.fieldName];
  } else if (Object.hasOwn(type, info.fieldName)) {
    const field = type[info.fieldName];
    if (typeof field === 'function') return field(source as never, args, context, info);
    if (field !== undefined) return pageOf(field.listing(source as never, args, context), args, field.max);
  }
  throw notSimulated(`${typeName}.${info.fieldName}`);
};

const typeResolver: GraphQLTypeResolver<unknown, Context> = (value) => {
  const object = value as { __typename?: string };
  return object.__typename ?? typeNameOf(object);
};

function refused(errors: readonly GraphQLError[], cost?: GraphqlReply['extensions']['cost']): GraphqlReply {
  return { errors: errors.map((error) => error.toJSON()), extensions: cost === undefined ? {} : { cost } };
}

/**
 * Answers one request. `now` is the shop's clock in milliseconds; `forceThrottle` empties the bucket first.
 * Refusals are replies too (HTTP 200): nothing is thrown for what a caller can get wrong.
 */
export async function answer(request: GraphqlRequest, context: Context, bucket: CostBucket, now: () => number): Promise<GraphqlReply> {
  const variables = request.variables ?? {};
  let prepared: Prepared;
  try {
    prepared = prepare(request.query);
  } catch (error) {
    if (error instanceof GraphQLError) return refused([new GraphQLError(error.message, { extensions: { code: 'syntax_error' } })]);
    throw error;
  }
  if (prepared.errors.length > 0) return refused(prepared.errors);
  const unknown = context.faults !== undefined && context.faults.gone.length > 0 ? refusedByNext(prepared.document, context.faults.gone) : [];
  if (unknown.length > 0) return refused(unknown);
  const operation = getOperationAST(prepared.document, request.operationName);
  if (operation == null) return refused([new GraphQLError('An operation name is required', { extensions: { code: 'BAD_REQUEST' } })]);
  if (operation.operation === 'subscription') return refused([notSimulated('subscriptions')]);
  const early = refusalsBeforeCoercion(operation, variables);
  if (early.length > 0) return refused(early);
  const { schema } = officialSchema();
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables as never, { maxErrors: 50 });
  if (coerced.errors !== undefined) return refused(coerced.errors.map((error) => new GraphQLError(error.message, { extensions: { code: 'INVALID_VARIABLE' } })));

  let plan = prepared.plans.get(operation);
  if (plan === undefined) prepared.plans.set(operation, plan = planCost(schema, prepared.document, operation));
  const requested = requestedCost(plan, withDefaults(operation, variables));
  if (requested > MAX_QUERY_COST) {
    return refused([new GraphQLError(`Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`, {
      extensions: { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: MAX_QUERY_COST, documentation: 'https://shopify.dev/api/usage/rate-limits' },
    })], { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: bucket.status(now()) });
  }
  if (!bucket.take(requested, now())) {
    return refused([new GraphQLError('Throttled', { extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' } })],
      { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: bucket.status(now()) });
  }
  const result = await execute({
    schema, document: prepared.document, variableValues: variables, operationName: request.operationName, contextValue: context, fieldResolver, typeResolver,
  });
  const actual = actualCost(plan, result.data, requested);
  bucket.giveBack(requested - actual);
  return {
    ...(result.errors === undefined ? {} : { errors: result.errors.map((error) => withCode(error).toJSON()) }),
    ...(result.data === undefined ? {} : { data: result.data }),
    extensions: { cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status(now()) } },
  };
}

/** A fault of the store itself is told apart from what a caller got wrong. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.originalError === undefined || error.originalError instanceof GraphQLError) return error;
  return new GraphQLError(error.message, { nodes: error.nodes, path: error.path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}

/** Raw variables with the operation's own defaults, so a page size given by default is priced. */
function withDefaults(operation: OperationDefinitionNode, variables: Record<string, unknown>): Record<string, unknown> {
  const defaults = (operation.variableDefinitions ?? []).flatMap((definition) =>
    definition.defaultValue?.kind === 'IntValue' ? [[definition.variable.name.value, Number(definition.defaultValue.value)] as const] : []);
  return { ...Object.fromEntries(defaults), ...variables };
}
