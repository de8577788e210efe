import {
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  type InlineFragmentNode,
  Kind,
  type NamedTypeNode,
  type NameNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type SelectionSetNode,
  separateOperations,
  TypeInfo,
  type VariableDefinitionNode,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { QUERY_LIMITS } from '#limits/limits.ts';
import type { EventSource } from './event.source.ts';

/**
 * A subscription as the query that is run for each of its events. Shared by all connections that sent the same text.
 */
export type SubscriptionDocument = {
  source: EventSource;
  query: string;
  operationName: string | undefined;
  /** The name of the variable for the id of the changed object. Undefined if the client's arguments name the object. */
  idVariable: string | undefined;
  /** The alias of the version in each event, which the client did not select. */
  versionKey: string;
  /** The name of the object in each event. */
  responseKey: string;
  variables: readonly VariableDefinitionNode[];
  /** The arguments of the subscription field. @param variables coerced */
  argumentsOf(variables: Readonly<Record<string, unknown>>): Record<string, unknown>;
};

export type SubscriptionDocuments = {
  /** The prepared document, or its errors with their codes. */
  prepare(text: string, operationName: string | undefined): SubscriptionDocument | readonly GraphQLError[];
};

/** The bounds of the cache: documents, and characters of all of them together. */
const DOCUMENTS = 500;
const CHARACTERS = 1_000_000;
/** More errors would not help a client. */
const MAX_ERRORS = 3;

/** Parses, validates and rewrites each distinct document once. */
export function createSubscriptionDocuments(
  schema: GraphQLSchema,
  sources: readonly EventSource[],
): SubscriptionDocuments {
  const known = new LRUCache<string, SubscriptionDocument | readonly GraphQLError[]>({
    max: DOCUMENTS,
    maxSize: CHARACTERS,
    sizeCalculation: (_value, key) => 2 * key.length + 500,
  });

  const prepare = (text: string, operationName: string | undefined): SubscriptionDocument | readonly GraphQLError[] => {
    try {
      const document = parse(text, { maxTokens: QUERY_LIMITS.tokens });
      const errors = [
        ...validate(schema, document, undefined, { maxErrors: MAX_ERRORS }),
        ...conditions(schema, document),
      ];
      if (errors.length > 0)
        return errors.slice(0, MAX_ERRORS).map((error) => refused(error, 'GRAPHQL_VALIDATION_FAILED'));
      const prepared = toSubscriptionDocument(schema, sources, document, operationName);
      // The query is a little longer than the subscription, and has the same limit.
      parse(prepared.query, { maxTokens: QUERY_LIMITS.tokens });
      return prepared;
    } catch (error) {
      if (error instanceof GraphQLError) return [refused(error, 'GRAPHQL_PARSE_FAILED')];
      throw error;
    }
  };

  return {
    prepare(text, operationName) {
      const key = JSON.stringify([operationName ?? null, text]);
      const before = known.get(key);
      if (before) return before;
      const prepared = prepare(text, operationName);
      known.set(key, prepared);
      return prepared;
    },
  };
}

/**
 * `subscription { notificationAdded { … } }` as
 * `query ($id: ID!) { notificationAdded: notification(id: $id) { … version_: changeId } }`, and
 * `subscription { postUpdated(id: "…") { … } }` as `query { postUpdated: post(id: "…") { … version_: state } }`.
 */
function toSubscriptionDocument(
  schema: GraphQLSchema,
  sources: readonly EventSource[],
  whole: DocumentNode,
  name: string | undefined,
): SubscriptionDocument {
  const document = separateOperations(whole)[name ?? getOperationAST(whole)?.name?.value ?? '']!;
  const operation = getOperationAST(document)!;
  const subscription = schema.getSubscriptionType()!;
  const query = schema.getQueryType()!;
  const event = eventField(schema, document);
  const source = sources.find(({ field }) => field === event.name.value)!;
  const definition = subscription.getFields()[source.field]!;
  const idVariable = definition.args.length > 0 ? undefined : freeName('id', namesOfVariables(operation));
  const versionKey = freeName('version_', namesOfFields(document));
  const info = new TypeInfo(schema);
  const rewritten = visit(
    document,
    visitWithTypeInfo(info, {
      OperationDefinition: {
        leave: (node) => ({
          ...node,
          operation: OperationTypeNode.QUERY,
          variableDefinitions: [
            ...(node.variableDefinitions ?? []),
            ...(idVariable === undefined ? [] : [idDefinition(idVariable)]),
          ],
        }),
      },
      Field: {
        leave(node) {
          if (info.getParentType() !== subscription) return undefined;
          return {
            ...node,
            alias: node.alias ?? node.name,
            name: nameOf(source.queryField),
            arguments: idVariable === undefined ? node.arguments : [idArgument(idVariable)],
            selectionSet: withField(node.selectionSet!, versionKey, source.versionField),
          };
        },
      },
      FragmentDefinition: {
        leave: (node) => ({ ...node, typeCondition: moved(node.typeCondition, subscription, query) }),
      },
      InlineFragment: {
        leave: (node) =>
          node.typeCondition && { ...node, typeCondition: moved(node.typeCondition, subscription, query) },
      },
    }),
  );
  return {
    source,
    query: print(rewritten),
    operationName: operation.name?.value,
    idVariable,
    versionKey,
    responseKey: (event.alias ?? event.name).value,
    variables: operation.variableDefinitions ?? [],
    argumentsOf: (variables) => getArgumentValues(definition, event, variables),
  };
}

/**
 * The field of `Subscription` that is selected. Validation has made sure that there is one, and `conditions` that it is
 * always there.
 */
function eventField(schema: GraphQLSchema, document: DocumentNode): FieldNode {
  const info = new TypeInfo(schema);
  let found: FieldNode | undefined;
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        if (info.getParentType() === schema.getSubscriptionType()) found ??= node;
      },
    }),
  );
  return found!;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  while (taken.has(name)) name += '_';
  return name;
}

function namesOfVariables(operation: OperationDefinitionNode): Set<string> {
  return new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
}

/** Every name that a field of the response may have. */
function namesOfFields(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    Field: ({ alias, name }) => {
      names.add((alias ?? name).value);
    },
  });
  return names;
}

function withField(set: SelectionSetNode, alias: string, name: string): SelectionSetNode {
  const field = { kind: Kind.FIELD, alias: nameOf(alias), name: nameOf(name) } as const;
  return { ...set, selections: [...set.selections, field] };
}

function idArgument(variable: string) {
  return { kind: Kind.ARGUMENT, name: nameOf('id'), value: variableOf(variable) } as const;
}

function idDefinition(name: string): VariableDefinitionNode {
  const type = { kind: Kind.NAMED_TYPE, name: nameOf('ID') } as const;
  return {
    kind: Kind.VARIABLE_DEFINITION,
    variable: variableOf(name),
    type: { kind: Kind.NON_NULL_TYPE, type },
  };
}

function variableOf(name: string) {
  return { kind: Kind.VARIABLE, name: nameOf(name) } as const;
}

function nameOf(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

function moved(condition: NamedTypeNode, from: GraphQLObjectType, to: GraphQLObjectType): NamedTypeNode {
  return condition.name.value === from.name ? { ...condition, name: nameOf(to.name) } : condition;
}

function refused(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code },
  });
}

/**
 * Errors for `@skip` and `@include` on the field of a subscription. The specification forbids them, and graphql-js does
 * not check it yet. An event without its field would never show a change.
 */
function conditions(schema: GraphQLSchema, document: DocumentNode): GraphQLError[] {
  const info = new TypeInfo(schema);
  const found: GraphQLError[] = [];
  const check = (node: FieldNode | FragmentSpreadNode | InlineFragmentNode, parent: unknown) => {
    if (parent !== schema.getSubscriptionType() || !node.directives?.length) return;
    found.push(new GraphQLError('The field of a subscription cannot have directives.', { nodes: node }));
  };
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: (node) => check(node, info.getParentType()),
      FragmentSpread: (node) => check(node, info.getParentType()),
      InlineFragment: (node) => check(node, info.getParentType()),
    }),
  );
  return found;
}
