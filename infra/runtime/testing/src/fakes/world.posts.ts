import type { IdGenerator } from '@tintype/ids';
import { canViewPosts, type PostAudience, type Relation, selfRelation } from '@tintype/policy';
import { extractHashtags, hashtagKey } from '@tintype/text';
import type { NeighbourEvents } from './neighbour-events.ts';
import type { WorldPerson, WorldPost } from './world.model.ts';
import { personIn } from './world.people.ts';

export type WorldPosts = {
  posts: ReadonlyMap<bigint, WorldPost>;
  /** Whether this viewer sees the post; undefined is a visitor. */
  isVisible(viewerId: bigint | undefined, postId: bigint): boolean;
  /** A published post. */
  publish(
    authorId: bigint,
    caption?: string,
    mentionedIds?: readonly bigint[],
    audience?: PostAudience,
  ): Promise<bigint>;
  /** A post that could not be published. */
  failPost(authorId: bigint, reason: string): Promise<bigint>;
  deletePost(id: bigint): Promise<void>;
};

type Created = WorldPosts & {
  /** Deletes all posts of an author. */
  deletePostsOf(authorId: bigint): Promise<void>;
};

/** Posts, as the post subgraph has them. */
export function createPosts(deps: {
  ids: IdGenerator;
  publish: NeighbourEvents['publish'];
  people: ReadonlyMap<bigint, WorldPerson>;
  relation(viewerId: bigint | undefined, userId: bigint): Relation;
}): Created {
  const { ids, publish, people, relation } = deps;
  const posts = new Map<bigint, WorldPost>();

  const removePost = async ({ id, authorId, state, publishedMs }: WorldPost): Promise<void> => {
    posts.delete(id);
    const data = { postId: String(id), authorId: String(authorId) };
    await publish('tintype.post.post.deleted.v1', String(id), {
      ...data,
      publishedMs: state === 'PUBLISHED' ? publishedMs : null,
    });
  };
  const addPost = (authorId: bigint, given: Partial<WorldPost>): WorldPost => {
    const post: WorldPost = {
      id: ids.next(),
      authorId: personIn(people, authorId).id,
      audience: 'EVERYONE',
      caption: '',
      hashtags: [],
      mentionedIds: [],
      publishedMs: Date.now(),
      state: 'PUBLISHED',
      ...given,
    };
    posts.set(post.id, post);
    return post;
  };

  return {
    posts,
    isVisible(viewerId, postId) {
      const post = posts.get(postId);
      if (!post) return false;
      // As for the real post subgraph, authors see their posts in any case.
      const toAuthor = viewerId === post.authorId ? selfRelation(viewerId) : relation(viewerId, post.authorId);
      return canViewPosts(post.audience, toAuthor) && (post.state === 'PUBLISHED' || toAuthor.isSelf);
    },
    async publish(authorId, caption = '', mentionedIds = [], audience = 'EVERYONE') {
      const keys = [...new Set(extractHashtags(caption).map(hashtagKey))];
      // Posts for close friends are in no index.
      const hashtags = audience === 'EVERYONE' ? keys : [];
      const { id, publishedMs } = addPost(authorId, { audience, caption, hashtags, mentionedIds });
      await publish('tintype.post.post.published.v1', String(id), {
        postId: String(id),
        authorId: String(authorId),
        audience,
        publishedMs,
        caption: audience === 'EVERYONE' ? caption : '',
        hashtags,
        mentionedIds: mentionedIds.map(String),
      });
      return id;
    },
    async failPost(authorId, reason) {
      const { id } = addPost(authorId, { state: 'FAILED' });
      const data = { postId: String(id), authorId: String(authorId), reason };
      await publish('tintype.post.post.failed.v1', String(id), data);
      return id;
    },
    async deletePost(id) {
      const post = posts.get(id);
      if (post) await removePost(post);
    },
    async deletePostsOf(authorId) {
      for (const post of posts.values()) if (post.authorId === authorId) await removePost(post);
    },
  };
}
