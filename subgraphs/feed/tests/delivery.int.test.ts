import { randomUUID } from 'node:crypto';
import {
  createEnvironment,
  createNeighbourEvents,
  type Environment,
  eventually,
  type NeighbourEvents,
  startSubgraphs,
  type TestSubgraphs,
} from '@tintype/testing';
import { subjectOf } from '@tintype/viewer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wireWithPlayedPosts } from './played-posts.ts';

const wirePlayed = wireWithPlayedPosts('everybody');

let environment: Environment;
let platform: TestSubgraphs;
let events: NeighbourEvents;

beforeAll(async () => {
  environment = await createEnvironment();
  events = createNeighbourEvents(environment);
  platform = await startSubgraphs(environment, { feed: wirePlayed }, { workers: true });
});
afterAll(async () => {
  await platform.close();
  await environment.close();
});

const HOME = `query ($first: Int, $after: String) {
  homeFeed(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
}`;
type Answer = {
  homeFeed: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
};

const pairOf = (who: bigint, whom: bigint) => `${who}:${whom}`;
const follow = (followerId: bigint, followeeId: bigint) => {
  const pair = { followerId: String(followerId), followeeId: String(followeeId) };
  const data = { ...pair, followId: String(environment.ids.next()), wasRequested: false };
  return events.publish('tintype.social-graph.follow.created.v1', pairOf(followerId, followeeId), data);
};
const unfollow = (followerId: bigint, followeeId: bigint) => {
  const data = { followerId: String(followerId), followeeId: String(followeeId) };
  return events.publish('tintype.social-graph.follow.deleted.v1', pairOf(followerId, followeeId), data);
};
const block = (blockerId: bigint, blockedId: bigint) => {
  const data = { blockerId: String(blockerId), blockedId: String(blockedId) };
  return events.publish('tintype.social-graph.block.created.v1', pairOf(blockerId, blockedId), data);
};
const setMuted = (muterId: bigint, mutedId: bigint, isMuted: boolean) => {
  const type = isMuted ? 'tintype.social-graph.mute.created.v1' : 'tintype.social-graph.mute.deleted.v1';
  return events.publish(type, pairOf(muterId, mutedId), { muterId: String(muterId), mutedId: String(mutedId) });
};
const publish = (postId: bigint, authorId: bigint, publishedMs: number) => {
  const data = { postId: String(postId), authorId: String(authorId), publishedMs };
  const text = { caption: '', hashtags: [], mentionedIds: [] };
  return events.publish('tintype.post.post.published.v1', String(postId), { ...data, ...text });
};
const remove = (postId: bigint, authorId: bigint, publishedMs: number) => {
  const data = { postId: String(postId), authorId: String(authorId), publishedMs };
  return events.publish('tintype.post.post.deleted.v1', String(postId), data);
};
const idsOf = async (viewerId: bigint): Promise<string[]> => {
  const { homeFeed } = await platform.ask<Answer>('feed', viewerId, HOME);
  return homeFeed.edges.map(({ node }) => node.id);
};

test('events of other subgraphs reach the home feed through the event log', async () => {
  const [reader, author, blocked] = [1n, 2n, 3n];
  await follow(reader, author);
  await follow(reader, blocked);
  const created = { postId: '9', authorId: String(author) };
  await events.publish('tintype.post.post.created.v1', created.postId, created);
  await publish(10n, author, 1000);
  await publish(11n, blocked, 1001);
  await eventually(async () => expect(await idsOf(reader)).toEqual(['Post_11', 'Post_10']));
  await publish(12n, author, 1002);
  await remove(10n, author, 1000);
  await block(reader, blocked);
  await unfollow(reader, blocked);
  await eventually(async () => expect(await idsOf(reader)).toEqual(['Post_12']));
  await setMuted(reader, author, true);
  await eventually(async () => expect(await idsOf(reader)).toEqual([]));
  await setMuted(reader, author, false);
  await eventually(async () => expect(await idsOf(reader)).toEqual(['Post_12']));
  expect(await idsOf(author)).toEqual(['Post_12']);
});

test('shares enter the feeds of the followers of the sharer, newest first, and leave again', async () => {
  const [reader, sharer, author] = [11n, 12n, 13n];
  const share = (verb: 'created' | 'deleted') => {
    const about = { postId: '20', authorId: String(author), userId: String(sharer) };
    const data = { shareId: '30', ...about, createdMs: 3000 };
    return events.publish(`tintype.engagement.share.${verb}.v1`, data.shareId, data);
  };
  const items = async (viewerId: bigint) => {
    const query = '{ homeFeed { edges { node { id } share { id } } } }';
    type Shares = { homeFeed: { edges: { node: { id: string }; share: { id: string } | null }[] } };
    const { homeFeed } = await platform.ask<Shares>('feed', viewerId, query);
    return homeFeed.edges.map(({ node, share: by }) => [node.id, by?.id ?? null]);
  };
  await follow(reader, sharer);
  await publish(20n, author, 500);
  await publish(21n, sharer, 2000);
  await share('created');
  const all = [
    ['Post_20', 'Share_30'],
    ['Post_21', null],
  ];
  await eventually(async () => expect(await items(reader)).toEqual(all));
  expect(await items(sharer)).toEqual(all);
  await environment.redis.client.del(environment.redis.key('feed:home:v1:{11}'));
  expect(await items(reader)).toEqual(all);
  await unfollow(reader, sharer);
  await eventually(async () => expect(await items(reader)).toEqual([]));
  await follow(reader, sharer);
  await eventually(async () => expect(await items(reader)).toEqual(all));
  await share('deleted');
  await eventually(async () => expect(await items(reader)).toEqual([['Post_21', null]]));
});

test('a page costs one call of Redis and no statement', async () => {
  await idsOf(1n);
  const calls = async () => {
    const info = await environment.redis.client.info('commandstats');
    return Number(/cmdstat_fcall:calls=(\d+)/.exec(info)?.[1]);
  };
  // Consumers may still be handling the events of other tests, with statements of their own.
  await eventually(async () => {
    const [statements, before] = [environment.statements.length, await calls()];
    await idsOf(1n);
    // Other files may use the same Redis at the same time, so there can be more calls.
    expect((await calls()) - before).toBeGreaterThanOrEqual(1);
    expect(environment.statements.slice(statements).filter((text) => text.includes('feed.a'))).toEqual([]);
  });
});

test('requires a viewer', async () => {
  await expect(platform.ask('feed', null, HOME)).rejects.toThrow('Log in');
});

test('while Redis is away, feeds are read from Postgres', async () => {
  const { redis } = environment;
  const broken = new Proxy(redis.client, {
    get: (target, property) =>
      property === 'sendCommand' ? () => Promise.reject(new Error('away')) : Reflect.get(target, property),
  });
  const wired = await wirePlayed({
    ...environment,
    redis: { ...redis, client: broken },
    client: platform.clientOf('feed'),
  });
  const identity = {
    ...subjectOf({ userId: 1n, sessionId: '1' }),
    requestId: randomUUID(),
    operation: 'query' as const,
    caller: { service: 'gateway', isInternal: false },
  };
  const answer = await wired.subgraph.execute({ query: HOME, identity });
  expect(JSON.parse(JSON.stringify(answer.data))).toMatchObject({ homeFeed: { edges: [{ node: { id: 'Post_12' } }] } });
  const crowd = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      wired.subgraph.execute({
        query: HOME,
        identity: { ...identity, ...subjectOf({ userId: 100n + BigInt(index), sessionId: '1' }) },
      }),
    ),
  );
  const codes = crowd.flatMap((one) => one.errors?.map((error) => error.extensions.code) ?? []);
  // At most 12 read and 192 wait; on a busy machine some of these wait for too long.
  expect(codes.length).toBeGreaterThanOrEqual(300 - 204);
  expect(codes.length).toBeLessThan(300);
  expect(new Set(codes)).toEqual(new Set(['OVERLOADED']));
});
