import { platformIdentity, requireGlobalId, type SubgraphClient } from '@tintype/graphql';
import { PublishedPostsDocument } from '@tintype/schema/internal/post';
import { AccountsAfterDocument } from '@tintype/schema/internal/user';
import type { AccountProjection, PostProjection } from '#projection/projection.model.ts';

/** Pages of everything that the owners have, in the order of ids. */
export type OwnerClient = {
  accounts(after: bigint, first: number): Promise<AccountProjection[]>;
  /** Without posts of deleted authors. */
  posts(after: bigint, first: number): Promise<{ posts: PostProjection[]; lastId: bigint | null; isFull: boolean }>;
};

export function createOwnerClient(client: SubgraphClient): OwnerClient {
  const pageOf = (after: bigint, first: number) => ({ after: after > 0n ? String(after) : null, first });
  return {
    async accounts(after, first) {
      const { accountsAfter } = await client.request(AccountsAfterDocument, pageOf(after, first), platformIdentity());
      return accountsAfter.map(({ id, ...account }) => ({ userId: requireGlobalId('User', id), ...account }));
    },
    async posts(after, first) {
      const { publishedPosts } = await client.request(PublishedPostsDocument, pageOf(after, first), platformIdentity());
      const posts = publishedPosts.flatMap(({ id, caption, hashtagKeys, publishedAt, author }) =>
        author === null || publishedAt === null
          ? []
          : {
              postId: requireGlobalId('Post', id),
              authorId: requireGlobalId('User', author.id),
              caption,
              hashtags: hashtagKeys,
              publishedMs: BigInt(new Date(publishedAt).getTime()),
            },
      );
      const last = publishedPosts.at(-1);
      return { posts, lastId: last ? requireGlobalId('Post', last.id) : null, isFull: publishedPosts.length === first };
    },
  };
}
