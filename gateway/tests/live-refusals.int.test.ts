import { firstId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import { revokedSessionKey } from '@tintype/viewer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventReader } from './stub/event-reader.ts';
import { readEvents } from './stub/event-reader.ts';
import { setUpLiveFixture } from './stub/live.fixture.ts';
import { LISTEN } from './stub/live.ts';

const { redis, start } = setUpLiveFixture();

/** Status and code of a response that is not a stream. */
async function refusal(reader: EventReader): Promise<[number, string]> {
  await reader.ended;
  expect(reader.headers['content-type']).toContain('application/json');
  return [reader.status, JSON.parse(reader.text()).errors[0].extensions.code];
}

describe('a client that may not subscribe', () => {
  it('is refused: a visitor, an invalid or expired token, an ended session', async () => {
    const { listen, tokens } = await start();
    for (const token of [null, 'nonsense', await tokens.sign({}, { expiresIn: -1 })])
      expect(await refusal(await listen({ token }))).toEqual([401, 'UNAUTHENTICATED']);
    await redis().handle.client.set(redis().handle.key(revokedSessionKey('4200')), '1');
    const ended = await listen();
    expect(await refusal(ended)).toEqual([401, 'UNAUTHENTICATED']);
    expect(ended.headers['www-authenticate']).toContain('Bearer');
  });

  it('receives nothing after the end of the session, and gets `complete`', async () => {
    const { listen, tokens, notifications } = await start({ live: { timing: { tickMs: 20, heartbeatMs: 100 } } });
    const [idle, other] = [await listen(), await listen({ token: await tokens.sign({ sid: '4201' }) })];
    await redis().handle.client.set(redis().handle.key(revokedSessionKey('4200')), '1');
    expect(await idle.ended).toBe(true);
    expect(idle.events).toEqual([{ event: 'complete', data: '', id: '' }]);
    await notifications.change({ id: '1' });
    await expect.poll(() => other.events.map(({ event }) => event)).toEqual(['next']);
  });

  it('receives nothing between the end of the session and the next check', async () => {
    const { listen, notifications } = await start();
    const reader = await listen();
    await expect.poll(() => notifications.looks).toBe(1);
    await redis().handle.client.set(redis().handle.key(revokedSessionKey('4200')), '1');
    await notifications.change({ id: '1' });
    expect(await reader.ended).toBe(true);
    expect(reader.events.map(({ event }) => event)).toEqual(['complete']);
  });

  it('receives nothing after the access token has expired', async () => {
    const { listen, tokens, notifications } = await start({ live: { timing: { tickMs: 50 } } });
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const issuedAt = Math.floor(Date.now() / 1000) * 1000;
    const reader = await listen({ token: await tokens.sign({}, { expiresIn: 60 }) });
    vi.setSystemTime(issuedAt + 59_999);
    await notifications.change({ id: '1' });
    // `expect.poll` would move the clock, which is fake here.
    await eventually(() => expect(reader.events).toHaveLength(1));
    vi.setSystemTime(issuedAt + 60_000);
    await notifications.change({ id: '2' });
    expect(await reader.ended).toBe(true);
    expect(reader.events.map(({ event }) => event)).toEqual(['next', 'complete']);
  });
});

describe('what cannot be listened to', () => {
  it.each([
    ['wrong syntax', 'subscription { notificationAdded {', 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', 'subscription { notificationAdded { id nonsense } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['another event', 'subscription { postAdded { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an event under a condition',
      'subscription { notificationAdded @include(if: false) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a fragment under a condition',
      'subscription { ...Added @skip(if: true) } fragment Added on Subscription { notificationAdded { id } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'two events at once',
      'subscription { notificationAdded { id } again: notificationAdded { id } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['introspection', 'subscription { __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a variable that is missing',
      'subscription ($a: Boolean!) { notificationAdded { id @skip(if: $a) } }',
      'BAD_USER_INPUT',
    ],
  ])('is said as an event: %s', async (_what, query, code) => {
    const { listen } = await start();
    const reader = await listen({ query });
    expect(reader.status).toBe(200);
    expect(await reader.ended).toBe(true);
    expect(reader.events.map(({ event }) => event)).toEqual(['next', 'complete']);
    expect(reader.results().map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([code]);
  });

  it('reveals nothing of a schema that is not public', async () => {
    const { listen } = await start({ config: { introspection: false } });
    const reader = await listen({ query: 'subscription { notificationAdded { tex } }' });
    await reader.ended;
    expect(reader.results()).toMatchObject([
      { errors: [{ message: 'Cannot query field "tex" on type "Notification".' }] },
    ]);
  });

  const depth = 'actor { posts { edges { node { author { posts { edges { node { author { posts { edges { node { id';
  it.each([
    ['tokens', `subscription { notificationAdded { ${'id '.repeat(2_000)} } }`, 'QUERY_TOO_LONG'],
    ['depth', `subscription { notificationAdded { ${depth} ${'}'.repeat(12)} } }`, 'QUERY_TOO_DEEP'],
    [
      'cost',
      'subscription { notificationAdded { actor { posts(first: 100) { edges { node { author { posts(first: 100) { edges { node { media { altText } } } } } } } } } } }',
      'QUERY_TOO_COSTLY',
    ],
    [
      'aliases',
      `subscription { notificationAdded { ${Array.from({ length: 31 }, (_, i) => `a${i}: id`).join(' ')} } }`,
      'TOO_MANY_ALIASES',
    ],
    [
      'fragments in a circle',
      'subscription { notificationAdded { ...A } } fragment A on Notification { ...A }',
      'FRAGMENT_CYCLE',
    ],
  ])('is refused by the limits of all documents: %s', async (_what, query, code) => {
    const { listen } = await start();
    expect(await refusal(await listen({ query, method: 'POST' }))).toEqual([400, code]);
  });

  it('is refused: a query, a mutation, nothing at all, a large body, another form of answer, another method', async () => {
    const { listen, url, tokens } = await start();
    expect(await refusal(await listen({ query: '{ me { id } }' }))).toEqual([400, 'BAD_REQUEST']);
    expect(await refusal(await listen({ query: 'mutation { count }' }))).toEqual([400, 'BAD_REQUEST']);
    const headers = { authorization: `Bearer ${await tokens.sign()}` };
    expect(await refusal(await readEvents(`${url}/events`, { headers }))).toEqual([400, 'BAD_REQUEST']);
    const variables = { text: 'x'.repeat(20_000) };
    expect(await refusal(await listen({ variables, method: 'POST' }))).toEqual([413, 'BODY_TOO_LARGE']);
    const json = await listen({ headers: { accept: 'application/json' } });
    expect(await refusal(json)).toEqual([406, 'NOT_ACCEPTABLE']);
    const put = await readEvents(`${url}/events`, { method: 'PUT', headers });
    expect(await refusal(put)).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });

  it('is refused: a position that no event has', async () => {
    const { listen } = await start();
    const nextYear = String(firstId(Date.now() + 365 * 86_400_000));
    for (const from of ['abc', '-1', '1.5', '00', '9'.repeat(30), '1 OR 1=1', nextYear, String(2n ** 63n - 1n)])
      expect(await refusal(await listen({ from }))).toEqual([400, 'BAD_EVENT_ID']);
    expect((await listen({ from: '' })).status).toBe(200);
    expect((await listen({ from: String(firstId(Date.now() + 1000)) })).status).toBe(200);
  });

  it('is not mistaken for another document, however its name and text are split', async () => {
    const { url, tokens, notifications } = await start();
    const headers = { authorization: `Bearer ${await tokens.sign()}`, 'content-type': 'application/json' };
    const send = (operationName: string, query: string) =>
      readEvents(`${url}/events`, { method: 'POST', headers, body: JSON.stringify({ operationName, query }) });
    const lines = ['subscription N {', 'notificationAdded { id } }'];
    const split = () => send(`N\n${lines[0]}`, lines[1]!);
    for (const isFirst of [true, false]) {
      const reader = await split();
      await reader.ended;
      expect(reader.results().map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(['GRAPHQL_PARSE_FAILED']);
      if (!isFirst) continue;
      const listening = await send('N', lines.join('\n'));
      await notifications.change({ id: '1' });
      await expect.poll(() => listening.events.map(({ event }) => event)).toEqual(['next']);
    }
  });

  it('gets the address for subscriptions from the graph', async () => {
    const { ask, tokens } = await start();
    const answer = await ask(LISTEN, { token: await tokens.sign() });
    expect(answer).toMatchObject({
      status: 400,
      errors: [{ message: /\/events/, extensions: { code: 'BAD_REQUEST' } }],
    });
  });
});

describe('too many connections', () => {
  it('of one account are refused until one is closed', async () => {
    const { listen, tokens } = await start();
    const readers = await Promise.all(Array.from({ length: 8 }, () => listen()));
    expect(readers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const ninth = await listen();
    expect(await refusal(ninth)).toEqual([429, 'TOO_MANY_CONNECTIONS']);
    expect(ninth.headers['retry-after']).toBe('30');
    expect((await listen({ token: await tokens.sign({ sub: '43' }) })).status).toBe(200);
    readers[0]!.close();
    await expect.poll(async () => (await listen()).status).toBe(200);
  });

  it('at once are counted once each', async () => {
    const { listen } = await start();
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => listen()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(8);
    expect(statuses.filter((status) => status === 429)).toHaveLength(12);
  });

  it('of an app are refused earlier, and leave room for the person', async () => {
    const findAppAccess = async (token: string) => ({
      viewer: { userId: 42n, sessionId: token.startsWith('a') ? '7' : '8', scopes: ['read', 'read:notifications'] },
      expiresAt: Date.now() + 60_000,
    });
    const { listen } = await start({ parts: { findAppAccess } });
    const statuses: number[] = [];
    for (const token of ['a'.repeat(43), 'b'.repeat(43)])
      for (let count = 0; count < 5; count += 1) statuses.push((await listen({ token })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 200, 200, 200, 200, 429]);
    expect((await listen()).status).toBe(200);
  });

  it('of one process are refused', async () => {
    const { listen, tokens } = await start({ live: { limits: { connections: 3 } } });
    const reader = async (sub: number) => listen({ token: await tokens.sign({ sub: String(sub) }) });
    for (const sub of [1, 2, 3]) expect((await reader(sub)).status).toBe(200);
    const fourth = await reader(4);
    expect(await refusal(fourth)).toEqual([503, 'OVERLOADED']);
    expect(fourth.headers['retry-after']).toBe('30');
  });

  it('opened too fast take all tokens, as other requests do', async () => {
    const { listen } = await start({ limits: { ratePerSecond: 1, burst: 5, loginsPerMinute: 1_000 } });
    for (let count = 0; count < 5; count += 1) (await listen()).close();
    expect(await refusal(await listen())).toEqual([429, 'RATE_LIMITED']);
  });

  it('events that come too fast wait for tokens, and requests do not wait for them', async () => {
    const { listen, notifications, ask, tokens } = await start({
      limits: { ratePerSecond: 20, burst: 10, loginsPerMinute: 1_000 },
      live: { timing: { tickMs: 20 } },
    });
    for (let id = 1; id <= 40; id += 1) await notifications.change({ id: String(id), silent: true });
    const began = Date.now();
    const reader = await listen({ from: '0' });
    await expect.poll(() => reader.events.length).toBeGreaterThan(9);
    expect((await ask('{ me { id } }', { token: await tokens.sign() })).status).toBe(200);
    await expect.poll(() => reader.events.length).toBe(40);
    expect(Date.now() - began).toBeGreaterThan(1_200);
  });
});
