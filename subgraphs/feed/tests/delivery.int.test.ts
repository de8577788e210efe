import { randomUUID } from 'node:crypto';
import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eventually,
  type FakeAnswers,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { subjectOf } from '@tintype/viewer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wireFeed } from '../src/index.ts';

let environment: Environment;
let graph: TestSubgraphs;
let world: World;

/** Everybody may see everything, so that only events change a feed. */
const EVERYTHING_VISIBLE: FakeAnswers = {
  post: {
    visiblePosts: ({ ids }) => ({
      visiblePosts: ids.map((id) => ({
        id,
        authorId: '1',
        authorMuted: false,
        isPublished: true,
        audience: 'EVERYONE',
      })),
    }),
  },
  engagement: { visibleShares: ({ ids }) => ({ visibleShares: ids.map((id) => ({ id, sharerMuted: false })) }) },
};

beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers, EVERYTHING_VISIBLE), feed: wireFeed };
  graph = await startSubgraphs(environment, wires, { workers: true });
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
});

const HOME = `query ($first: Int, $after: String) {
  homeFeed(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
}`;
type Answer = {
  homeFeed: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
};

const registerTwo = async () => (await world.register(2)) as [bigint, bigint];
const postsOf = async (viewerId: bigint): Promise<string[]> => {
  const { homeFeed } = await graph.ask<Answer>('feed', viewerId, HOME);
  return homeFeed.edges.map(({ node }) => node.id);
};
/** A reader who follows the author of one post, after the post has arrived. */
async function openReader(): Promise<{ reader: bigint; post: string }> {
  const [reader, author] = await registerTwo();
  await world.follow(reader, author);
  const post = globalId('Post', await world.publish(author));
  await eventually(async () => expect(await postsOf(reader)).toEqual([post]));
  return { reader, post };
}

test('events of other subgraphs reach the home feed through the event log', async () => {
  const [reader, author, blocked] = (await world.register(3)) as [bigint, bigint, bigint];
  await world.follow(reader, author);
  await world.follow(reader, blocked);
  const created = { postId: '9', authorId: String(author) };
  await world.events.publish('tintype.post.post.created.v1', created.postId, created);
  const deleted = await world.publish(author);
  const hidden = await world.publish(blocked);
  const both = [hidden, deleted].map((id) => globalId('Post', id));
  await eventually(async () => expect(await postsOf(reader)).toEqual(both));
  const kept = [globalId('Post', await world.publish(author))];
  await world.deletePost(deleted);
  await world.block(reader, blocked);
  await eventually(async () => expect(await postsOf(reader)).toEqual(kept));
  await world.mute(reader, author);
  await eventually(async () => expect(await postsOf(reader)).toEqual([]));
  await world.unmute(reader, author);
  await eventually(async () => expect(await postsOf(reader)).toEqual(kept));
  expect(await postsOf(author)).toEqual(kept);
});

test('shares enter the feeds of the followers of the sharer, newest first, and leave again', async () => {
  const [reader, sharer, author] = (await world.register(3)) as [bigint, bigint, bigint];
  const items = async (viewerId: bigint) => {
    const query = '{ homeFeed { edges { node { id } share { id } } } }';
    type Shares = { homeFeed: { edges: { node: { id: string }; share: { id: string } | null }[] } };
    const { homeFeed } = await graph.ask<Shares>('feed', viewerId, query);
    return homeFeed.edges.map(({ node, share: by }) => [node.id, by?.id ?? null]);
  };
  await world.follow(reader, sharer);
  const shared = await world.publish(author);
  const own = await world.publish(sharer);
  const shareId = environment.ids.next();
  const about = { postId: String(shared), authorId: String(author), userId: String(sharer) };
  const createdMs = world.posts.get(own)!.publishedMs + 1;
  const share = (verb: 'created' | 'deleted') =>
    world.events.publish(`tintype.engagement.share.${verb}.v1`, String(shareId), {
      shareId: String(shareId),
      ...about,
      createdMs,
    });
  await share('created');
  const ofOwn = [globalId('Post', own), null];
  const all = [[globalId('Post', shared), globalId('Share', shareId)], ofOwn];
  await eventually(async () => expect(await items(reader)).toEqual(all));
  expect(await items(sharer)).toEqual(all);
  await environment.redis.client.del(environment.redis.key(`feed:home:v1:{${reader}}`));
  expect(await items(reader)).toEqual(all);
  await world.unfollow(reader, sharer);
  await eventually(async () => expect(await items(reader)).toEqual([]));
  await world.follow(reader, sharer);
  await eventually(async () => expect(await items(reader)).toEqual(all));
  await share('deleted');
  await eventually(async () => expect(await items(reader)).toEqual([ofOwn]));
});

test('a page costs one call of Redis and no statement', async () => {
  const { reader } = await openReader();
  const calls = async () => {
    const info = await environment.redis.client.info('commandstats');
    return Number(/cmdstat_fcall:calls=(\d+)/.exec(info)?.[1]);
  };
  // Consumers may still be handling the events of other tests, with statements of their own.
  await eventually(async () => {
    const [statements, before] = [environment.statements.length, await calls()];
    await postsOf(reader);
    // Other files may use the same Redis at the same time, so there can be more calls.
    expect((await calls()) - before).toBeGreaterThanOrEqual(1);
    expect(environment.statements.slice(statements).filter((text) => text.includes('feed.a'))).toEqual([]);
  });
});

test('requires a viewer', async () => {
  await expect(graph.ask('feed', null, HOME)).rejects.toThrow('Log in');
});

test('while Redis is away, feeds are read from Postgres', async () => {
  const { reader, post } = await openReader();
  const { redis } = environment;
  const broken = new Proxy(redis.client, {
    get: (target, property) =>
      property === 'sendCommand' ? () => Promise.reject(new Error('away')) : Reflect.get(target, property),
  });
  const wired = await wireFeed({
    ...environment,
    redis: { ...redis, client: broken },
    client: graph.clientOf('feed'),
  });
  const identity = {
    ...subjectOf({ userId: reader, sessionId: '1' }),
    requestId: randomUUID(),
    operation: 'query' as const,
    caller: { service: 'gateway', isInternal: false },
  };
  const answer = await wired.subgraph.execute({ query: HOME, identity });
  expect(JSON.parse(JSON.stringify(answer.data))).toMatchObject({ homeFeed: { edges: [{ node: { id: post } }] } });
  const crowd = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      wired.subgraph.execute({
        query: HOME,
        identity: { ...identity, ...subjectOf({ userId: 100n + BigInt(index), sessionId: '1' }) },
      }),
    ),
  );
  const codes = crowd.flatMap((one) => one.errors?.map((error) => error.extensions.code) ?? []);
  // At most 12 read and 192 wait. On a busy machine, some of these time out.
  expect(codes.length).toBeGreaterThanOrEqual(300 - 204);
  expect(codes.length).toBeLessThan(300);
  expect(new Set(codes)).toEqual(new Set(['OVERLOADED']));
});
