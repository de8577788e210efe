import { createOutbox } from '@tintype/events';
import { globalId } from '@tintype/ids';
import type { PostAudience } from '@tintype/policy';
import { createSignalPublisher } from '@tintype/redis';
import { createMediaService } from '#media/media.service.ts';
import { createMediaStorage } from '#media/media.storage.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { insertPost } from '#post/post.repository.ts';
import { createPostService } from '#post/post.service.ts';
import { createPublicAccountCheck } from '#publishing/public-account.check.ts';
import { createPublishPostService } from '#publishing/publish-post.service.ts';
import { type Posts, snowflakeOf, startPosts } from './post.fixture.ts';

/** Posts without photos, published and deleted by the same services as posts with photos. */
export function openPublishing(posts: Posts) {
  const { environment, graph } = posts;
  const { database, redis, ids, log } = environment;
  const { pool } = database;
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  const storage = createMediaStorage({ store: environment.store, secret: environment.config.secret });
  const signals = createSignalPublisher({ redis, owner: 'post' });
  const publishing = createPublishPostService({
    pool,
    media: createMediaService({ pool, storage }),
    storage,
    publisher,
    signals,
    isPublicAccount: createPublicAccountCheck({ client: graph.clientOf('post'), log }),
  });
  const service = createPostService({
    pool,
    ids,
    publisher,
    signals,
    client: graph.clientOf('post'),
    bannedWords: { current: async () => () => false },
    isNew: () => false,
    uploads: undefined as never,
  });

  const publish = async (authorId: bigint, caption: string, audience: PostAudience = 'EVERYONE'): Promise<string> => {
    const { id } = await insertPost(pool, { id: ids.next(), authorId, caption, audience, mentionedIds: [] });
    await publishing.publish(authorId, id, new AbortController().signal);
    return globalId('Post', id);
  };
  const remove = (authorId: bigint, id: string) => service.remove(authorId, snowflakeOf(id));
  return { publish, remove };
}

type List = {
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
};
type Hashtag = {
  key: string;
  name: string;
  postCount: number;
  recentPosts: List;
  topPosts: List;
  relatedHashtags: { key: string }[];
};
const LIST = '{ edges { cursor node { id } } pageInfo { hasNextPage endCursor } }';
const QUERY = `query ($name: String!, $first: Int, $after: String, $related: Int) { hashtag(name: $name) {
  key name postCount relatedHashtags(first: $related) { key }
  recentPosts(first: $first, after: $after) ${LIST}
} }`;
const TOP_QUERY = `query ($name: String!, $first: Int, $after: String) { hashtag(name: $name) {
  topPosts(first: $first, after: $after) ${LIST}
} }`;

export const idsOf = (list: List) => list.edges.map((edge) => edge.node.id);

/** Hashtags of a public author, and of a private one (the hermit) with one follower. */
export async function openHashtags() {
  const posts = await startPosts({ people: 5 });
  const [author, hermit, follower, stranger, other] = posts.people as [bigint, bigint, bigint, bigint, bigint];
  await posts.world.follow(follower, hermit);
  await posts.world.setPrivate(hermit);

  const find = async (viewer: bigint | null, name: string, args: object = {}) =>
    (await posts.graph.ask<{ hashtag: Hashtag | null }>('post', viewer, QUERY, { name, related: 10, ...args })).hashtag;

  /** Pages through a list to its end. */
  async function all(viewer: bigint | null, name: string, list: 'recentPosts' | 'topPosts', first: number) {
    const ids: string[] = [];
    const query = list === 'topPosts' ? TOP_QUERY : QUERY;
    for (let after: string | null = null; ; ) {
      const variables: object = { name, first, after, related: 1 };
      const answer = await posts.graph.ask<{ hashtag: Hashtag }>('post', viewer, query, variables);
      const found: List = answer.hashtag[list];
      ids.push(...idsOf(found));
      if (!found.pageInfo.hasNextPage) return ids;
      after = found.pageInfo.endCursor;
    }
  }

  return {
    ...openPublishing(posts),
    posts,
    author,
    hermit,
    follower,
    stranger,
    other,
    find,
    all,
    async close() {
      await posts.graph.close();
      await posts.environment.close();
    },
  };
}

export type HashtagFixture = Awaited<ReturnType<typeof openHashtags>>;
