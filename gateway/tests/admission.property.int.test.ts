import { createHash } from 'node:crypto';
import { registry } from '@tintype/telemetry';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addressBucket, bucketKey, loginBucket } from '#limits/bucket.keys.ts';
import { COST_PER_TOKEN, TOKENS_PER_MUTATION } from '#limits/charge.rules.ts';
import { QUERY_LIMITS } from '#limits/limits.ts';
import { readEvents } from './stub/event-reader.ts';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

/**
 * Ten tokens a second in each bucket. A token takes far longer than a request, so the tokens of a request can be
 * counted.
 */
const MS_PER_TOKEN = 100;
const LIMITS = { ratePerSecond: 10, burst: 1_000_000, loginsPerMinute: 600 };

let redis: OwnRedis;
let gateway: StubGateway;

beforeAll(async () => {
  redis = await startOwnRedis();
  gateway = await startStubGateway({ redis: redis.handle, limits: LIMITS });
  for (const query of STORED)
    expect((await send(post({ query, extensions: persisted(hashOf(query)) }))).status).toBe(200);
});
beforeEach(() => redis.handle.client.flushAll());
afterAll(async () => {
  await gateway?.close();
  await redis?.close();
});

const LOG_IN = 'mutation { logIn(input: { identifier: "a", password: "b" }) { accessToken } }';
const COUNT = 'mutation Count { count }';
const LISTS = `query Lists($n: Int! = 1) {
  user(username: "a") { posts(first: $n) { edges { node { author { posts(first: $n) { edges { node { id } } } } } } } } }`;
const TWO = `${COUNT} mutation LogIn { logIn(input: { identifier: "a", password: "b" }) { accessToken } }`;
/** Texts that are registered. TWO has two operations and needs an operation name. */
const STORED = [LOG_IN, COUNT, LISTS];

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (sha256Hash: unknown, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash } });

type Sent = { method: 'GET' | 'POST'; search: string; body?: string };
const post = (parameters: object): Sent => ({ method: 'POST', search: '', body: JSON.stringify(parameters) });

/** Sends the request again if the machine is overloaded, which says nothing about admission. */
async function send({ method, search, body }: Sent): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const init = { method, headers, ...(body !== undefined && { body }) };
  for (;;) {
    const response = await fetch(`${gateway.url}/graphql${search}`, init);
    const answer = { status: response.status, text: await response.text() };
    if (answer.status !== 503) return answer;
  }
}

const text = fc.constantFrom(LOG_IN, COUNT, LISTS, TWO, '{ me { id } }', '{', '');
/** Values that are not strings, some of which count as absent. */
const junk = fc.constantFrom<unknown>(null, false, true, 0, 1, '', [], {}, [null]);
const missing = fc.constantFrom<unknown>(null, false);
/** Mostly valid, sometimes absent, sometimes junk. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 2, arbitrary: missing }, { weight: 1, arbitrary: junk });
const hash = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...STORED).map(hashOf) },
  { weight: 1, arbitrary: fc.constantFrom(...STORED).map((stored) => hashOf(stored).toUpperCase()) },
  { weight: 1, arbitrary: fc.constantFrom(...STORED).map((stored) => [hashOf(stored)]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(hashOf(TWO), hashOf('{ me { id } }'), '__proto__', `apq:${hashOf(COUNT)}`),
  },
);
const version = fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom('1', 2) });
const parameters = fc.record(
  {
    query: fc.oneof({ weight: 2, arbitrary: text }, { weight: 2, arbitrary: missing }, { weight: 1, arbitrary: junk }),
    operationName: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.constantFrom('Count', 'LogIn', 'Lists', 'Other') },
      { weight: 1, arbitrary: junk },
    ),
    variables: mostly(
      fc.oneof(
        fc.record({ n: fc.constantFrom<unknown>(1, 5, 40, 100, '100', null, 1e9, [100]) }),
        fc.constantFrom<unknown>('{"n":100}', { n: 5, more: true }),
      ),
    ),
    extensions: mostly(
      fc.oneof(
        { weight: 9, arbitrary: fc.tuple(mostly(hash), version).map(([h, v]) => persisted(h, v)) },
        { weight: 1, arbitrary: fc.constant({ persistedQuery: [persisted(hashOf(LOG_IN))] }) },
      ),
    ),
  },
  { requiredKeys: [] },
);
const asJson = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const byPost = parameters.map(post);
/** A body with each parameter twice. A parser may take either. */
const twice = fc
  .tuple(parameters, parameters)
  .map(
    ([one, other]): Sent => ({
      method: 'POST',
      search: '',
      body: `${JSON.stringify(one).slice(0, -1)},"x":0,${JSON.stringify(other).slice(1)}`,
    }),
  )
  .filter(({ body }) => !body!.startsWith('{,') && !body!.endsWith(',}'));
const byGet = fc.array(parameters, { minLength: 1, maxLength: 2 }).map((all): Sent => {
  const search = new URLSearchParams(
    all.flatMap((one) => Object.entries(one).map(([name, value]): [string, string] => [name, asJson(value)])),
  );
  return { method: 'GET', search: `?${search}` };
});
/** A body and a query string with different parameters. */
const both = fc.tuple(byPost, byGet).map(([{ body }, { search }]): Sent => ({ method: 'POST', search, body: body! }));
const requests = fc.oneof(byPost, twice, byGet, both);

/** When the buckets will be full again, in milliseconds since the epoch. */
async function fullAt(): Promise<{ login: number; address: number }> {
  const keys = [loginBucket('127.0.0.1'), addressBucket('127.0.0.1')].map((bucket) =>
    redis.handle.key(bucketKey(bucket)),
  );
  const [login, address] = await redis.handle.client.mGet(keys);
  const now = Date.now();
  return { login: Math.max(Number(login ?? 0), now), address: Math.max(Number(address ?? 0), now) };
}

/** How often buckets were kept in the process, where this test does not see them. */
const fallbacks = async () => {
  const metric = await registry.getSingleMetric('gateway_rate_limit_fallbacks_total')!.get();
  return metric.values.reduce((sum, { value }) => sum + value, 0);
};

/**
 * The fields that a request ran, and the tokens that it took at least. Sends it again if Redis was too slow to count
 * them.
 */
async function observe(sent: Sent) {
  for (;;) {
    const [before, fallbacksBefore] = [await fullAt(), await fallbacks()];
    const from = gateway.stub.ran.length;
    const answer = await send(sent);
    const after = await fullAt();
    if ((await fallbacks()) !== fallbacksBefore) continue;
    const taken = (bucket: 'login' | 'address') => Math.round((after[bucket] - before[bucket]) / MS_PER_TOKEN);
    return { ran: gateway.stub.ran.slice(from), answer, logins: taken('login'), tokens: taken('address') };
  }
}

function tokensDue(ran: StubGateway['stub']['ran']): number {
  const mutations = ran.filter((field) => typeof field === 'string').length;
  const pages = ran.map((field) => (typeof field === 'string' ? 0 : field.posts));
  // A page of posts, their authors, and a page of posts of each author. A post costs 8.
  const cost = pages[0] ? 8 * pages[0] * Math.max(1, pages[1] ?? 0) : 0;
  expect(cost).toBeLessThanOrEqual(QUERY_LIMITS.cost);
  return Math.max(mutations * TOKENS_PER_MUTATION, Math.ceil(cost / COST_PER_TOKEN));
}

it('admits and charges what it runs, whatever the shape of the parameters', { timeout: 120_000 }, async () => {
  let executed = 0;
  await fc.assert(
    fc.asyncProperty(requests, async (sent) => {
      const { ran, answer, logins, tokens } = await observe(sent);
      executed += ran.length;
      expect(answer.status).toBeLessThan(500);
      expect(logins).toBeGreaterThanOrEqual(ran.filter((field) => field === 'logIn').length);
      expect(tokens).toBeGreaterThanOrEqual(Math.max(1, tokensDue(ran)));
      if (sent.method === 'GET') expect(ran.filter((field) => typeof field === 'string')).toEqual([]);
      if (ran.length > 1) await redis.handle.client.flushAll();
    }),
    {
      numRuns: 600,
      examples: [
        [post({ query: null, extensions: persisted(hashOf(LOG_IN)) })],
        [post({ query: false, extensions: persisted(hashOf(LOG_IN)) })],
      ],
    },
  );
  expect(executed).toBeGreaterThan(10);
});

it('checks a stored document again with its new variables', async () => {
  const ask = (n: number) => observe(post({ variables: { n }, extensions: persisted(hashOf(LISTS)) }));
  const small = await ask(1);
  const large = await ask(20);
  expect([small.answer.status, large.answer.status]).toEqual([200, 200]);
  expect(large.tokens).toBeGreaterThan(small.tokens);
  const refused = await ask(100);
  expect(refused.answer).toMatchObject({ status: 400, text: expect.stringContaining('QUERY_TOO_COSTLY') });
  expect(refused.ran).toEqual([]);
});

it('limits logins with stored documents, too', async () => {
  const strict = { ...LIMITS, loginsPerMinute: 3 };
  const guarded = await startStubGateway({ redis: redis.handle, limits: strict });
  const ask = async (parameters: object) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ ...parameters, extensions: persisted(hashOf(LOG_IN)) });
    return (await fetch(`${guarded.url}/graphql`, { method: 'POST', headers, body })).status;
  };
  const statuses = [
    await ask({ query: LOG_IN }),
    await ask({}),
    await ask({ query: null }),
    await ask({}),
    await ask({}),
  ];
  await guarded.close();
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
});

it('does not listen to a stored query', async () => {
  const search = new URLSearchParams({ extensions: JSON.stringify(persisted(hashOf(LISTS))) });
  const reader = await readEvents(`${gateway.url}/events?${search}`);
  await reader.ended;
  expect(reader.status).toBe(404);
});
