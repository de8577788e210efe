import { type Executor, query, statement } from '@tintype/postgres';
import type { Entry } from '#timeline/timeline.model.ts';

const HASHTAG_POST_ADD = statement(
  'hashtag_post_add',
  `INSERT INTO feed.hashtag_post (key, post_id, published_ms, author_id)
   SELECT key, $2, $3, $4 FROM unnest($1::text[]) AS given(key) ORDER BY key ON CONFLICT DO NOTHING`,
);

/** Records a published post under its hashtags. Can run twice. */
export async function addHashtagPosts(
  executor: Executor,
  post: { postId: bigint; authorId: bigint; publishedMs: bigint },
  keys: readonly string[],
): Promise<void> {
  await query(executor, HASHTAG_POST_ADD, [keys, post.postId, post.publishedMs, post.authorId]);
}

const HASHTAG_POST_DELETE = statement(
  'hashtag_post_delete',
  'UPDATE feed.hashtag_post SET deleted = true WHERE post_id = $1 RETURNING key',
);

/** Marks a post as deleted under all its hashtags. @returns their keys, even if it was marked before */
export async function markDeletedIn(executor: Executor, postId: bigint): Promise<string[]> {
  const rows = await query(executor, HASHTAG_POST_DELETE, [postId]);
  return rows.map((row) => row.key);
}

/** One range scan over the index (key, published_ms desc, post_id desc, author_id). */
export const HASHTAG_POSTS = statement(
  'hashtag_posts',
  `SELECT post_id AS "postId", published_ms AS "publishedMs", author_id AS by FROM feed.hashtag_post
  WHERE key = $1 AND NOT deleted ORDER BY published_ms DESC, post_id DESC LIMIT $2`,
);

/** The newest posts of a hashtag, as entries of its timeline. */
export function listHashtagPosts(executor: Executor, key: string, limit: number): Promise<Entry[]> {
  return query(executor, HASHTAG_POSTS, [key, limit]);
}

/**
 * The newest posts of each hashtag up to a depth, after a position: one range scan each, which ends with the page. A
 * post with several of these hashtags is returned once, for the alphabetically first.
 */
export const POSTS_OF_HASHTAGS = statement(
  'hashtag_posts_merged',
  `SELECT DISTINCT ON (p.published_ms, p.post_id)
    p.post_id AS "postId", p.published_ms AS "publishedMs", p.author_id AS by, wanted.key AS "hashtag!"
  FROM unnest($1::text[]) AS wanted(key) CROSS JOIN LATERAL (
    SELECT post_id, published_ms, author_id FROM (
      SELECT post_id, published_ms, author_id FROM feed.hashtag_post
      WHERE key = wanted.key AND NOT deleted ORDER BY published_ms DESC, post_id DESC LIMIT $5) newest
    WHERE (published_ms, post_id) < ($2, $3) ORDER BY published_ms DESC, post_id DESC LIMIT $4) p
  ORDER BY p.published_ms DESC, p.post_id DESC, wanted.key COLLATE "C" LIMIT $4`,
);

export function listPostsOfHashtags(
  executor: Executor,
  keys: readonly string[],
  after: Entry,
  limit: number,
  depth: number,
): Promise<Entry[]> {
  const values = [keys, after.publishedMs, after.postId, limit, depth] as const;
  return query(executor, POSTS_OF_HASHTAGS, values);
}
