import { requireGlobalId } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { can, missingRelation, type Relation } from '@tintype/policy';
import {
  createEnvironment,
  createNeighbourEvents,
  type FakeAnswers,
  fakeSubgraphs,
  removeKeys,
  startSubgraphs,
} from '@tintype/testing';
import { wireSearch } from '../src/index.ts';

type Account = { id: bigint; username: string; displayName: string; isPrivate: boolean };
type Post = { id: bigint; authorId: bigint; caption: string; hashtags: string[]; publishedMs: number };
type Counts = { likeCount: number; commentCount: number; shareCount: number };

/** What the other subgraphs have. Tests change it and publish events about it, or forget to. */
export type World = {
  accounts: Map<bigint, Account>;
  posts: Map<bigint, Post>;
  followers: Map<bigint, Set<bigint>>;
  counts: Map<bigint, Counts>;
  /** `<who>:<whom>` */
  blocks: Set<string>;
};

/** The search subgraph over real stores and a real event log, beside fakes of the other subgraphs. */
export async function openSearch(options: { workers?: boolean; env?: Record<string, string> } = {}) {
  const environment = await createEnvironment({ env: options.env });
  const { ids } = environment;
  const { pool } = environment.ownedBy('search', { share: 'half' }).database;
  const world: World = {
    accounts: new Map(),
    posts: new Map(),
    followers: new Map(),
    counts: new Map(),
    blocks: new Set(),
  };
  const events = createNeighbourEvents(environment);
  const wires = { ...fakeSubgraphs(answersOf(world)), search: wireSearch };
  const search = await startSubgraphs(environment, wires, { workers: options.workers ?? true });

  let version = 0;
  const nextVersion = () => ({ visibilityVersion: String(++version) });
  const profileOf = ({ id, ...profile }: Account) => ({ userId: String(id), ...profile, ...nextVersion() });

  const account = async (username: string, given: Partial<Account> = {}, published = true): Promise<Account> => {
    const isNew = given.id === undefined;
    const before = isNew ? undefined : world.accounts.get(given.id!);
    const made = { displayName: '', isPrivate: false, ...before, id: ids.next(), ...given, username };
    world.accounts.set(made.id, made);
    const type = isNew ? 'tintype.user.account.registered.v1' : 'tintype.user.account.updated.v1';
    if (published) await events.publish(type, String(made.id), profileOf(made));
    return made;
  };
  /** Hides an account, or deletes it: its owner lists it no more. */
  const hide = async (
    { id }: Account,
    what: 'deactivated' | 'deleted' = 'deactivated',
    published = true,
  ): Promise<void> => {
    world.accounts.delete(id);
    if (published) {
      const data = { userId: String(id), ...nextVersion() };
      await events.publish(`tintype.user.account.${what}.v1`, String(id), data);
    }
  };
  const reactivate = async (hidden: Account, published = true): Promise<void> => {
    world.accounts.set(hidden.id, hidden);
    const type = 'tintype.user.account.reactivated.v1';
    if (published) await events.publish(type, String(hidden.id), profileOf(hidden));
  };
  const publish = async (author: { id: bigint }, caption: string, published = true): Promise<Post> => {
    const hashtags = [...caption.matchAll(/#(\w+)/g)].map((match) => match[1]!.toLowerCase());
    const post = { id: ids.next(), authorId: author.id, caption, hashtags, publishedMs: Date.now() };
    world.posts.set(post.id, post);
    const data = { postId: String(post.id), authorId: String(author.id), publishedMs: post.publishedMs };
    if (published) {
      const all = { ...data, caption, hashtags, mentionedIds: [] };
      await events.publish('tintype.post.post.published.v1', data.postId, all);
    }
    return post;
  };
  const remove = async (post: Post, published = true): Promise<void> => {
    world.posts.delete(post.id);
    const data = { postId: String(post.id), authorId: String(post.authorId), publishedMs: post.publishedMs };
    if (published) await events.publish('tintype.post.post.deleted.v1', data.postId, data);
  };
  const follow = async (follower: { id: bigint }, followee: { id: bigint }): Promise<void> => {
    world.followers.set(followee.id, (world.followers.get(followee.id) ?? new Set()).add(follower.id));
    const pair = { followerId: String(follower.id), followeeId: String(followee.id) };
    const data = { ...pair, followId: String(ids.next()), wasRequested: false };
    await events.publish('tintype.social-graph.follow.created.v1', `${follower.id}:${followee.id}`, data);
  };
  const block = async (blocker: { id: bigint }, blocked: { id: bigint }, blocks = true): Promise<void> => {
    const pair = `${blocker.id}:${blocked.id}`;
    if (blocks) world.blocks.add(pair);
    else world.blocks.delete(pair);
    const data = { blockerId: String(blocker.id), blockedId: String(blocked.id) };
    await events.publish(`tintype.social-graph.block.${blocks ? 'created' : 'deleted'}.v1`, pair, data);
  };
  const likeBy = (userId: bigint, { id, authorId }: Post) => ({
    likeId: String(ids.next()),
    liked: true,
    userId: String(userId),
    postId: String(id),
    commentId: null,
    authorId: String(authorId),
    targetAuthorId: String(authorId),
  });
  /** Publishes likes of a post by these people. */
  const publishLikes = (post: Post, userIds: readonly bigint[]): Promise<void> => {
    const changes = userIds.map((userId) => likeBy(userId, post));
    return events.publish('tintype.engagement.like.recorded.v1', 'likes', { changes });
  };
  const like = async (post: Post, likeCount: number): Promise<void> => {
    world.counts.set(post.id, { likeCount, commentCount: 0, shareCount: 0 });
    await publishLikes(post, [1n]);
  };

  const forget = () => removeKeys(environment.redis, 'search:hits:*');

  return {
    ...search,
    environment,
    /** Works as the role of search. */
    pool,
    world,
    client: search.clientOf('search'),
    account,
    hide,
    reactivate,
    publish,
    remove,
    follow,
    block,
    like,
    publishLikes,
    /** Forgets what was found for the same question within 30 s. */
    forget,
    /** What is found now, as `User:<username>`, `Hashtag:<key>` or `Post:<caption>`. */
    async find(text: string, viewer: { id: bigint } | null = null, types: string[] = []): Promise<string[]> {
      const query = `query ($text: String!, $types: [SearchType!]) { search(query: $text, types: $types, first: 50) {
        edges { node { __typename ... on User { id } ... on Post { id } ... on Hashtag { key } } } } }`;
      await forget();
      type Node = { __typename: string; id?: string; key?: string };
      type Answer = { search: { edges: { node: Node }[] } };
      const answer = await search.ask<Answer>('search', viewer?.id ?? null, query, { text, types });
      return answer.search.edges.map(({ node: { __typename, id, key } }) => {
        if (__typename === 'Hashtag') return `Hashtag:${key}`;
        const named =
          __typename === 'User'
            ? world.accounts.get(requireGlobalId('User', id!))?.username
            : world.posts.get(requireGlobalId('Post', id!))?.caption;
        return `${__typename}:${named ?? 'gone'}`;
      });
    },
    async close() {
      await search.close();
      await environment.close();
    },
  };
}

export type SearchFixture = Awaited<ReturnType<typeof openSearch>>;

/** Answers of the user, social-graph, post and engagement subgraphs about a world. */
function answersOf(world: World): FakeAnswers {
  const relationOf = (viewerId: bigint | undefined, userId: bigint): Relation => {
    const account = world.accounts.get(userId);
    return {
      ...missingRelation(userId),
      isSelf: viewerId === userId,
      exists: account !== undefined,
      isPrivate: account?.isPrivate ?? true,
      follows: viewerId !== undefined && (world.followers.get(userId)?.has(viewerId) ?? false),
      blocks: world.blocks.has(`${viewerId}:${userId}`),
      blockedBy: world.blocks.has(`${userId}:${viewerId}`),
    };
  };
  const isVisible = (viewerId: bigint | undefined, { authorId }: Post) =>
    viewerId === authorId || can('posts.view', relationOf(viewerId, authorId));
  const pageOf = <One extends { id: bigint }>(
    all: Map<bigint, One>,
    { after, first }: { after?: string | null | undefined; first: number },
  ): One[] =>
    [...all.values()]
      .filter(({ id }) => id > BigInt(after ?? 0))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, first);

  return {
    user: {
      accountsAfter: (page) => ({
        accountsAfter: pageOf(world.accounts, page).map((one) => ({ ...one, id: globalId('User', one.id) })),
      }),
    },
    'social-graph': {
      relations: ({ userIds }, { viewer }) => ({
        relations: userIds.map((userId) => {
          const { isSelf, ...relation } = relationOf(viewer?.userId, BigInt(userId));
          return { ...relation, userId };
        }),
      }),
      relationsOfNobody: ({ userIds }) => ({
        relations: userIds.map((userId) => {
          const { exists, isPrivate } = relationOf(undefined, BigInt(userId));
          return { userId, exists, isPrivate };
        }),
      }),
      followedLast: ({ first }, { viewer }) => {
        const followed = [...world.followers].filter(([, followers]) => viewer && followers.has(viewer.userId));
        return { followedLast: followed.slice(0, first).map(([id]) => String(id)) };
      },
      followerCounts: (variables) => ({
        _entities: variables.people.map(({ id }) => {
          const userId = parseGlobalId('User', id);
          if (userId === null || !world.accounts.has(userId)) return null;
          return { __typename: 'User', id, followerCount: world.followers.get(userId)?.size ?? 0 };
        }),
      }),
    },
    post: {
      visiblePosts: ({ ids }, { viewer }) => ({
        visiblePosts: ids.flatMap((id) => {
          const post = world.posts.get(BigInt(id));
          if (!post || !isVisible(viewer?.userId, post)) return [];
          return [{ id, authorId: String(post.authorId), authorMuted: false, isPublished: true }];
        }),
      }),
      visibleHashtags: ({ keys }, { viewer }) => ({
        visibleHashtags: keys.filter((key) =>
          [...world.posts.values()].some((post) => post.hashtags.includes(key) && isVisible(viewer?.userId, post)),
        ),
      }),
      publishedPosts: (page) => ({
        publishedPosts: pageOf(world.posts, page).map(({ id, authorId, caption, hashtags, publishedMs }) => ({
          id: globalId('Post', id),
          caption,
          hashtagKeys: hashtags,
          publishedAt: new Date(publishedMs).toISOString(),
          author: { id: globalId('User', authorId) },
        })),
      }),
    },
    engagement: {
      postCounts: ({ ids }) => ({
        postCounts: ids.flatMap((id) => {
          const counts = world.counts.get(BigInt(id));
          return counts ? [{ id, ...counts }] : [];
        }),
      }),
    },
  };
}
