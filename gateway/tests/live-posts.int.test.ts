import { registry } from '@tintype/telemetry';
import { describe, expect, it } from 'vitest';
import type { EventReader } from './stub/event-reader.ts';
import { setUpLiveFixture } from './stub/live.fixture.ts';

const { redis, start } = setUpLiveFixture();

const query = 'subscription ($id: ID!) { postUpdated(id: $id) { state failureReason } }';
const variables = { id: 'Post_1' };
const QUICK = { tickMs: 20, checkEveryMs: 200 };
/** So rare that only a signal or a gap in signals causes a check. */
const RARE = { tickMs: 20, checkEveryMs: 600_000, spreadMs: 100 };

const statesIn = (reader: EventReader) => reader.results().map(({ data }) => data?.postUpdated?.state);
const codesIn = (reader: EventReader) =>
  reader.results().flatMap(({ errors = [] }) => errors.map((e) => e.extensions.code));

describe('a client that waits for a post', () => {
  it('gets its present state, then each change once, with ids to continue from', async () => {
    const { posts, listen } = await start({ live: { timing: RARE } });
    await posts.set('1', 'PROCESSING');
    const reader = await listen({ query, variables });
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING']);
    await posts.set('1', 'PROCESSING');
    await posts.set('2', 'PUBLISHED');
    await posts.set('1', 'FAILED');
    await expect.poll(() => reader.events.map(({ id }) => id)).toEqual(['1.PROCESSING', '1.FAILED']);
    expect(reader.results().at(-1)).toEqual({ data: { postUpdated: { state: 'FAILED', failureReason: 'No photo.' } } });
  });

  it('gets the state of a post that was published before it subscribed', async () => {
    const { posts, listen } = await start({ live: { timing: RARE } });
    await posts.set('1', 'PUBLISHED');
    const readers = [
      await listen({ query, variables }),
      await listen({ query, variables: { id: 'Post_1' }, method: 'POST' }),
      await listen({ query: 'subscription { postUpdated(id: "Post_1") { state_: id version_: id state } }' }),
    ];
    for (const reader of readers) await expect.poll(() => statesIn(reader)).toEqual(['PUBLISHED']);
    expect(readers[2]!.results()).toEqual([
      { data: { postUpdated: { state_: 'Post_1', version_: 'Post_1', state: 'PUBLISHED' } } },
    ]);
  });

  it('gets the change that happens while its first event is read', async () => {
    const { posts, listen } = await start({ live: { timing: RARE } });
    const publish = () => posts.set('1', 'PUBLISHED', { silent: true });
    // Before the first check, before the query of the event, and before the second check.
    for (const reads of [0, 1, 2]) {
      await posts.set('1', 'PROCESSING');
      posts.beforeRead = [...Array.from({ length: reads }, () => async () => undefined), publish];
      const reader = await listen({ query, variables });
      await expect.poll(() => posts.beforeRead).toEqual([]);
      await posts.set('1', 'PUBLISHED');
      await expect.poll(() => statesIn(reader).at(-1)).toBe('PUBLISHED');
      expect(new Set(statesIn(reader)).size).toBe(statesIn(reader).length);
    }
  });

  it('continues after the event that it received', async () => {
    const { posts, listen } = await start({ live: { timing: RARE } });
    await posts.set('1', 'PUBLISHED');
    const behind = await listen({ query, variables, from: '1.PROCESSING' });
    await expect.poll(() => statesIn(behind)).toEqual(['PUBLISHED']);
    const reads = posts.reads;
    const current = await listen({ query, variables, from: '1.PUBLISHED' });
    await expect.poll(() => posts.reads).toBeGreaterThan(reads);
    await posts.set('1', null);
    await expect.poll(() => codesIn(current)).toEqual(['POST_NOT_FOUND']);
    expect(statesIn(current)).toEqual([undefined]);
  });

  it('is refused with an id of another event', async () => {
    const { listen } = await start();
    for (const from of ['2.PUBLISHED', '1', '1.', '1.DELETED', '1.PUBLISHED.1', '1.toString', 'PUBLISHED'])
      expect((await listen({ query, variables, from })).status).toBe(400);
  });

  it('is refused without a token', async () => {
    const { listen } = await start();
    expect((await listen({ query, variables, token: null })).status).toBe(401);
  });
});

describe('a post that the viewer may not see', () => {
  it.each(['1', 'Post_1', 'User_1', 'nonsense', ''])('ends the stream with an error: %s', async (id) => {
    const { listen } = await start();
    const reader = await listen({ query, variables: { id } });
    expect(reader.status).toBe(200);
    expect(await reader.ended).toBe(true);
    expect(reader.events.map(({ event }) => event)).toEqual(['next', 'complete']);
    expect(reader.results()).toEqual([
      {
        data: null,
        errors: [
          {
            message: 'The post does not exist or is not visible to you.',
            path: ['postUpdated'],
            extensions: { code: 'POST_NOT_FOUND' },
          },
        ],
      },
    ]);
  });

  it('ends the stream when it is deleted, and when it is hidden without a signal', async () => {
    const { posts, listen } = await start({ live: { timing: QUICK } });
    for (const silent of [false, true]) {
      await posts.set('1', 'PUBLISHED');
      const reader = await listen({ query: 'subscription { mine: postUpdated(id: "Post_1") { id } }' });
      await expect.poll(() => reader.results()).toHaveLength(1);
      await posts.set('1', null, { silent });
      expect(await reader.ended).toBe(true);
      expect(reader.results().at(-1)).toMatchObject({ data: null, errors: [{ path: ['mine'] }] });
    }
  });

  it('sends no event if it is hidden between the look and the query', async () => {
    const { posts, listen } = await start({ live: { timing: QUICK } });
    await posts.set('1', 'PUBLISHED');
    posts.beforeRead = [async () => undefined, () => posts.set('1', null, { silent: true })];
    const reader = await listen({ query, variables });
    expect(await reader.ended).toBe(true);
    expect(codesIn(reader)).toEqual(['POST_NOT_FOUND']);
    expect(reader.events).toHaveLength(2);
  });
});

describe('faults', () => {
  it('a lost signal delays the event', async () => {
    const { posts, listen } = await start({ live: { timing: QUICK } });
    await posts.set('1', 'PROCESSING');
    const reader = await listen({ query, variables });
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING']);
    await posts.set('1', 'PUBLISHED', { silent: true });
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING', 'PUBLISHED']);
  });

  it('killing Redis loses no event', async () => {
    const { posts, listen } = await start({ live: { timing: RARE } });
    await posts.set('1', 'PROCESSING');
    const reader = await listen({ query, variables });
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING']);
    await redis().server.kill('SIGKILL');
    await posts.set('1', 'PUBLISHED');
    await redis().server.restart({ wipe: true });
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING', 'PUBLISHED']);
    await expect.poll(() => redis().handle.client.isReady).toBe(true);
  });

  it('a post subgraph that does not answer neither refuses nor ends a stream', async () => {
    const { posts, listen } = await start({ live: { timing: { ...QUICK, retryMs: 50 } } });
    await posts.set('1', 'PROCESSING');
    posts.isFailing = true;
    const reader = await listen({ query, variables });
    await expect.poll(() => posts.reads).toBeGreaterThan(2);
    expect([reader.status, reader.events]).toEqual([200, []]);
    posts.isFailing = false;
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING']);
    posts.isFailing = true;
    await posts.set('1', 'PUBLISHED');
    const { reads } = posts;
    await expect.poll(() => posts.reads).toBeGreaterThan(reads + 1);
    posts.isFailing = false;
    await expect.poll(() => statesIn(reader)).toEqual(['PROCESSING', 'PUBLISHED']);
  });
});

it('subscriptions of an account share its connections, and each gets its own events', async () => {
  const { posts, notifications, listen } = await start();
  const ids = ['1', '2', '3', '4', '5', '6', '7'];
  for (const id of ids) await posts.set(id, 'PROCESSING');
  const readers = await Promise.all(ids.map((id) => listen({ query, variables: { id: `Post_${id}` } })));
  const eighth = await listen();
  expect((await listen({ query, variables })).status).toBe(429);
  await expect.poll(async () => openPosts()).toBe(7);
  for (const id of ids) await posts.set(id, Number(id) % 2 ? 'PUBLISHED' : 'FAILED');
  await notifications.change({ id: '1' });
  for (const [index, reader] of readers.entries()) {
    const last = index % 2 ? 'FAILED' : 'PUBLISHED';
    await expect.poll(() => reader.events.map(({ id }) => id)).toContain(`${ids[index]}.${last}`);
    expect(reader.events.every(({ id }) => id.startsWith(`${ids[index]}.`))).toBe(true);
  }
  await expect.poll(() => eighth.results()).toMatchObject([{ data: { notificationAdded: { id: '1' } } }]);
});

async function openPosts(): Promise<number> {
  const text = await registry.metrics();
  return Number(/^gateway_live_connections\{subscription="postUpdated"\} (\d+)/m.exec(text)?.[1]);
}
