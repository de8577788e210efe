import { createOutbox, createRelay, type NewEvent, type Owner } from '@tintype/events';
import { requireGlobalId, type SubgraphClient, withRequest } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { missingRelation, type Relation } from '@tintype/policy';
import { transaction } from '@tintype/postgres';
import { startWorkers } from '@tintype/service';
import { createEnvironment, removeKeys, startSubgraphs } from '@tintype/testing';
import { wireSearch } from '../src/index.ts';

type Account = { id: bigint; username: string; displayName: string; isPrivate: boolean };
type Post = { id: bigint; authorId: bigint; caption: string; hashtags: string[]; publishedMs: number };
type Counts = { likeCount: number; commentCount: number; shareCount: number };

/** What the other subgraphs have, and what they would answer. Tests change it and tell events of it, or forget to. */
export type World = {
  accounts: Map<bigint, Account>;
  posts: Map<bigint, Post>;
  followers: Map<bigint, Set<bigint>>;
  counts: Map<bigint, Counts>;
  /** `<who>:<whom>` */
  blocks: Set<string>;
};

const OWNERS: readonly Owner[] = ['user', 'post', 'social-graph', 'engagement'];

/** The search subgraph over real stores and real event logs, beside owners that are played by a test. */
export async function openSearch(options: { workers?: boolean; env?: Record<string, string> } = {}) {
  const environment = await createEnvironment({ env: options.env });
  const { database, bus, ids, log } = environment;
  const { pool } = environment.ownedBy('search', { share: 'half' }).database;
  const world: World = {
    accounts: new Map(),
    posts: new Map(),
    followers: new Map(),
    counts: new Map(),
    blocks: new Set(),
  };
  const relays = await startWorkers(OWNERS.map((owner) => createRelay({ owner, database, bus, log })));
  const search = await startSubgraphs(
    environment,
    { search: (resources) => wireSearch({ ...resources, client: playOwners(world) }) },
    { workers: options.workers ?? true },
  );

  const tell = (owner: Owner, type: string, subject: string, data: object) =>
    transaction(database.pool, (tx) => {
      const event: NewEvent = { type: `tintype.${owner}.${type}.v1`, subject, data };
      return createOutbox({ owner, ids }).append(tx, [event]);
    });

  const account = async (username: string, given: Partial<Account> = {}, told = true): Promise<Account> => {
    const isNew = given.id === undefined;
    const before = isNew ? undefined : world.accounts.get(given.id!);
    const made = { displayName: '', isPrivate: false, ...before, id: ids.next(), ...given, username };
    world.accounts.set(made.id, made);
    const { id: userId, ...profile } = made;
    if (told) await tell('user', `account.${isNew ? 'registered' : 'updated'}`, String(userId), { userId, ...profile });
    return made;
  };
  /** Hides an account, or ends it: its owner lists it no more. */
  const hide = async ({ id }: Account, what: 'deactivated' | 'deleted' = 'deactivated', told = true): Promise<void> => {
    world.accounts.delete(id);
    if (told) await tell('user', `account.${what}`, String(id), { userId: id });
  };
  const reactivate = async (hidden: Account, told = true): Promise<void> => {
    world.accounts.set(hidden.id, hidden);
    const { id: userId, ...profile } = hidden;
    if (told) await tell('user', 'account.reactivated', String(userId), { userId, ...profile });
  };
  const publish = async (author: { id: bigint }, caption: string, told = true): Promise<Post> => {
    const hashtags = [...caption.matchAll(/#(\w+)/g)].map((match) => match[1]!.toLowerCase());
    const post = { id: ids.next(), authorId: author.id, caption, hashtags, publishedMs: Date.now() };
    world.posts.set(post.id, post);
    const { id: postId, ...data } = post;
    if (told) await tell('post', 'post.published', String(postId), { postId, ...data });
    return post;
  };
  const remove = async (post: Post, told = true): Promise<void> => {
    world.posts.delete(post.id);
    const { id: postId, authorId, publishedMs } = post;
    if (told) await tell('post', 'post.deleted', String(postId), { postId, authorId, publishedMs });
  };
  const follow = async (follower: { id: bigint }, followee: { id: bigint }): Promise<void> => {
    world.followers.set(followee.id, (world.followers.get(followee.id) ?? new Set()).add(follower.id));
    const data = { followerId: follower.id, followeeId: followee.id, followId: ids.next(), wasRequested: false };
    await tell('social-graph', 'follow.created', `${follower.id}:${followee.id}`, data);
  };
  const block = async (blocker: { id: bigint }, blocked: { id: bigint }, blocks = true): Promise<void> => {
    const pair = `${blocker.id}:${blocked.id}`;
    if (blocks) world.blocks.add(pair);
    else world.blocks.delete(pair);
    const data = { blockerId: blocker.id, blockedId: blocked.id };
    await tell('social-graph', `block.${blocks ? 'created' : 'deleted'}`, pair, data);
  };
  const like = async (post: Post, likeCount: number): Promise<void> => {
    world.counts.set(post.id, { likeCount, commentCount: 0, shareCount: 0 });
    const { id: postId, authorId } = post;
    const word = {
      likeId: ids.next(),
      liked: true,
      userId: 1n,
      postId,
      commentId: null,
      authorId,
      targetAuthorId: authorId,
    };
    await tell('engagement', 'like.recorded', 'likes', { changes: [word] });
  };

  const forget = () => removeKeys(environment.redis, 'search:hits:*');

  return {
    ...search,
    environment,
    /** Works as the role of search. */
    pool,
    world,
    client: playOwners(world),
    tell,
    account,
    hide,
    reactivate,
    publish,
    remove,
    follow,
    block,
    like,
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
      await relays.close();
      await environment.close();
    },
  };
}

export type SearchFixture = Awaited<ReturnType<typeof openSearch>>;

/** Answers as the user, social-graph, post and engagement subgraphs do, from what the world is. */
function playOwners(world: World): SubgraphClient {
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
  const isVisible = (viewerId: bigint | undefined, { authorId }: Post) => {
    const { isSelf, exists, isPrivate, follows, blocks, blockedBy } = relationOf(viewerId, authorId);
    return isSelf || (exists && !blocks && !blockedBy && (!isPrivate || follows));
  };
  type Variables = {
    userIds: string[];
    ids: string[];
    keys: string[];
    people: { id: string }[];
    after: string | null;
    first: number;
  };
  const pageOf = <One extends { id: bigint }>(all: Map<bigint, One>, { after, first }: Variables): One[] =>
    [...all.values()]
      .filter(({ id }) => id > BigInt(after ?? 0))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, first);

  const answers: Record<string, (variables: Variables, viewerId: bigint | undefined) => unknown> = {
    relations: ({ userIds }, viewerId) => userIds.map((id) => ({ ...relationOf(viewerId, BigInt(id)), userId: id })),
    followedLast: (_, viewerId) =>
      [...world.followers].filter(([, followers]) => followers.has(viewerId!)).map(([id]) => String(id)),
    visiblePosts: ({ ids }, viewerId) =>
      ids.flatMap((id) => {
        const post = world.posts.get(BigInt(id));
        return post && isVisible(viewerId, post) ? [{ id, authorId: String(post.authorId) }] : [];
      }),
    visibleHashtags: ({ keys }, viewerId) =>
      keys.filter((key) =>
        [...world.posts.values()].some((post) => post.hashtags.includes(key) && isVisible(viewerId, post)),
      ),
    postCounts: ({ ids }) =>
      ids.flatMap((id) => (world.counts.has(BigInt(id)) ? [{ id, ...world.counts.get(BigInt(id)) }] : [])),
    _entities: ({ people }) =>
      people.map(({ id }) => {
        const userId = requireGlobalId('User', id);
        return world.accounts.has(userId) ? { id, followerCount: world.followers.get(userId)?.size ?? 0 } : null;
      }),
    accountsAfter: (variables) =>
      pageOf(world.accounts, variables).map((one) => ({ ...one, id: globalId('User', one.id) })),
    publishedPosts: (variables) =>
      pageOf(world.posts, variables).map(({ id, authorId, caption, hashtags, publishedMs }) => ({
        id: globalId('Post', id),
        caption,
        hashtagKeys: hashtags,
        publishedAt: new Date(publishedMs).toISOString(),
        author: { id: globalId('User', authorId) },
      })),
  };
  return withRequest(async (_subgraph, { query, variables, identity }) => {
    const field = Object.keys(answers).find((name) => new RegExp(`\\b${name}\\(`).test(query))!;
    return { data: { [field]: answers[field]!(variables as Variables, identity.viewer?.userId) } };
  });
}
