import type { ErasureStep } from '@tintype/events';
import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eraseInterrupted,
  eventually,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createErasureSteps } from '../src/erasure/erasure.service.ts';
import { seenKey } from '../src/explore/explore.keys.ts';
import { createExploreStore } from '../src/explore/explore.store.ts';
import { wireFeed } from '../src/index.ts';
import { homeKey } from '../src/timeline/timeline.keys.ts';
import { createTimelineStore } from '../src/timeline/timeline.store.ts';

let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let steps: readonly ErasureStep[];
let gone: bigint;
let other: bigint;
let follower: bigint;

beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), feed: wireFeed };
  graph = await startSubgraphs(environment, wires, { workers: true });
  const { database, redis } = environment;
  const timelines = createTimelineStore(redis);
  steps = createErasureSteps({ pool: database.pool, timelines, explore: createExploreStore(redis) });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function left(userId: bigint) {
  const { database, redis } = environment;
  const { rows } = await database.pool.query(
    'SELECT count(*)::int AS count FROM feed.hashtag_follow WHERE reader_id = $1',
    [userId],
  );
  const exists = (key: string) => redis.client.exists(redis.key(key));
  return { follows: rows[0].count, home: await exists(homeKey(userId)), seen: await exists(seenKey(userId)) };
}
const NOTHING = { follows: 0, home: 0, seen: 0 };

const followHashtag = (who: bigint, name: string) =>
  graph.ask('feed', who, `mutation { followHashtag(input: { name: "${name}" }) { errors { code } } }`);
async function homeOf(who: bigint): Promise<string[]> {
  const query = '{ homeFeed(first: 50) { edges { node { id } } } }';
  const { homeFeed } = await graph.ask<{ homeFeed: { edges: { node: { id: string } }[] } }>('feed', who, query);
  return homeFeed.edges.map(({ node }) => node.id);
}

const publish = async (authorId: bigint) => globalId('Post', await world.publish(authorId, 'hello'));

beforeEach(async () => {
  [gone, other, follower] = (await world.register(3)) as [bigint, bigint, bigint];
  for (const [who, followee] of [
    [follower, gone],
    [follower, other],
    [gone, other],
    [other, gone],
  ] as const)
    await world.follow(who, followee);
  for (const who of [gone, other]) {
    for (const name of ['sea', 'sun', 'sand', 'salt', 'sky']) await followHashtag(who, name);
    await createExploreStore(environment.redis).markSeen(who, [1n, 2n], Date.now());
    await homeOf(who);
  }
});

describe('a deleted account', () => {
  test('has no feed left, however often the erasure is interrupted', async () => {
    const before = await left(other);
    expect(await left(gone)).toEqual(before);
    expect(before).toEqual({ follows: 5, home: 1, seen: 1 });
    expect(await eraseInterrupted(steps, gone, 2)).toBeGreaterThan(3);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await left(other)).toEqual(before);
    await followHashtag(gone, 'late');
    expect(await left(gone)).toEqual(NOTHING);
  });

  test("is in nobody's feed any more, by the event alone; a replay of which changes nothing", async () => {
    const mine = [await publish(gone), await publish(gone), await publish(gone)];
    const kept = await publish(other);
    await eventually(async () => expect((await homeOf(follower)).toSorted()).toEqual([...mine, kept].toSorted()));
    for (let time = 0; time < 2; time++) {
      await world.deleteAccount(gone);
      await eventually(async () => {
        expect(await left(gone)).toEqual(NOTHING);
        expect(await homeOf(follower)).toEqual([kept]);
        expect(await homeOf(other)).toEqual([kept]);
        const { rows } = await environment.database.pool.query(
          `SELECT (SELECT count(*)::int FROM feed.author_post WHERE author_id = $1 AND NOT deleted) AS posts,
               (SELECT count(*)::int FROM feed.audience WHERE $1 IN (author_id, follower_id) AND follows) AS audience`,
          [gone],
        );
        expect(rows).toEqual([{ posts: 0, audience: 0 }]);
        const { bus } = environment;
        const info = await bus.jsm.consumers.info(bus.streamName('user'), 'feed__erasure');
        expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
      });
    }
    expect((await left(other)).follows).toBe(5);
  }, 60_000);
});
