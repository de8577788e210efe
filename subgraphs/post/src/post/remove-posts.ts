import type pg from 'pg';
import { movePostCount } from '#author/author.repository.ts';
import { removeHashtags } from '#hashtag/hashtag.repository.ts';
import type { PostPublisher } from './post.publisher.ts';
import { markDeleted } from './post.repository.ts';

/**
 * Deletes posts of an author in the caller's transaction, whatever state they are in: out of their lists and counts, and their end is
 * told. Files, and what others have about them, follow that.
 *
 * @returns how many there were to delete
 */
export async function removePosts(
  tx: pg.PoolClient,
  publisher: PostPublisher,
  authorId: bigint,
  postIds: readonly bigint[],
): Promise<number> {
  const deleted = await markDeleted(tx, authorId, postIds);
  if (deleted.length === 0) return 0;
  const published = deleted.filter((post) => post.publishedAt !== null).map((post) => post.id);
  if (published.length > 0) {
    await movePostCount(tx, authorId, -published.length);
    await removeHashtags(tx, published);
  }
  await publisher.deleted(
    tx,
    deleted.map(({ id, publishedAt }) => ({
      postId: String(id),
      authorId: String(authorId),
      publishedMs: publishedAt?.getTime() ?? null,
    })),
  );
  return deleted.length;
}
