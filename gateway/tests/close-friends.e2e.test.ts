import { parseGlobalId } from '@tintype/ids';
import type { TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { eventually, removeKeys } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

// Four people have posts for everyone and for close friends. After any history of lists, follows, blocks and privacy,
// every place of the graph shows them and a visitor exactly the posts that a statement over the tables allows.

const PEOPLE = 4;
const LONG = { timeoutMs: 90_000, everyMs: 250 };
/** Posts of each person, in order. */
const AUDIENCES = ['EVERYONE', 'CLOSE_FRIENDS', 'CLOSE_FRIENDS'] as const;

const VERBS = [
  'addCloseFriend',
  'addCloseFriend',
  'addCloseFriend',
  'removeCloseFriend',
  'followUser',
  'unfollowUser',
  'acceptFollowRequest',
  'removeFollower',
  'blockUser',
  'unblockUser',
] as const;
const person = fc.nat(PEOPLE - 1);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ verb: fc.constantFrom(...VERBS), who: person, whom: person }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constantFrom('private' as const, 'public' as const), who: person }) },
);
type Step = { verb: (typeof VERBS)[number]; who: number; whom: number } | { verb: 'private' | 'public'; who: number };

type Edges<Node> = { edges: { node: Node }[] };
type Id = { id: string };
type Everywhere = {
  nodes: (Id | null)[];
  hashtag: { recentPosts: Edges<Id>; topPosts: Edges<Id>; postCount: number } | null;
  search: Edges<Partial<Id>>;
  explore: Edges<Id>;
  trendingPosts: Edges<Id>;
};
type Own = {
  homeFeed: Edges<Id>;
  savedPosts: Edges<Id | null>;
  activity: Edges<{ post: Id | null }>;
  notifications: Edges<{ post?: Id | null }>;
};
type Profile = {
  user: { id: string; postCount: number; posts: Edges<Id>; pinnedPosts: Id[]; shares: Edges<Id> } | null;
};

const bare = <Answer>(text: string) => ({ toString: () => text }) as TypedDocument<Answer, object>;

describe.each(SHAPES)('%s', (shape) => {
  let platform: TestPlatform;
  let people: Person[];
  let tag: string;
  /** IDs of the posts of each person, in the order of `AUDIENCES`. */
  let posts: string[][];

  beforeAll(async () => {
    platform = await startTestPlatform(shape);
    people = [];
    for (let number = 0; number < PEOPLE; number++)
      people.push(await eventually(() => register(platform.client, `p${number}`), LONG));
    tag = `reed${Date.now().toString(36)}`;
    await forPairs((one, other) => follow(one, other));
    await forPairs((one, { id: userId }) => one.client.request(operations.AddCloseFriendDocument, { userId }));
    posts = [];
    for (const [index, author] of people.entries()) {
      const next = people[(index + 1) % PEOPLE]!;
      const own: string[] = [];
      for (const audience of AUDIENCES)
        own.push(await publish(author, `By the #${tag} with @${next.username}`, 1, audience));
      await author.client.request(operations.PinPostDocument, { postId: own[1]! });
      posts.push(own);
    }
    // Everybody sees everything, and leaves traces at all of it.
    for (const { client } of people) {
      for (const postId of posts.flat()) {
        await client.request(operations.LikePostDocument, { postId });
        await client.request(operations.SavePostDocument, { postId, collectionId: null });
        const input = { postId, text: 'Seen' };
        await client.request(operations.CreateCommentDocument, { input });
      }
    }
    await eventually(async () => {
      for (const viewer of people) {
        const { homeFeed, notifications } = await own(viewer);
        expect(idsOf(homeFeed).toSorted()).toEqual(posts.flat().toSorted());
        expect(notifications.edges.some(({ node }) => node.post)).toBe(true);
      }
    }, LONG);
  }, 300_000);
  afterAll(() => platform?.close());

  async function forPairs(work: (one: Person, other: Person) => Promise<unknown>): Promise<void> {
    for (const one of people) for (const other of people) if (one !== other) await work(one, other);
  }

  async function apply(step: Step): Promise<void> {
    const { client } = people[step.who]!;
    if (!('whom' in step)) {
      await client.request(operations.UpdateProfileDocument, { input: { isPrivate: step.verb === 'private' } });
      if (step.verb === 'public') await eventually(() => expectShown(posts[step.who]![0]!), LONG);
      return;
    }
    const { id } = people[step.whom]!;
    await client.request(bare(`mutation { ${step.verb}(input: { userId: "${id}" }) { errors { code } } }`), {});
  }

  /** What is hidden is hidden at once, but an account that becomes public is shown only after an event. */
  async function expectShown(postId: string): Promise<void> {
    const { nodes } = await platform.client.request(
      bare<Pick<Everywhere, 'nodes'>>(`{ nodes(ids: ["${postId}"]) { id } }`),
      {},
    );
    expect(nodes).toEqual([{ id: postId }]);
  }

  /** The posts that a viewer may see, from the tables alone; 0 is a visitor. */
  async function visibleTo(viewerId: bigint): Promise<Set<string>> {
    const { rows } = await platform.environment.database.pool.query<{ id: string }>(
      `SELECT 'Post_' || p.id AS id FROM post.post p JOIN "user".account a ON a.id = p.author_id
       WHERE p.state = 'PUBLISHED' AND p.deleted_at IS NULL AND (p.author_id = $1 OR (
         NOT EXISTS (SELECT FROM social_graph.block
           WHERE (blocker_id, blocked_id) IN ((p.author_id, $1), ($1, p.author_id)))
         AND (NOT a.is_private OR EXISTS (SELECT FROM social_graph.follow
           WHERE follower_id = $1 AND followee_id = p.author_id))
         AND (p.audience = 'EVERYONE' OR EXISTS (SELECT FROM social_graph.close_friend
           WHERE owner_id = p.author_id AND friend_id = $1))))`,
      [viewerId],
    );
    return new Set(rows.map(({ id }) => id));
  }

  const everywhere = (viewer: Person | null) =>
    (viewer?.client ?? platform.client).request(
      bare<Everywhere>(`{
        nodes(ids: ${JSON.stringify(posts.flat())}) { id }
        hashtag(name: "${tag}") {
          postCount recentPosts(first: 20) { edges { node { id } } } topPosts(first: 20) { edges { node { id } } }
        }
        search(query: "${tag}", types: [POSTS], first: 20) { edges { node { ... on Post { id } } } }
        explore(first: 20) { edges { node { id } } }
        trendingPosts(window: HOUR, first: 20) { edges { node { id } } }
      }`),
      {},
    );
  const own = ({ client }: Person) =>
    client.request(
      bare<Own>(`{
        homeFeed(first: 20) { edges { node { id } } }
        savedPosts(first: 20) { edges { node { id } } }
        activity(first: 100) { edges { node { post { id } } } }
        notifications(first: 20) { edges { node {
          ... on PostLikeNotification { post { id } } ... on MentionNotification { post { id } }
          ... on CommentNotification { post { id } }
        } } }
      }`),
      {},
    );
  const profile = (viewer: Person | null, id: string) =>
    (viewer?.client ?? platform.client).request(
      bare<Profile>(`{ user(id: "${id}") {
        id postCount pinnedPosts { id } posts(first: 20) { edges { node { id } } } shares(first: 20) { edges { node { id } } }
      } }`),
      {},
    );

  const postsForEveryone = () => new Set(posts.map(([forEveryone]) => forEveryone!));

  /** Compares every place with the statement, for one viewer. */
  async function compare(viewer: Person | null): Promise<void> {
    const viewerId = viewer ? parseGlobalId('User', viewer.id)! : 0n;
    const visible = await visibleTo(viewerId);
    const forAll = postsForEveryone();
    const found = await everywhere(viewer);
    expect(new Set(found.nodes.flatMap((node) => node?.id ?? []))).toEqual(visible);
    const listed = new Set([...visible].filter((id) => forAll.has(id)));
    expect(new Set(idsOf(found.hashtag?.recentPosts))).toEqual(listed);
    expect(new Set(idsOf(found.hashtag?.topPosts))).toEqual(listed);
    expect(found.hashtag?.postCount ?? 0).toBe(listed.size);
    for (const list of [found.search, found.explore, found.trendingPosts]) expectAmong(idsOf(list), listed);
    for (const [index, author] of people.entries()) {
      const { user } = await profile(viewer, author.id);
      const theirs = posts[index]!.filter((id) => visible.has(id));
      expect(idsOf(user?.posts)).toEqual(theirs.toReversed());
      expect(user?.pinnedPosts.map(({ id }) => id) ?? []).toEqual(theirs.filter((id) => id === posts[index]![1]));
      const friends = theirs.filter((id) => !forAll.has(id)).length;
      if (user) expect(user.postCount).toBe(1 + friends);
    }
    if (!viewer) {
      for (const id of posts.flat()) {
        const { status } = await fetch(`${platform.url}/p/${parseGlobalId('Post', id)}`);
        expect(status).toBe(visible.has(id) ? 200 : 404);
      }
      return;
    }
    const { homeFeed, savedPosts, activity, notifications } = await own(viewer);
    expectAmong(idsOf(homeFeed), visible);
    expectAmong(idsOf(savedPosts), visible);
    const json = JSON.stringify([activity, notifications]);
    expectAmong(
      posts.flat().filter((id) => json.includes(`"${id}"`)),
      visible,
    );
    await expectWrites(viewer, visible);
  }

  /** What a viewer may not see does not exist for their writes either. */
  async function expectWrites({ client }: Person, visible: ReadonlySet<string>): Promise<void> {
    for (const postId of posts.map((ofAuthor) => ofAuthor[2]!)) {
      const { likePost } = await client.request(operations.LikePostDocument, { postId });
      const { sharePost } = await client.request(operations.SharePostDocument, { input: { postId } });
      const codes = [likePost!.errors, sharePost!.errors].map((errors) => errors.map(({ code }) => code));
      const expected = visible.has(postId) ? [[], ['POST_NOT_SHAREABLE']] : [['POST_NOT_FOUND'], ['POST_NOT_FOUND']];
      expect(codes).toEqual(expected);
    }
  }

  test('everybody sees all posts while everybody is a close friend of everybody', async () => {
    for (const viewer of people) {
      expect(await visibleTo(parseGlobalId('User', viewer.id)!)).toEqual(new Set(posts.flat()));
      await compare(viewer);
    }
    await compare(null);
  }, 60_000);

  test('every place shows everybody exactly the posts that they may see', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        for (const one of steps) await apply(one);
        for (const viewer of [null, ...people]) await compare(viewer);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 300_000);

  test('nobody sees the posts of others for close friends once all lists are empty, and Redis is, too', async () => {
    await forPairs((one, { id: userId }) => one.client.request(operations.RemoveCloseFriendDocument, { userId }));
    for (const viewer of [null, ...people]) await compare(viewer);
    await removeKeys(platform.environment.redis);
    for (const viewer of [null, ...people]) await compare(viewer);
  }, 120_000);
});

function idsOf(list: Edges<Partial<Id> | null> | undefined): string[] {
  return list?.edges.flatMap(({ node }) => node?.id ?? []) ?? [];
}

function expectAmong(ids: readonly string[], allowed: ReadonlySet<string>): void {
  expect(ids.filter((id) => !allowed.has(id))).toEqual([]);
}
