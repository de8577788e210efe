import { createInternalFieldFinder, requireCaller, type Subgraph } from '@tintype/graphql';
import { internalOperations } from '@tintype/schema/internal';
import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { CallerIdentity } from '@tintype/viewer';
import {
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getOperationAST,
  isScalarType,
  isUnionType,
  parse,
} from 'graphql';
import type { FakeAnswers } from './fake-answers.ts';
import { neutralValueOf } from './neutral.rules.ts';

/** The variables were checked against the SDL before the answer gets them. */
type Answer = (variables: never, identity: CallerIdentity) => object | Promise<object>;

/**
 * Subgraphs that are made from their SDL alone, as wires for `startSubgraphs`. Replace the one that the test is about:
 * `{ ...fakeSubgraphs(world.answers), engagement: wireEngagement }`.
 *
 * @param answers what they answer to internal operations. Later ones take precedence. All others get neutral answers
 */
export function fakeSubgraphs(...answers: readonly FakeAnswers[]): Record<SubgraphName, Wire> {
  const wires = SUBGRAPHS.map((name): [SubgraphName, Wire] => {
    const given = new Map<string, Answer>(answers.flatMap((some) => Object.entries<Answer>(some[name] ?? {})));
    return [name, ({ log }) => ({ subgraph: createFakeSubgraph(name, given, log), createWorkers: () => [] })];
  });
  return Object.fromEntries(wires) as Record<SubgraphName, Wire>;
}

/**
 * Answers the internal operations of a subgraph. Every answer is executed against the SDL, so one that does not fit it
 * fails the call. As in the real subgraph, only the callers of `@internal` fields may select them.
 */
function createFakeSubgraph(name: SubgraphName, answers: ReadonlyMap<string, Answer>, log: Log): Subgraph {
  const { schema, operations } = internalOperations(name);
  const known = new Set(operations.map((one) => one.name?.value));
  checkScalars(schema);
  answerEntitiesFromData(schema);
  const findInternalFields = createInternalFieldFinder(schema);

  return {
    name,
    schema,
    async execute({ query, variables = {}, identity }) {
      const document = parse(query);
      const operation = getOperationAST(document)?.name?.value ?? '';
      if (!known.has(operation)) {
        throw new TypeError(`The fake of ${name} answers what schema/internal/${name}.graphql asks, not ${query}`);
      }
      requireCaller(findInternalFields(document), identity, log);
      const answer = answers.get(`${operation[0]!.toLowerCase()}${operation.slice(1)}`);
      const request = { schema, document, variableValues: variables };
      if (!answer) return execute({ ...request, rootValue: variables, fieldResolver: answerNeutrally });
      const rootValue = await answer(variables as never, identity);
      return execute({ ...request, rootValue, fieldResolver: answerFromData });
    },
  };
}

const answerFromData: GraphQLFieldResolver<Record<string, unknown>, unknown> = (source, _args, _context, info) => {
  const value = source[info.fieldName];
  if (value !== undefined) return value;
  throw new TypeError(`The answer of a fake lacks ${info.parentType.name}.${info.fieldName}.`);
};

/** No entity is known; a list of entities has a place for each representation. */
const answerNeutrally: GraphQLFieldResolver<unknown, unknown> = (_source, args, _context, info) =>
  info.fieldName === '_entities' ? args.representations.map(() => null) : neutralValueOf(info.returnType);

/** Removes what federation adds: entities come with the rest of the data, and say of which type they are. */
function answerEntitiesFromData(schema: GraphQLSchema): void {
  const entities = schema.getQueryType()?.getFields()._entities;
  if (entities) entities.resolve = undefined;
  const union = schema.getType('_Entity');
  if (isUnionType(union)) union.resolveType = undefined;
}

/** Values as JSON has them. */
const SCALARS: Readonly<Record<string, RegExp>> = {
  Snowflake: /^\d{1,19}$/,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
};

function checkScalars(schema: GraphQLSchema): void {
  for (const [name, form] of Object.entries(SCALARS)) {
    const scalar = schema.getType(name);
    if (!isScalarType(scalar)) continue;
    scalar.serialize = (value) => {
      if (typeof value === 'string' && form.test(value)) return value;
      throw new TypeError(`${String(value)} is not a ${name}.`);
    };
  }
}
