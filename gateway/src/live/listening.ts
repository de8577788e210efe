import {
  type DocumentNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type NamedTypeNode,
  type NameNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
  TypeInfo,
  type VariableDefinitionNode,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { QUERY_LIMITS } from '#limits/limits.ts';

/** A subscription as the query that fills each of its events in. Shared by all connections that sent the same text. */
export type Listening = {
  query: string;
  operationName: string | undefined;
  /** Name of the variable that takes the notification's id. */
  idVariable: string;
  variables: readonly VariableDefinitionNode[];
};

export type ListeningDocuments = {
  /** What is wrong with the document, with its code, where it cannot be listened to. */
  prepare(text: string, operationName: string | undefined): Listening | readonly GraphQLError[];
};

/** Bounds of what is kept: documents, and characters of them all together. */
const DOCUMENTS = 500;
const CHARACTERS = 1_000_000;
/** More tell a client nothing. */
const MAX_ERRORS = 3;

const EVENT_FIELD = 'notificationAdded';
const QUERY_FIELD = 'notification';

/** Whether there is something to listen to. */
export function isListenable(schema: GraphQLSchema): boolean {
  return Boolean(
    schema.getSubscriptionType()?.getFields()[EVENT_FIELD] && schema.getQueryType()?.getFields()[QUERY_FIELD],
  );
}

/**
 * Parses, validates and rewrites each distinct document once.
 *
 * @param options.hideSuggestions whether "Did you mean" is left out, which tells of a schema that is not public
 */
export function createListeningDocuments(options: {
  schema: GraphQLSchema;
  hideSuggestions: boolean;
}): ListeningDocuments {
  const { schema, hideSuggestions } = options;
  const known = new LRUCache<string, Listening | readonly GraphQLError[]>({
    max: DOCUMENTS,
    maxSize: CHARACTERS,
    sizeCalculation: (_value, key) => 2 * key.length + 500,
  });

  const prepare = (text: string, operationName: string | undefined): Listening | readonly GraphQLError[] => {
    try {
      const document = parse(text, { maxTokens: QUERY_LIMITS.tokens });
      const errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
      if (errors.length > 0)
        return errors.slice(0, MAX_ERRORS).map((error) => refused(error, 'GRAPHQL_VALIDATION_FAILED', hideSuggestions));
      const listening = toListening(schema, document, operationName);
      // It is a little longer than what was sent, and limited as that is.
      parse(listening.query, { maxTokens: QUERY_LIMITS.tokens });
      return listening;
    } catch (error) {
      if (error instanceof GraphQLError) return [refused(error, 'GRAPHQL_PARSE_FAILED', false)];
      throw error;
    }
  };

  return {
    prepare(text, operationName) {
      const key = `${operationName ?? ''}\n${text}`;
      const before = known.get(key);
      if (before) return before;
      const prepared = prepare(text, operationName);
      known.set(key, prepared);
      return prepared;
    },
  };
}

/** `subscription { notificationAdded { … } }` as `query ($id: ID!) { notificationAdded: notification(id: $id) { … } }`. */
function toListening(schema: GraphQLSchema, whole: DocumentNode, name: string | undefined): Listening {
  const document = separateOperations(whole)[name ?? getOperationAST(whole)?.name?.value ?? '']!;
  const operation = getOperationAST(document)!;
  const idVariable = freeName(operation);
  const subscription = schema.getSubscriptionType()!;
  const query = schema.getQueryType()!;
  const info = new TypeInfo(schema);
  const rewritten = visit(
    document,
    visitWithTypeInfo(info, {
      OperationDefinition: {
        leave: (node) => ({
          ...node,
          operation: OperationTypeNode.QUERY,
          variableDefinitions: [...(node.variableDefinitions ?? []), idDefinition(idVariable)],
        }),
      },
      Field: {
        leave(node) {
          if (info.getParentType() !== subscription) return undefined;
          return {
            ...node,
            alias: node.alias ?? nameOf(EVENT_FIELD),
            name: nameOf(QUERY_FIELD),
            arguments: [{ kind: Kind.ARGUMENT, name: nameOf('id'), value: variableOf(idVariable) }],
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
    query: print(rewritten),
    operationName: operation.name?.value,
    idVariable,
    variables: operation.variableDefinitions ?? [],
  };
}

function freeName(operation: OperationDefinitionNode): string {
  const taken = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
  let name = 'id';
  while (taken.has(name)) name += '_';
  return name;
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

function refused(error: GraphQLError, code: string, hideSuggestions: boolean): GraphQLError {
  const message = hideSuggestions ? error.message.replace(/ ?Did you mean(.+?)\?$/, '') : error.message;
  return new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code },
  });
}
