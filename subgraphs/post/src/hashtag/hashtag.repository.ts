import { type Executor, query } from '@tintype/postgres';
import type { Hashtag } from '@tintype/text';
import type { HashtagFacts } from './hashtag.model.ts';
import { addPairs, removePairs } from './pair.repository.ts';
import { scoreOf } from './score.rules.ts';

export function findHashtagFacts(executor: Executor, keys: readonly string[]): Promise<HashtagFacts[]> {
  const text = 'SELECT key, name, post_count AS "postCount" FROM post.hashtag WHERE key = ANY($1)';
  return query(executor, 'hashtag_find', text, [keys]);
}

const NOTHING = { likes: 0, comments: 0, shares: 0 };

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
  await query(
    tx,
    'hashtag_add',
    `INSERT INTO post.hashtag AS h (key, name, post_count)
     SELECT key, name, 1 FROM unnest($1::text[], $2::text[]) AS given(key, name) ORDER BY key
     ON CONFLICT (key) DO UPDATE SET post_count = h.post_count + 1`,
    [keys, hashtags.map((hashtag) => hashtag.name)],
  );
  await query(
    tx,
    'post_hashtag_add',
    `INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score, paired)
     SELECT key, $2, $3, ordinal - 1, $4, $5, $6 FROM unnest($1::text[]) WITH ORDINALITY AS given(key, ordinal)`,
    [keys, post.id, post.authorId, post.publishedAt, scoreOf(NOTHING, post.publishedAt), isPublic],
  );
  if (isPublic) await addPairs(tx, keys);
}

/** Takes a post out of its hashtags, in the transaction that deletes it. */
export async function removeHashtags(tx: Executor, postId: bigint): Promise<void> {
  const removed = await query<{ key: string; position: number; paired: boolean }>(
    tx,
    'post_hashtag_remove',
    'DELETE FROM post.post_hashtag WHERE post_id = $1 RETURNING key, position, paired',
    [postId],
  );
  if (removed.length === 0) return;
  const keys = removed.toSorted((one, other) => one.position - other.position).map((one) => one.key);
  await query(
    tx,
    'hashtag_remove',
    `WITH locked AS (SELECT key FROM post.hashtag WHERE key = ANY($1) ORDER BY key FOR UPDATE)
     UPDATE post.hashtag h SET post_count = post_count - 1 FROM locked WHERE h.key = locked.key`,
    [keys],
  );
  if (removed[0]!.paired) await removePairs(tx, keys);
}
