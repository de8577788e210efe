import { type Executor, query, statement } from '@tintype/postgres';
import type { Hashtag } from '@tintype/text';
import type { HashtagFacts } from './hashtag.model.ts';
import { addPairs, removePairs } from './pair.repository.ts';
import { scoreOf } from './score.rules.ts';

const HASHTAG_FIND = statement(
  'hashtag_find',
  'SELECT key, name, post_count AS "postCount" FROM post.hashtag WHERE key = ANY($1)',
);

export function findHashtagFacts(executor: Executor, keys: readonly string[]): Promise<HashtagFacts[]> {
  return query(executor, HASHTAG_FIND, [keys]);
}

const NOTHING = { likes: 0, comments: 0, shares: 0 };

const HASHTAG_ADD = statement(
  'hashtag_add',
  `INSERT INTO post.hashtag AS h (key, name, post_count)
   SELECT key, name, 1 FROM unnest($1::text[], $2::text[]) AS given(key, name) ORDER BY key
   ON CONFLICT (key) DO UPDATE SET post_count = h.post_count + 1`,
);
const POST_HASHTAG_ADD = statement(
  'post_hashtag_add',
  `INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score, paired)
   SELECT key, $2, $3, ordinal - 1, $4, $5, $6 FROM unnest($1::text[]) WITH ORDINALITY AS given(key, ordinal)`,
);

/**
 * Counts a post under its hashtags and lists it there, in the transaction that publishes it. Rows are locked in the order of their keys,
 * so that posts with the same hashtags wait for each other and never for ever.
 *
 * @param hashtags in the order of the caption
 * @param isPublic whether everybody may see it: what its hashtags stand beside is told to everybody
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
    scoreOf(NOTHING, post.publishedAt),
    isPublic,
  ]);
  if (isPublic) await addPairs(tx, keys);
}

const POST_HASHTAG_REMOVE = statement(
  'post_hashtag_remove',
  'DELETE FROM post.post_hashtag WHERE post_id = ANY($1) RETURNING post_id AS "postId", key, position, paired',
);
const HASHTAG_REMOVE = statement(
  'hashtag_remove',
  `WITH moved AS (SELECT * FROM unnest($1::text[], $2::int[]) AS given(key, by)),
     locked AS (SELECT key FROM post.hashtag WHERE key = ANY($1) ORDER BY key FOR UPDATE)
   UPDATE post.hashtag h SET post_count = post_count - moved.by FROM locked JOIN moved USING (key) WHERE h.key = locked.key`,
);

/** Takes posts out of their hashtags, in the transaction that deletes them; rows are locked in the order of their keys, too. */
export async function removeHashtags(tx: Executor, postIds: readonly bigint[]): Promise<void> {
  const removed = await query(tx, POST_HASHTAG_REMOVE, [postIds]);
  if (removed.length === 0) return;
  const counts = [...Map.groupBy(removed, (one) => one.key)].map(([key, rows]) => ({ key, by: rows.length }));
  await query(tx, HASHTAG_REMOVE, [counts.map((one) => one.key), counts.map((one) => one.by)]);
  const paired = removed.filter((one) => one.paired).toSorted((one, other) => one.position - other.position);
  const keysOfPosts = [...Map.groupBy(paired, (one) => one.postId).values()].map((rows) => rows.map((one) => one.key));
  await removePairs(tx, keysOfPosts);
}
