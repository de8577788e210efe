import { requireGlobalId, SubgraphError } from '@tintype/graphql';
import {
  createEnvironment,
  createFreezable,
  createWorld,
  type Environment,
  eventually,
  type Freezable,
  fakeSubgraphs,
  sharedAddresses,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { wireFeed } from '../src/index.ts';

type Page = { isStale: boolean; edges: { node: { id: string } | null; share: { id: string } | null }[] };

let postgres: Freezable;
let redis: Freezable;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
/** The subgraph that does not respond. */
let away: string | undefined;
let [reader, friend, stranger]: bigint[] = [];
let followed: bigint;
let shared: bigint;

/** The response of a subgraph, unless it is unavailable. */
function unlessAway<Args extends unknown[], Answer>(subgraph: string, answer: (...args: Args) => Answer) {
  return (...args: Args): Answer => {
    if (away === subgraph) throw new SubgraphError(subgraph, 'UNAVAILABLE', 'does not answer');
    return answer(...args);
  };
}

async function read(): Promise<Page> {
  const query = '{ homeFeed { isStale edges { node { id } share { id } } } }';
  return (await graph.ask<{ homeFeed: Page }>('feed', reader!, query)).homeFeed;
}
const idsOf = ({ edges }: Page) => edges.map(({ node }) => node && requireGlobalId('Post', node.id));

beforeAll(async () => {
  const addresses = sharedAddresses();
  postgres = await createFreezable(addresses.DATABASE_URL!);
  redis = await createFreezable(addresses.REDIS_URL!);
  environment = await createEnvironment({
    addresses: { ...addresses, DATABASE_URL: postgres.url, REDIS_URL: redis.url },
  });
  world = createWorld(environment);
  const { visiblePosts } = world.answers.post;
  const fakes = fakeSubgraphs(world.answers, {
    post: { visiblePosts: unlessAway('post', visiblePosts) },
    engagement: {
      visibleShares: unlessAway('engagement', ({ ids }: { ids: string[] }) => {
        return { visibleShares: ids.map((id) => ({ id, sharerMuted: false })) };
      }),
    },
    search: { trendingPostIds: () => ({ trendingPostIds: [...world.posts.keys()].map(String) }) },
  });
  graph = await startSubgraphs(environment, { ...fakes, feed: wireFeed }, { workers: true });
  [reader, friend, stranger] = await world.register(3);
  await world.follow(reader!, friend!);
  followed = await world.publish(friend!);
  shared = await world.publish(stranger!);
  const shareId = String(environment.ids.next());
  await world.events.publish('tintype.engagement.share.created.v1', shareId, {
    shareId,
    postId: String(shared),
    authorId: String(stranger),
    userId: String(friend),
    createdMs: Date.now(),
  });
  await eventually(async () => expect(idsOf(await read())).toEqual([shared, followed]));
});
afterEach(() => {
  away = undefined;
  postgres.thaw();
  redis.thaw();
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
  await postgres?.close();
  await redis?.close();
});

test("without the feed's own Postgres, a home feed comes from Redis and says so", async () => {
  postgres.freeze();
  await eventually(async () => expect(await read()).toMatchObject({ isStale: true }));
  expect(idsOf(await read())).toEqual([shared, followed]);
  postgres.thaw();
  await eventually(async () => expect(await read()).toMatchObject({ isStale: false }));
});

test('if nobody can say who may see posts, a home feed is unavailable instead of empty', async () => {
  away = 'post';
  await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('if nobody can say who may see shares, a home feed leaves them out and says so', async () => {
  away = 'engagement';
  expect(await read()).toMatchObject({ isStale: true });
  expect(idsOf(await read())).toEqual([followed]);
  away = undefined;
  expect(await read()).toMatchObject({
    isStale: false,
    edges: [{ share: { id: expect.any(String) } }, { share: null }],
  });
});

test('without Redis, the rest of a list of explore is unavailable instead of empty', async () => {
  const explore = (after: string | null) =>
    graph.ask<{ explore: { pageInfo: { hasNextPage: boolean; endCursor: string } } }>(
      'feed',
      null,
      'query ($after: String) { explore(first: 1, after: $after) { pageInfo { hasNextPage endCursor } } }',
      { after },
    );
  const { pageInfo } = (await explore(null)).explore;
  expect(pageInfo.hasNextPage).toBe(true);
  redis.freeze();
  await expect(explore(pageInfo.endCursor)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  redis.thaw();
  await eventually(() => explore(pageInfo.endCursor));
});
