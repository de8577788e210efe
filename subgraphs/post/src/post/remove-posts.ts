import type pg from 'pg';
import { removeHashtags } from '#hashtag/hashtag.repository.ts';
import type { PostPublisher } from './post.publisher.ts';
import { markDeleted } from './post.repository.ts';
import { changePostCounts } from './post-count.repository.ts';

/**
 * Deletes posts of an author in the caller's transaction, whatever their state: removes them from lists and counts, and
 * publishes the deletion. Consumers of these events remove the files and everything that other subgraphs store about
 * the posts.
 *
 * @returns how many posts it deleted
 */
export async function removePosts(
  tx: pg.PoolClient,
  publisher: PostPublisher,
  authorId: bigint,
  postIds: readonly bigint[],
): Promise<number> {
  const deleted = await markDeleted(tx, authorId, postIds);
  if (deleted.length === 0) return 0;
  const published = deleted.filter((post) => post.publishedAt !== null);
  if (published.length > 0) {
    await changePostCounts(tx, authorId, published, -1);
    await removeHashtags(
      tx,
      published.map((post) => post.id),
    );
  }
  await publisher.publishDeleted(
    tx,
    deleted.map(({ id, publishedAt }) => ({
      postId: String(id),
      authorId: String(authorId),
      publishedMs: publishedAt?.getTime() ?? null,
    })),
  );
  return deleted.length;
}
