import { createLog } from '@tintype/telemetry';
import { expect, test } from 'vitest';
import { createSubgraph } from './subgraph.ts';

const subgraph = createSubgraph({
  name: 'letters',
  typeDefs: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@listSize"])
    directive @internal(callers: [String!]!, platformOnly: Boolean! = false) on FIELD_DEFINITION
    type Query {
      letters(ids: [Int!]!): [Int!]! @listSize(assumedSize: 3) @internal(callers: ["mail"])
      newest(first: Int!): [Int!]! @listSize(slicingArguments: ["first"]) @internal(callers: ["mail"])
      open(ids: [Int!]!): [Int!]! @listSize(assumedSize: 3)
    }
  `,
  resolvers: {
    Query: {
      letters: (_: unknown, { ids }: { ids: number[] }) => ids,
      newest: (_: unknown, { first }: { first: number }) => [first],
      open: (_: unknown, { ids }: { ids: number[] }) => ids,
    },
  },
  createLoaders: () => ({}),
  log: createLog({ name: 'test', level: 'silent' }),
});

const ask = (query: string) =>
  subgraph.execute({
    query,
    identity: {
      kind: 'platform',
      viewer: null,
      requestId: 'r',
      operation: 'query',
      caller: { service: 'mail', isInternal: true },
    },
  });

test('an internal field takes lists up to its size', async () => {
  expect(await ask('{ letters(ids: [1, 2, 3]) }')).toEqual({ data: { letters: [1, 2, 3] } });
  const { errors } = await ask('{ letters(ids: [1, 2, 3, 4]) }');
  expect(errors).toEqual([
    expect.objectContaining({
      message: 'The argument ids of Query.letters can have at most 3 entries.',
      extensions: { code: 'BAD_USER_INPUT' },
    }),
  ]);
});

test('other arguments and other fields are as they were', async () => {
  expect(await ask('{ newest(first: 4) open(ids: [1, 2, 3, 4]) }')).toEqual({
    data: { newest: [4], open: [1, 2, 3, 4] },
  });
});
