import { type Executor, query, statement } from '@tintype/postgres';
import type { RelatedHashtag } from './hashtag.model.ts';

/** Only the first hashtags of a caption are counted. More would mean hundreds of rows for a post, and mostly noise. */
export const COUNTED_HASHTAGS = 10;

const COOCCURRENCE_ADD = statement(
  'hashtag_cooccurrence_add',
  `INSERT INTO post.hashtag_cooccurrence AS p (key, other_key, post_count)
   SELECT a.key, b.key, 1 FROM unnest($1::text[]) AS a(key), unnest($1::text[]) AS b(key) WHERE a.key <> b.key ORDER BY 1, 2
   ON CONFLICT (key, other_key) DO UPDATE SET post_count = p.post_count + 1`,
);

/**
 * Counts which hashtags a post uses together. Rows are locked in the order of their keys.
 *
 * @param keys in the order of the caption
 */
export async function addCooccurrences(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length < 2) return;
  await query(tx, COOCCURRENCE_ADD, [keys.slice(0, COUNTED_HASHTAGS)]);
}

const COOCCURRENCE_REMOVE = statement(
  'hashtag_cooccurrence_remove',
  `WITH change AS (SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS given(key, other_key, by)),
     locked AS (
       SELECT p.key, p.other_key FROM post.hashtag_cooccurrence p JOIN change USING (key, other_key)
       ORDER BY p.key, p.other_key FOR UPDATE OF p)
   UPDATE post.hashtag_cooccurrence p SET post_count = post_count - change.by
   FROM locked JOIN change USING (key, other_key) WHERE p.key = locked.key AND p.other_key = locked.other_key`,
);
const COOCCURRENCE_DELETE_EMPTY = statement(
  'hashtag_cooccurrence_delete_empty',
  `DELETE FROM post.hashtag_cooccurrence p USING unnest($1::text[], $2::text[]) AS given(key, other_key)
   WHERE p.key = given.key AND p.other_key = given.other_key AND p.post_count = 0`,
);

/** Reverses `addCooccurrences`. @param keysOfPosts the keys of each post, in the order of its caption */
export async function removeCooccurrences(tx: Executor, keysOfPosts: readonly (readonly string[])[]): Promise<void> {
  const pairs = countCooccurrences(keysOfPosts);
  if (pairs.length === 0) return;
  const [keys, others] = [pairs.map((pair) => pair.key), pairs.map((pair) => pair.otherKey)];
  await query(tx, COOCCURRENCE_REMOVE, [keys, others, pairs.map((pair) => pair.by)]);
  await query(tx, COOCCURRENCE_DELETE_EMPTY, [keys, others]);
}

/** How many posts use each pair of hashtags, in both directions. */
function countCooccurrences(
  keysOfPosts: readonly (readonly string[])[],
): { key: string; otherKey: string; by: number }[] {
  const pairs = keysOfPosts.flatMap((all) => {
    const keys = all.slice(0, COUNTED_HASHTAGS);
    return keys.flatMap((key) => keys.filter((other) => other !== key).map((otherKey) => ({ key, otherKey })));
  });
  // Keys have no spaces.
  return [...Map.groupBy(pairs, ({ key, otherKey }) => `${key} ${otherKey}`).values()].map((same) => ({
    ...same[0]!,
    by: same.length,
  }));
}

/** How many of the hashtags that are most often used together with a hashtag are ranked by similarity. */
const CANDIDATES = 200;

/** How many of the newest posts of each hashtag are searched for posts with both. */
const SEARCHED_POSTS = 100;
/**
 * How many authors of such posts are returned. The viewer sees a related hashtag if they may see one of these authors'
 * posts.
 */
const AUTHORS = 10;

const authorsOfBoth = (key: string, other: string) => `(SELECT one.author_id FROM (
      SELECT post_id, author_id FROM post.post_hashtag WHERE key = ${key}
      ORDER BY published_at DESC, post_id DESC LIMIT ${SEARCHED_POSTS}) one
    WHERE EXISTS (SELECT FROM post.post_hashtag two WHERE two.key = ${other} AND two.post_id = one.post_id)
      AND EXISTS (SELECT FROM post.post p
        WHERE p.author_id = one.author_id AND p.id = one.post_id AND p.restriction = 'NONE')
    LIMIT ${AUTHORS})`;

/**
 * Candidates are one range scan over the index (key, post_count desc, other_key). Their counts are read by primary key.
 */
export const RELATED = statement(
  'hashtag_related',
  `SELECT wanted.key AS "key!", related.other_key AS "otherKey", ARRAY(
    ${authorsOfBoth('wanted.key', 'related.other_key')} UNION ${authorsOfBoth('related.other_key', 'wanted.key')}) AS "authorIds!"
  FROM unnest($1::text[]) AS wanted(key)
  JOIN post.hashtag h ON h.key = wanted.key
  CROSS JOIN LATERAL (
    SELECT p.other_key, p.post_count::float8 / (h.post_count + other.post_count - p.post_count) AS jaccard, p.post_count
    FROM (
      SELECT other_key, post_count FROM post.hashtag_cooccurrence
      WHERE key = wanted.key ORDER BY post_count DESC, other_key LIMIT ${CANDIDATES}) p
    JOIN post.hashtag other ON other.key = p.other_key
    ORDER BY jaccard DESC, p.post_count DESC, p.other_key LIMIT $2) AS related
  ORDER BY wanted.key, related.jaccard DESC, related.post_count DESC, related.other_key`,
);

/**
 * The hashtags most similar to each of these, by the Jaccard index: posts with both divided by posts with either. A
 * hashtag that is used with everything, such as #love, has so many posts that its index is low ("Flickr Tag
 * Recommendation based on Collective Knowledge", WWW 2008).
 */
export function listRelated(
  executor: Executor,
  keys: readonly string[],
  limit: number,
): Promise<(RelatedHashtag & { key: string })[]> {
  return query(executor, RELATED, [keys, limit]);
}
