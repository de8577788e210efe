import { requireGlobalId } from '@tintype/graphql';
import {
  createEnvironment,
  createWorld,
  type FakeAnswers,
  fakeSubgraphs,
  removeKeys,
  startSubgraphs,
  type World,
  type WorldPerson,
  type WorldPost,
} from '@tintype/testing';
import { wireSearch } from '../src/index.ts';

type Counts = { likeCount: number; commentCount: number; shareCount: number };

/** The search subgraph with real stores, a real event log and fakes of the other subgraphs. */
export async function openSearch(options: { workers?: boolean; env?: Record<string, string> } = {}) {
  const environment = await createEnvironment({ env: options.env });
  const { ids } = environment;
  const { pool } = environment.ownedBy('search', { quota: 'half' }).database;
  const world = createWorld(environment);
  const counts = new Map<bigint, Counts>();
  const engagement: FakeAnswers['engagement'] = {
    postCounts: (variables) => ({
      postCounts: variables.ids.flatMap((id) => {
        const known = counts.get(BigInt(id));
        return known ? [{ id, ...known }] : [];
      }),
    }),
  };
  const wires = { ...fakeSubgraphs(world.answers, { engagement }), search: wireSearch };
  const search = await startSubgraphs(environment, wires, { workers: options.workers ?? true });

  /** Registers a person. */
  const account = async (username: string, profile: Parameters<World['registerAs']>[0] = {}): Promise<WorldPerson> =>
    world.people.get(await world.registerAs({ ...profile, username }))!;
  const publish = async (author: { id: bigint }, caption: string): Promise<WorldPost> =>
    world.posts.get(await world.publish(author.id, caption))!;
  const likeBy = (userId: bigint, { id, authorId }: WorldPost) => ({
    likeId: String(ids.next()),
    liked: true,
    userId: String(userId),
    postId: String(id),
    commentId: null,
    authorId: String(authorId),
    targetAuthorId: String(authorId),
  });
  /** Publishes likes of a post by these people. */
  const publishLikes = (post: WorldPost, userIds: readonly bigint[]): Promise<void> => {
    const changes = userIds.map((userId) => likeBy(userId, post));
    return world.events.publish('tintype.engagement.like.recorded.v1', 'likes', { changes });
  };
  const like = async (post: WorldPost, likeCount: number): Promise<void> => {
    counts.set(post.id, { likeCount, commentCount: 0, shareCount: 0 });
    await publishLikes(post, [1n]);
  };

  const forget = () => removeKeys(environment.redis, 'search:hits:*');

  return {
    ...search,
    environment,
    /** Uses the role of search. */
    pool,
    world,
    client: search.clientOf('search'),
    account,
    publish,
    like,
    publishLikes,
    /** Removes cached results, which are kept for 30 s. */
    forget,
    /** Current results, as `User:<username>`, `Hashtag:<key>` or `Post:<caption>`. */
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
            ? world.people.get(requireGlobalId('User', id!))?.username
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
