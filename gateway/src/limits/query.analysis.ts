import {
  GraphQLError,
  type GraphQLSchema,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  Source,
  TokenKind,
  valueFromASTUntyped,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '#errors/errors.ts';
import { type Amount, add, evaluate } from './amount.ts';
import type { Costs } from './costs.ts';
import { QUERY_LIMITS, WEIGHTS } from './limits.ts';
import { costOfOperation, createMeasurer, type Measure, pageSizeOf } from './measure.rules.ts';

/** The analysis of an operation before it runs. */
export type Operation = {
  name: string | undefined;
  isMutation: boolean;
  isSubscription: boolean;
  rootFields: number;
  /** Root fields that log in, register or refresh. */
  logins: number;
  /** Root fields that take a password. */
  passwords: number;
  cost: Amount;
  /** Fields and spreads, or half of the document's tokens if that is more. */
  size: number;
  /** The values of variables that the operation itself gives. */
  defaults: Readonly<Record<string, unknown>>;
};

export type QueryAnalyser = {
  /**
   * The operations of a document. None if its syntax is wrong, which is reported when it is run.
   *
   * @throws GatewayError if the document exceeds QUERY_LIMITS, whatever its variables are
   */
  analyse(query: string): readonly Operation[];
};

/** The bounds of the cache: documents, and characters of all of them together. */
const DOCUMENTS = 2_000;
const CHARACTERS = 4_000_000;

/** Analyses each text once. The result, or the refusal, is cached if it follows from the text alone. */
export function createQueryAnalyser(schema: GraphQLSchema, costs: Costs): QueryAnalyser {
  const known = new LRUCache<string, readonly Operation[] | GatewayError>({
    max: DOCUMENTS,
    maxSize: CHARACTERS,
    sizeCalculation: (_value, query) => query.length + 500,
  });
  return {
    analyse(query) {
      let result = known.get(query);
      if (!result) {
        result = analyseText(schema, costs, query);
        known.set(query, result);
      }
      if (result instanceof GatewayError) throw result;
      return result;
    },
  };
}

/** The maximum cost of the operation with these variables. @throws GatewayError QUERY_TOO_COSTLY */
export function costOf(operation: Operation, variables: Readonly<Record<string, unknown>>): number {
  const cost = Math.ceil(evaluate(operation.cost, (name) => pageSizeOf(variables[name] ?? operation.defaults[name])));
  if (cost > QUERY_LIMITS.cost) {
    throw new GatewayError(
      'QUERY_TOO_COSTLY',
      `The query could cost ${describe(cost)}, and ${QUERY_LIMITS.cost} is allowed. Ask for smaller pages, or for less of each item.`,
    );
  }
  return cost;
}

function analyseText(schema: GraphQLSchema, costs: Costs, query: string): readonly Operation[] | GatewayError {
  try {
    refuseDeepText(query);
    const document = parse(query, { maxTokens: QUERY_LIMITS.tokens, noLocation: true });
    const measurer = createMeasurer(schema, costs, document);
    const operations: Operation[] = [];
    for (const node of document.definitions) {
      // Unused fragments are measured, too, because validation would take time for them.
      if (node.kind === Kind.FRAGMENT_DEFINITION) check(measurer.fragment(node.name.value), true);
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      const measure = measurer.selections(node.selectionSet, schema.getRootType(node.operation) ?? undefined);
      check({ ...measure, directives: measure.directives + directivesOf(node) }, false);
      operations.push(toOperation(node, measure, document.tokenCount ?? 0));
    }
    return operations;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    if (!(error instanceof GraphQLError)) throw error;
    // The only error of the parser that is a limit. Its other errors are reported when the document is run.
    if (/\d+ tokens/.test(error.message)) {
      return new GatewayError('QUERY_TOO_LONG', `The document has more than ${QUERY_LIMITS.tokens} tokens.`);
    }
    return [];
  }
}

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Looks at tokens only, because the parser itself uses stack for each level of a list, an object or a selection set.
 *
 * @throws GatewayError QUERY_TOO_DEEP
 * @throws GraphQLError if the text is not GraphQL
 */
function refuseDeepText(query: string): void {
  const lexer = new Lexer(new Source(query));
  let level = 0;
  for (let count = 0; count <= QUERY_LIMITS.tokens; count++) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (OPENING.has(kind)) level++;
    else if (CLOSING.has(kind)) level--;
    if (level > QUERY_LIMITS.brackets) {
      throw new GatewayError(
        'QUERY_TOO_DEEP',
        `The document has more than ${QUERY_LIMITS.brackets} levels of brackets.`,
      );
    }
  }
}

function toOperation(node: OperationDefinitionNode, measure: Measure, tokens: number): Operation {
  const defaults: Record<string, unknown> = Object.create(null);
  for (const { variable, defaultValue } of node.variableDefinitions ?? []) {
    if (defaultValue) defaults[variable.name.value] = valueFromASTUntyped(defaultValue);
  }
  const isMutation = node.operation === OperationTypeNode.MUTATION;
  const size = Math.max(measure.selections, tokens / 2);
  return {
    name: node.name?.value,
    isMutation,
    isSubscription: node.operation === OperationTypeNode.SUBSCRIPTION,
    rootFields: measure.fields,
    logins: isMutation ? measure.logins : 0,
    passwords: isMutation ? measure.passwords : 0,
    cost: add(costOfOperation(measure), size * WEIGHTS.size),
    size,
    defaults,
  };
}

function check(measure: Measure, isFragment: boolean): void {
  const { tokens: _, brackets: __, cost: ___, ...limits } = QUERY_LIMITS;
  const depth = isFragment ? limits.introspectionDepth : limits.depth;
  refuseAbove(measure.selections, limits.selections, 'QUERY_TOO_LARGE', 'fields and spreads');
  refuseAbove(measure.depth, depth, 'QUERY_TOO_DEEP', 'levels');
  refuseAbove(measure.introspectionDepth, limits.introspectionDepth, 'QUERY_TOO_DEEP', 'levels of introspection');
  refuseAbove(measure.aliases, limits.aliases, 'TOO_MANY_ALIASES', 'aliases');
  refuseAbove(measure.directives, limits.directives, 'TOO_MANY_DIRECTIVES', 'directives');
  if (!isFragment) refuseAbove(measure.fields, limits.rootFields, 'TOO_MANY_ROOT_FIELDS', 'root fields');
}

function refuseAbove(count: number, limit: number, code: GatewayError['code'], what: string): void {
  if (count <= limit) return;
  throw new GatewayError(
    code,
    `The document has ${describe(count)} ${what} with its fragments expanded, and ${limit} are allowed.`,
  );
}

function directivesOf(node: OperationDefinitionNode): number {
  const ofVariables = node.variableDefinitions?.reduce((sum, one) => sum + (one.directives?.length ?? 0), 0) ?? 0;
  return ofVariables + (node.directives?.length ?? 0);
}

/** Counts of doubling fragments may be too large to print. */
function describe(count: number): string {
  return count < 1e9 ? String(count) : 'over a billion';
}
