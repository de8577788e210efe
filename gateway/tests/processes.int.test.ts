import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, serveSubgraph } from '@tintype/graphql';
import { createLog } from '@tintype/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';
import { createStub } from './stub/subgraphs.ts';

const SECRET = 'a secret of the processes of this test';
const log = createLog({ name: 'test', level: 'silent' });

let redis: OwnRedis;
let gateway: StubGateway;
let directory: string;
let client: ReturnType<typeof createHttpClient>;
const served = new Map<string, Awaited<ReturnType<typeof serveSubgraph>>>();

beforeAll(async () => {
  redis = await startOwnRedis();
  directory = await mkdtemp(join(tmpdir(), 'tintype-served-'));
  for (const subgraph of createStub().subgraphs) {
    const listen = { socketPath: join(directory, subgraph.name) };
    served.set(subgraph.name, await serveSubgraph({ subgraph, secret: SECRET, listen, ready: async () => ({}), log }));
  }
  const urls = Object.fromEntries([...served].map(([name, { url }]) => [name, [url]]));
  client = createHttpClient({ service: 'gateway', urls, secret: SECRET, log });
  gateway = await startStubGateway({ redis: redis.handle, parts: { subgraphs: client } });
});

afterAll(async () => {
  await gateway?.close();
  await client?.close();
  for (const one of served.values()) await one.close();
  await redis?.close();
  await rm(directory, { recursive: true, force: true });
});

const PAGE = '{ me { username posts(first: 2) { edges { node { caption author { username } } } } } }';
const EDGES = ['photo 0', 'photo 1'].map((caption) => ({ node: { caption, author: { username: 'user-7' } } }));

it('a query reaches subgraphs of other processes with its viewer', async () => {
  const token = await gateway.tokens.sign();
  const answer = await gateway.ask(PAGE, { token });
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toEqual({ me: { username: 'me', posts: { edges: EDGES } } });
  expect((await gateway.ask(PAGE)).data).toEqual({ me: null });
});

it('errors of subgraphs in other processes are passed and masked as those in this one', async () => {
  const { errors } = await gateway.ask('{ private broken }');
  expect(errors?.map((error) => [error.path?.[0], error.extensions.code])).toEqual([
    ['private', 'UNAUTHENTICATED'],
    ['broken', 'INTERNAL_SERVER_ERROR'],
  ]);
});

it('an unavailable subgraph removes only its own fields', async () => {
  await served.get('photos')!.close();
  const answer = await gateway.ask('{ user(username: "ada") { username posts { pageInfo { hasNextPage } } } }');
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
  expect(answer.data).toEqual({ user: { username: 'ada', posts: null } });
  expect(JSON.stringify(answer)).not.toContain(directory);
  expect((await gateway.ask('{ user(username: "ada") { username } }')).data).toEqual({ user: { username: 'ada' } });
});

it('a gateway that shuts down still accepts requests while it reports that, and finishes them', async () => {
  const ending = await startStubGateway({ redis: redis.handle, config: { drainNoticeMs: 1000 } });
  const asked = ending.ask('{ slow(ms: 2000) }');
  await expect.poll(() => ending.stub.identities.length).toBe(1);
  const ended = ending.close();
  const late = await ending.ask('{ slow(ms: 1) }');
  expect(late.data).toEqual({ slow: 'done' });
  expect(late.headers.get('connection')).toBe('close');
  expect((await asked).data).toEqual({ slow: 'done' });
  await ended;
});

it('a gateway that closes finishes what it has', async () => {
  const closing = await startStubGateway({ redis: redis.handle });
  const asked = closing.ask('{ slow(ms: 500) }');
  await expect.poll(() => closing.stub.identities.length).toBe(1);
  await closing.close();
  expect((await asked).data).toEqual({ slow: 'done' });
  await expect(closing.ask('{ me { id } }')).rejects.toThrow();
});
