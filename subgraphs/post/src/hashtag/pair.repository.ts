import { type Executor, query } from '@tintype/postgres';

/** A caption's first hashtags say what it is about: more would be hundreds of rows for a post, and mostly noise. */
export const PAIRED = 10;

/** Counts the pairs of a post's hashtags. Rows are locked in the order of their keys. @param keys in the order of the caption */
export async function addPairs(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length < 2) return;
  await query(
    tx,
    'pair_add',
    `INSERT INTO post.hashtag_pair AS p (key, other, post_count)
     SELECT a.key, b.key, 1 FROM unnest($1::text[]) AS a(key), unnest($1::text[]) AS b(key) WHERE a.key <> b.key ORDER BY 1, 2
     ON CONFLICT (key, other) DO UPDATE SET post_count = p.post_count + 1`,
    [keys.slice(0, PAIRED)],
  );
}

/** Takes back what `addPairs` counted. */
export async function removePairs(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length < 2) return;
  const paired = keys.slice(0, PAIRED);
  await query(
    tx,
    'pair_remove',
    `WITH locked AS (
       SELECT key, other FROM post.hashtag_pair WHERE key = ANY($1) AND other = ANY($1) ORDER BY key, other FOR UPDATE)
     UPDATE post.hashtag_pair p SET post_count = post_count - 1 FROM locked l WHERE p.key = l.key AND p.other = l.other`,
    [paired],
  );
  const text = 'DELETE FROM post.hashtag_pair WHERE key = ANY($1) AND other = ANY($1) AND post_count = 0';
  await query(tx, 'pair_clear', text, [paired]);
}

/** Of so many hashtags that are most often beside one, those are chosen that are beside it more than beside others. */
const CANDIDATES = 200;

/** Candidates are one range scan over the index (key, post_count desc, other); counts of each are looked up by their key. */
export const RELATED = `SELECT wanted.key, related.other FROM unnest($1::text[]) AS wanted(key)
  JOIN post.hashtag own ON own.key = wanted.key
  CROSS JOIN LATERAL (
    SELECT p.other, p.post_count::float8 / (own.post_count + h.post_count - p.post_count) AS jaccard, p.post_count
    FROM (SELECT other, post_count FROM post.hashtag_pair WHERE key = wanted.key ORDER BY post_count DESC, other LIMIT ${CANDIDATES}) p
    JOIN post.hashtag h ON h.key = p.other
    ORDER BY jaccard DESC, p.post_count DESC, p.other LIMIT $2) AS related
  ORDER BY wanted.key, related.jaccard DESC, related.post_count DESC, related.other`;

/**
 * Hashtags that go with each of these, the closest first. By the Jaccard index, posts with both over posts with either: what is beside
 * everything, such as #love, has so many posts of its own that it is close to nothing (for tags: "Flickr Tag Recommendation
 * based on Collective Knowledge", WWW 2008).
 */
export function listRelated(
  executor: Executor,
  keys: readonly string[],
  limit: number,
): Promise<{ key: string; other: string }[]> {
  return query(executor, 'pair_related', RELATED, [keys, limit]);
}
