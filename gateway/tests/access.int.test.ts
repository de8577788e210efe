import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '@tintype/telemetry';
import { eventually } from '@tintype/testing';
import { liveSessionKey, revokedSessionKey, suspendedSessionKey } from '@tintype/viewer';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SessionStatus } from '../src/auth/session-state.ts';
import { type StubGateway, startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';
import { createTokens } from './stub/tokens.ts';

let redis: OwnRedis;
const opened: StubGateway[] = [];

beforeAll(async () => {
  redis = await startOwnRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((gateway) => gateway.close()));
  await redis.handle.client.flushAll();
});
afterAll(() => redis?.close());

async function start(options: Omit<Parameters<typeof startStubGateway>[0], 'redis'> = {}): Promise<StubGateway> {
  const gateway = await startStubGateway({ redis: redis.handle, ...options });
  opened.push(gateway);
  return gateway;
}

const LOG_IN = 'mutation { logIn(input: { identifier: "a", password: "b" }) { accessToken } }';

describe('the viewer', () => {
  it('is a visitor without a token, and the account of a valid one', async () => {
    const gateway = await start();
    expect((await gateway.ask('{ me { id } }')).data).toEqual({ me: null });
    expect((await gateway.ask('{ me { id } }', { token: await gateway.tokens.sign() })).data).toEqual({
      me: { id: '7' },
    });
    expect(gateway.stub.identities.at(-1)?.viewer).toEqual({ userId: 42n, sessionId: '4200' });
  });

  it('is sent to subgraphs with a request id of our own and the kind of operation', async () => {
    const gateway = await start();
    await gateway.ask('{ user(username: "a") { posts { edges { cursor } } } }', {
      headers: { 'x-request-id': 'mine' },
    });
    const [first, second] = gateway.stub.identities;
    expect(first?.requestId).toBe(second?.requestId);
    expect(first?.requestId).not.toBe('mine');
    await gateway.ask('mutation { count }');
    expect(gateway.stub.identities.map((identity) => identity.operation)).toEqual(['query', 'query', 'mutation']);
  });

  it('is refused with a token that is not right', async () => {
    const { tokens, ask } = await start();
    const strangers = await createTokens();
    const bad = await Promise.all([
      tokens.sign({ iss: 'other' }),
      tokens.sign({ aud: 'other' }),
      tokens.sign({ sub: 'abc' }),
      tokens.sign({ sid: 7 }),
      tokens.sign({ exp: undefined }),
      tokens.sign({}, { kid: 'key-9' }),
      strangers.sign(),
      Promise.resolve('nonsense'),
      Promise.resolve(`${btoa('{"alg":"none"}')}.${btoa('{"sub":"42","sid":"1","iss":"tintype","aud":"tintype"}')}.`),
    ]);
    for (const token of bad) {
      const answer = await ask('{ me { id } }', { token });
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(answer.errors?.[0]?.message).toBe('The access token is invalid.');
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    const expired = await ask('{ me { id } }', { token: await tokens.sign({}, { expiresIn: -1 }) });
    expect(expired).toMatchObject({
      status: 401,
      errors: [{ message: 'The access token expired. Refresh the session.' }],
    });
    expect((await ask('{ me { id } }', { headers: { authorization: 'Basic YTpi' } })).status).toBe(401);
  });

  it('is refused once the session was ended, though the token is in its time', async () => {
    const { tokens, ask } = await start();
    const token = await tokens.sign();
    expect((await ask('{ me { id } }', { token })).status).toBe(200);
    await redis.handle.client.set(redis.handle.key(revokedSessionKey('4200')), '1');
    expect(await ask('{ me { id } }', { token })).toMatchObject({
      status: 401,
      errors: [{ message: /session has ended/ }],
    });
    expect((await ask('{ me { id } }', { token: await tokens.sign({ sid: '4201' }) })).status).toBe(200);
  });

  it('gets UNAVAILABLE if neither Redis nor the user subgraph can say whether the session has ended', async () => {
    const findSessionStatuses = () => Promise.reject(new Error('connect ECONNREFUSED'));
    const { tokens, ask } = await start({ parts: { findSessionStatuses } });
    const token = await tokens.sign({ sid: '4500' });
    expect(await ask('{ me { id } }', { token })).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'UNAVAILABLE' } }],
    });
    await redis.handle.client.set(redis.handle.key(liveSessionKey('4500')), '1');
    expect((await ask('{ me { id } }', { token })).status).toBe(200);
  });

  it('is looked up at each request, once for all that come at a time', async () => {
    const batches: string[][] = [];
    const findSessionStatuses = async (ids: readonly string[]) => {
      batches.push([...ids]);
      return ids.map((id) => (id === '4602' ? 'ended' : 'live'));
    };
    const { tokens, ask } = await start({ parts: { findSessionStatuses } });
    const asked = await Promise.all(
      ['4601', '4602', '4603'].map(
        async (sid) => (await ask('{ me { id } }', { token: await tokens.sign({ sid }) })).status,
      ),
    );
    expect(asked).toEqual([200, 401, 200]);
    expect((await ask('{ me { id } }', { token: await tokens.sign({ sid: '4601' }) })).status).toBe(200);
    expect((await ask('{ me { id } }', { token: await tokens.sign({ sid: '4602' }) })).status).toBe(401);
    // An ended session is looked up once.
    expect(batches.flat().toSorted()).toEqual(['4601', '4601', '4602', '4603']);
  });

  it('is looked up, although Redis has its session as live, while the account may be suspended', async () => {
    let status: SessionStatus = { until: new Date('2027-01-01T00:00:00.000Z') };
    const findSessionStatuses = async (ids: readonly string[]) => ids.map(() => status);
    const { tokens, ask } = await start({ parts: { findSessionStatuses } });
    const token = await tokens.sign({ sid: '4700' });
    for (const keyOf of [liveSessionKey, suspendedSessionKey]) {
      await redis.handle.client.set(redis.handle.key(keyOf('4700')), '1');
    }
    const extensions = { code: 'ACCOUNT_SUSPENDED', suspendedUntil: '2027-01-01T00:00:00.000Z' };
    expect(await ask('{ me { id } }', { token })).toMatchObject({ status: 403, errors: [{ extensions }] });
    status = 'live';
    expect((await ask('{ me { id } }', { token })).status).toBe(200);
  });

  it('can go on in an app whose developer was suspended', async () => {
    let status: SessionStatus = 'ended';
    const findSessionStatuses = async (ids: readonly string[]) => ids.map(() => status);
    const findAppAccess = async () => ({
      viewer: { userId: 42n, sessionId: '4800', scopes: ['read'] },
      expiresAt: Date.now() + 60_000,
    });
    const { ask } = await start({ parts: { findSessionStatuses, findAppAccess } });
    const token = 'a'.repeat(43);
    expect((await ask('{ me { id } }', { token })).status).toBe(401);
    status = 'live';
    expect((await ask('{ me { id } }', { token })).status).toBe(200);
  });

  it('is verified with a rotated key, and made-up key ids do not cause a fetch each', async () => {
    const [old, next] = [await createTokens('old'), await createTokens('next')];
    let asked = 0;
    let keys = old.jwks;
    const fetchJwks = async () => {
      asked += 1;
      return keys;
    };
    const { ask } = await start({ parts: { fetchJwks } });
    expect((await ask('{ me { id } }', { token: await old.sign() })).status).toBe(200);
    keys = { keys: [...old.jwks.keys, ...next.jwks.keys] };
    for (let i = 0; i < 5; i += 1) await ask('{ me { id } }', { token: await next.sign({}, { kid: `made-up-${i}` }) });
    expect(asked).toBe(1);
  });

  it('gets UNAVAILABLE if the keys cannot be fetched', async () => {
    const fetchJwks = () => Promise.reject(new Error('connect ECONNREFUSED'));
    const gateway = await start({ parts: { fetchJwks } });
    const answer = await gateway.ask('{ me { id } }', { token: await gateway.tokens.sign() });
    expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  });
});

describe('rate limits', () => {
  // Slow, so that no bucket fills up during a test.
  const limits = { ratePerSecond: 0.01, burst: 10, loginsPerMinute: 1000 };
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);

  it('refuse a viewer who has used up the burst, with the time to wait', async () => {
    const gateway = await start({ limits });
    const token = await gateway.tokens.sign();
    const ask = () => gateway.ask('{ me { id } }', { token });
    expect(statuses(await Promise.all(Array.from({ length: 10 }, ask)))).toEqual(Array(10).fill(200));
    const refused = await ask();
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(100);
    // Another viewer from the same address has a bucket of their own, and so does a visitor.
    expect((await gateway.ask('{ me { id } }', { token: await gateway.tokens.sign({ sub: '43' }) })).status).toBe(200);
    expect((await gateway.ask('{ me { id } }')).status).toBe(200);
  });

  it('let a viewer in again after that time', async () => {
    const gateway = await start({ limits: { ...limits, ratePerSecond: 1 } });
    const ask = async () => gateway.ask('{ me { id } }', { token });
    const token = await gateway.tokens.sign();
    await Promise.all(Array.from({ length: 20 }, ask));
    const refused = await eventually(async () => {
      const answer = await ask();
      expect(answer.status).toBe(429);
      return answer;
    });
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBe(1);
    await sleep(seconds * 1000);
    expect((await ask()).status).toBe(200);
  });

  it('are shared by processes', async () => {
    const [one, two] = [await start({ limits }), await start({ limits })];
    const ask = (gateway: StubGateway) => gateway.ask('{ me { id } }');
    for (let i = 0; i < 5; i += 1) expect(statuses([await ask(one), await ask(two)])).toEqual([200, 200]);
    expect(statuses([await ask(one), await ask(two)])).toEqual([429, 429]);
  });

  it('take more for mutations, and count what is refused', async () => {
    const gateway = await start({ limits });
    await gateway.ask('mutation { count }');
    await gateway.ask('mutation { count }');
    expect((await gateway.ask('{ me { id } }')).status).toBe(429);
    await redis.handle.client.flushAll();
    for (let i = 0; i < 5; i += 1) expect((await gateway.ask(`{ ${'me { id } '.repeat(21)} }`)).status).toBe(400);
    for (let i = 0; i < 5; i += 1) expect((await gateway.ask('{ me { id } }', { token: 'bad' })).status).toBe(401);
    expect((await gateway.ask('{ me { id } }', { token: 'bad' })).status).toBe(429);
  });

  it('are stricter for logging in, however it is written', async () => {
    const gateway = await start({ limits: { ...limits, burst: 1000, loginsPerMinute: 3 } });
    expect((await gateway.ask(LOG_IN)).status).toBe(200);
    const hidden = `mutation { ...Two } fragment Two on Mutation {
      a: logIn(input: { identifier: "a", password: "b" }) { accessToken }
      b: logIn(input: { identifier: "a", password: "c" }) { accessToken } }`;
    expect((await gateway.ask(hidden)).status).toBe(200);
    const refused = await gateway.ask(LOG_IN, { token: await gateway.tokens.sign() });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(10);
    expect((await gateway.ask('{ me { id } }')).status).toBe(200);
  });

  it('count the token of an app before anybody is asked what it stands for', async () => {
    let asked = 0;
    const findAppAccess = async () => {
      asked += 1;
      return null;
    };
    const gateway = await start({ limits, parts: { findAppAccess } });
    const ask = (n: number) => gateway.ask('{ me { id } }', { token: String(n).padStart(43, 'a') });
    // Each takes a token for the lookup, and one for the request.
    for (let n = 0; n < 5; n += 1) expect((await ask(n)).status).toBe(401);
    for (let n = 5; n < 10; n += 1) expect((await ask(n)).status).toBe(429);
    expect(asked).toBe(5);
  });

  it('of an app are half of those of its person, and use up nothing of them', async () => {
    const grants = new Map([
      ['a'.repeat(43), '7'],
      ['b'.repeat(43), '8'],
    ]);
    const findAppAccess = async (token: string) => ({
      viewer: { userId: 42n, sessionId: grants.get(token)!, scopes: ['read'] },
      expiresAt: Date.now() + 60_000,
    });
    const gateway = await start({ limits, parts: { findAppAccess } });
    for (const token of grants.keys()) {
      const answers = [];
      for (let n = 0; n < 10; n += 1) answers.push(await gateway.ask('{ me { id } }', { token }));
      expect(statuses(answers)).toEqual([...Array(5).fill(200), ...Array(5).fill(429)]);
    }
    expect((await gateway.ask('{ me { id } }', { token: await gateway.tokens.sign() })).status).toBe(200);
  });

  it('are not evaded by more logins in one document than a token bucket holds', async () => {
    const gateway = await start({ limits: { ...limits, burst: 1000, loginsPerMinute: 3 } });
    const logIn = (n: number) => `a${n}: logIn(input: { identifier: "a", password: "${n}" }) { accessToken }`;
    const refused = await gateway.ask(`mutation { ${Array.from({ length: 20 }, (_, n) => logIn(n)).join(' ')} }`);
    expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([400, 'TOO_MANY_ROOT_FIELDS']);
    expect((await gateway.ask(LOG_IN)).status).toBe(429);
  });

  it('believe a forwarded address of a trusted proxy only', async () => {
    const ask = (gateway: StubGateway, address: string) =>
      gateway.ask('{ me { id } }', { headers: { 'x-forwarded-for': address } });
    const open = await start({ limits });
    const rotating = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(open, `203.0.113.${i}`)));
    expect(statuses(rotating).filter((status) => status === 429)).toHaveLength(2);
    const trusting = await start({ limits, config: { trustProxy: ['127.0.0.0/8'] } });
    const many = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(trusting, `203.0.113.${i}`)));
    expect(statuses(many)).toEqual(Array(12).fill(200));
    const household = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(trusting, `2001:db8:0:1::${i}`)));
    expect(statuses(household).filter((status) => status === 429)).toHaveLength(2);
  });
});

describe('an idempotency key', () => {
  it('is passed to subgraphs with mutations, with and without quotes, and refused if it is malformed', async () => {
    const gateway = await start();
    const send = (key: string, query = 'mutation { count }') =>
      gateway.ask(query, { headers: { 'idempotency-key': key } });
    expect((await send('"8e03978e-40d5-43dd-bc93-6894a57f9324"')).status).toBe(200);
    expect((await send('8e03978e-40d5-43dd-bc93-6894a57f9325')).status).toBe(200);
    expect((await send('8e03978e-40d5-43dd-bc93-6894a57f9326', '{ me { id } }')).status).toBe(200);
    expect(gateway.stub.identities.map((identity) => identity.idempotencyKey)).toEqual([
      '8e03978e-40d5-43dd-bc93-6894a57f9324',
      '8e03978e-40d5-43dd-bc93-6894a57f9325',
      undefined,
    ]);
    for (const key of ['short', 'has some spaces', 'x'.repeat(256), '"8e03978e', 'schl\u00fcssel']) {
      const refused = await send(key);
      expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_IDEMPOTENCY_KEY']);
    }
  });
});

describe('while Redis is unavailable', () => {
  it('the process keeps limits and the user subgraph says which sessions have ended, until Redis is back', async () => {
    const ended = new Set<string>();
    let asked = 0;
    const findSessionStatuses = async (ids: readonly string[]) => {
      asked += ids.length;
      return ids.map((id) => (ended.has(id) ? 'ended' : 'live'));
    };
    const limits = { ratePerSecond: 0.01, burst: 10, loginsPerMinute: 1000 };
    const gateway = await start({ limits, parts: { findSessionStatuses } });
    const token = await gateway.tokens.sign({ sid: '4300' });
    const ask = () => gateway.ask('{ me { id } }', { token });
    await redis.handle.client.set(redis.handle.key(liveSessionKey('4300')), '1');
    expect((await ask()).status).toBe(200);
    expect(asked).toBe(0);

    await redis.server.kill('SIGKILL');
    const answers: number[] = [];
    for (let i = 0; i < 12; i += 1) answers.push((await ask()).status);
    expect(answers.slice(0, 9)).toEqual(Array(9).fill(200));
    expect(answers.at(-1)).toBe(429);
    expect(asked).toBe(12);
    ended.add('4400');
    const token4400 = await gateway.tokens.sign({ sid: '4400', sub: '44' });
    expect((await gateway.ask('{ me { id } }', { token: token4400 })).status).toBe(401);

    await redis.server.restart({ wipe: true });
    await expect.poll(() => redis.handle.client.isReady).toBe(true);
    await expect.poll(async () => (await ask()).status, { interval: 500 }).toBe(200);
    await redis.handle.client.set(redis.handle.key(revokedSessionKey('4300')), '1');
    await expect.poll(async () => (await ask()).status).toBe(401);
  });

  it('a Redis that hangs does not hold up every request', async () => {
    const log = createLog({ name: 'gateway', level: 'silent' });
    const warn = vi.spyOn(log, 'warn');
    const gateway = await start({ parts: { log } });
    const token = await gateway.tokens.sign();
    const { client } = redis.handle;
    const sent = [vi.spyOn(client, 'evalSha'), vi.spyOn(client, 'mGet')];
    const pid = redis.server.pid()!;
    // So that the second in which Redis is not asked again does not end.
    vi.useFakeTimers({ toFake: ['Date'] });
    process.kill(pid, 'SIGSTOP');
    const statuses: number[] = [];
    try {
      for (let i = 0; i < 5; i += 1) statuses.push((await gateway.ask('{ me { id } }', { token })).status);
    } finally {
      process.kill(pid, 'SIGCONT');
      vi.useRealTimers();
    }
    expect(statuses).toEqual(Array(5).fill(200));
    // The first request waited for one timeout per command. The others did not ask Redis.
    for (const command of sent) expect(command).toHaveBeenCalledTimes(1);
    const causes = warn.mock.calls.map(([fields]) => (fields as { error: Error }).error.cause);
    expect(causes).toEqual(Array(2).fill(new Error('There was no answer within 250 ms.')));
    await expect.poll(() => redis.handle.client.ping().catch(() => '')).toBe('PONG');
  });
});
