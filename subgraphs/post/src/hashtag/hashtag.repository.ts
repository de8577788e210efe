import { type Executor, query, statement } from '@tintype/postgres';
import type { Hashtag } from '@tintype/text';
import { scoreOf } from '#score/score.rules.ts';
import type { HashtagSummary } from './hashtag.model.ts';
import { addCooccurrences, removeCooccurrences } from './related-hashtag.repository.ts';

const HASHTAG_FIND = statement(
  'hashtag_find',
  'SELECT key, name, post_count AS "postCount" FROM post.hashtag WHERE key = ANY($1)',
);

export function findHashtagSummaries(executor: Executor, keys: readonly string[]): Promise<HashtagSummary[]> {
  return query(executor, HASHTAG_FIND, [keys]);
}

const NO_ENGAGEMENT = { likes: 0, comments: 0, shares: 0 };

const HASHTAG_ADD = statement(
  'hashtag_add',
  `INSERT INTO post.hashtag AS h (key, name, post_count)
   SELECT key, name, 1 FROM unnest($1::text[], $2::text[]) AS given(key, name) ORDER BY key
   ON CONFLICT (key) DO UPDATE SET post_count = h.post_count + 1`,
);
const POST_HASHTAG_ADD = statement(
  'post_hashtag_add',
  `INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score, was_public)
   SELECT key, $2, $3, ordinal - 1, $4, $5, $6 FROM unnest($1::text[]) WITH ORDINALITY AS given(key, ordinal)`,
);

/**
 * Adds a post to the lists and counts of its hashtags. Call it in the transaction that publishes the post. Rows are
 * locked in the order of their keys, so that two posts with the same hashtags cannot deadlock.
 *
 * @param hashtags in the order of the caption
 * @param isPublic whether everybody may see the post. Related hashtags are public, so they are counted from public
 * posts only
 */
export async function addHashtags(
  tx: Executor,
  post: { id: bigint; authorId: bigint; publishedAt: Date },
  hashtags: readonly Hashtag[],
  isPublic: boolean,
): Promise<void> {
  if (hashtags.length === 0) return;
  const keys = hashtags.map((hashtag) => hashtag.key);
  await query(tx, HASHTAG_ADD, [keys, hashtags.map((hashtag) => hashtag.name)]);
  await query(tx, POST_HASHTAG_ADD, [
    keys,
    post.id,
    post.authorId,
    post.publishedAt,
    scoreOf(NO_ENGAGEMENT, post.publishedAt),
    isPublic,
  ]);
  if (isPublic) await addCooccurrences(tx, keys);
}

const POST_HASHTAG_REMOVE = statement(
  'post_hashtag_remove',
  'DELETE FROM post.post_hashtag WHERE post_id = ANY($1) RETURNING post_id AS "postId", key, position, was_public AS "wasPublic"',
);
const HASHTAG_REMOVE = statement(
  'hashtag_remove',
  `WITH change AS (SELECT * FROM unnest($1::text[], $2::int[]) AS given(key, by)),
     locked AS (SELECT key FROM post.hashtag WHERE key = ANY($1) ORDER BY key FOR UPDATE)
   UPDATE post.hashtag h SET post_count = post_count - change.by FROM locked JOIN change USING (key) WHERE h.key = locked.key`,
);

/**
 * Removes posts from the lists and counts of their hashtags. Call it in the transaction that deletes the posts. Rows
 * are locked in the order of their keys.
 */
export async function removeHashtags(tx: Executor, postIds: readonly bigint[]): Promise<void> {
  const removed = await query(tx, POST_HASHTAG_REMOVE, [postIds]);
  if (removed.length === 0) return;
  const counts = [...Map.groupBy(removed, (one) => one.key)].map(([key, rows]) => ({ key, by: rows.length }));
  await query(tx, HASHTAG_REMOVE, [counts.map((one) => one.key), counts.map((one) => one.by)]);
  const wasPublic = removed.filter((one) => one.wasPublic).toSorted((one, other) => one.position - other.position);
  const keysOfPosts = [...Map.groupBy(wasPublic, (one) => one.postId).values()].map((rows) =>
    rows.map((one) => one.key),
  );
  await removeCooccurrences(tx, keysOfPosts);
}
