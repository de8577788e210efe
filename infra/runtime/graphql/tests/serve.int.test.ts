import { createLog } from '@tintype/telemetry';
import { IDENTITY_HEADER, signIdentityToken } from '@tintype/viewer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient, createSubgraph, RequestError, SubgraphError, serveSubgraph } from '../src/index.ts';

const SECRET = 'a secret of this test and of nothing else';
const log = createLog({ name: 'test', level: 'silent' });
let loads = 0;

const subgraph = createSubgraph({
  name: 'echo',
  typeDefs:
    'type Query { viewer: String, loads: Int!, wrong: Int, broken: Int, late: Int } type Mutation { loads: Int! }',
  resolvers: {
    Query: {
      viewer: (_: unknown, __: unknown, context: { viewer: { userId: bigint } | null }) =>
        context.viewer?.userId.toString(),
      loads: (_: unknown, __: unknown, context: { loaders: { number: number } }) => context.loaders.number,
      wrong: () => {
        throw new RequestError('BAD_CURSOR', 'shown to the client');
      },
      broken: () => {
        throw new Error('connect ECONNREFUSED 10.0.0.7:5432 select * from secrets');
      },
      late: () => new Promise(() => undefined),
    },
    Mutation: { loads: (_: unknown, __: unknown, context: { loaders: { number: number } }) => context.loaders.number },
  },
  createLoaders: () => ({ number: ++loads }),
  log,
});

let served: Awaited<ReturnType<typeof serveSubgraph>>;
let client: ReturnType<typeof createHttpClient>;
beforeAll(async () => {
  served = await serveSubgraph({
    subgraph,
    secret: SECRET,
    listen: { host: '127.0.0.1', port: 0 },
    ready: async () => ({}),
    log,
  });
  client = createHttpClient({
    service: 'test',
    urls: { echo: [served.url] },
    secret: SECRET,
    log,
    timeouts: { queryMs: 1000, mutationMs: 5000 },
  });
});
afterAll(async () => {
  await client.close();
  await served.close();
});

const viewer = { userId: 5n, sessionId: '1' };
const ask = (query: string, requestId = 'r', operation: 'query' | 'mutation' = 'query') =>
  client.execute('echo', { query, identity: { kind: 'person', viewer, requestId, operation } });

test('the viewer travels with the request', async () => {
  expect(await ask('{ viewer }')).toEqual({ data: { viewer: '5' } });
});

const identity = {
  kind: 'person',
  viewer,
  requestId: 'r',
  operation: 'query',
  caller: { service: 'gateway', isInternal: false },
} as const;
const bearer = (audience: string, secret: string) => ({
  [IDENTITY_HEADER]: `Bearer ${signIdentityToken(identity, audience, secret)}`,
});

test.each<[string, Record<string, string>]>([
  ['no token', {}],
  ['no bearer token', { [IDENTITY_HEADER]: signIdentityToken(identity, 'echo', SECRET) }],
  ['a forged token', bearer('echo', 'guessed')],
  ['a token for another subgraph', bearer('user', SECRET)],
])('a request with %s is refused', async (_, headers) => {
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ viewer }' }),
  });
  expect(response.status).toBe(401);
  expect(await response.text()).not.toContain('data');
});

test('fetches of one query share their loaders, those of mutations and of other viewers do not', async () => {
  const one = await ask('{ loads }', 'shared');
  expect(await ask('{ loads }', 'shared')).toEqual(one);
  expect(await ask('{ loads }', 'another')).not.toEqual(one);
  const other = await client.execute('echo', {
    query: '{ loads }',
    identity: { kind: 'person', viewer: { userId: 6n, sessionId: '1' }, requestId: 'shared', operation: 'query' },
  });
  expect(other).not.toEqual(one);
  const changed = await ask('mutation { loads }', 'shared', 'mutation');
  expect(await ask('mutation { loads }', 'shared', 'mutation')).not.toEqual(changed);
});

test('an error of the client is passed on, and one of ours is masked', async () => {
  expect((await ask('{ wrong }')).errors).toMatchObject([
    { message: 'shown to the client', extensions: { code: 'BAD_CURSOR' } },
  ]);
  const { errors } = await ask('{ broken }');
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(JSON.stringify(errors)).not.toMatch(/10\.0\.0\.7|select|ECONN|stack/);
});

test('a subgraph that times out or is unreachable gives a distinct error', async () => {
  await expect(ask('{ late }')).rejects.toThrow(SubgraphError);
  const absent = createHttpClient({ service: 'test', urls: { echo: ['http://127.0.0.1:1'] }, secret: SECRET, log });
  await expect(absent.execute('echo', { query: '{ viewer }', identity })).rejects.toThrow(/subgraph echo/);
  await expect(absent.execute('nobody', { query: '{ viewer }', identity })).rejects.toThrow(/no address/);
  await absent.close();
});
