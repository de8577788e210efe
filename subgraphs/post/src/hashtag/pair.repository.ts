import { type Executor, query, statement } from '@tintype/postgres';
import type { RelatedHashtag } from './hashtag.model.ts';

/** A caption's first hashtags say what it is about: more would be hundreds of rows for a post, and mostly noise. */
export const PAIRED = 10;

const PAIR_ADD = statement(
  'pair_add',
  `INSERT INTO post.hashtag_pair AS p (key, other, post_count)
   SELECT a.key, b.key, 1 FROM unnest($1::text[]) AS a(key), unnest($1::text[]) AS b(key) WHERE a.key <> b.key ORDER BY 1, 2
   ON CONFLICT (key, other) DO UPDATE SET post_count = p.post_count + 1`,
);

/** Counts the pairs of a post's hashtags. Rows are locked in the order of their keys. @param keys in the order of the caption */
export async function addPairs(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length < 2) return;
  await query(tx, PAIR_ADD, [keys.slice(0, PAIRED)]);
}

const PAIR_REMOVE = statement(
  'pair_remove',
  `WITH moved AS (SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS given(key, other, by)),
     locked AS (
       SELECT p.key, p.other FROM post.hashtag_pair p JOIN moved USING (key, other) ORDER BY p.key, p.other FOR UPDATE OF p)
   UPDATE post.hashtag_pair p SET post_count = post_count - moved.by
   FROM locked JOIN moved USING (key, other) WHERE p.key = locked.key AND p.other = locked.other`,
);
const PAIR_CLEAR = statement(
  'pair_clear',
  `DELETE FROM post.hashtag_pair p USING unnest($1::text[], $2::text[]) AS given(key, other)
   WHERE p.key = given.key AND p.other = given.other AND p.post_count = 0`,
);

/** Takes back what `addPairs` counted. @param keysOfPosts of each post the keys in the order of its caption */
export async function removePairs(tx: Executor, keysOfPosts: readonly (readonly string[])[]): Promise<void> {
  const pairs = countPairs(keysOfPosts);
  if (pairs.length === 0) return;
  const [keys, others] = [pairs.map((pair) => pair.key), pairs.map((pair) => pair.other)];
  await query(tx, PAIR_REMOVE, [keys, others, pairs.map((pair) => pair.by)]);
  await query(tx, PAIR_CLEAR, [keys, others]);
}

/** How often each pair is there, in both directions. */
function countPairs(keysOfPosts: readonly (readonly string[])[]): { key: string; other: string; by: number }[] {
  const pairs = keysOfPosts.flatMap((all) => {
    const keys = all.slice(0, PAIRED);
    return keys.flatMap((key) => keys.filter((other) => other !== key).map((other) => ({ key, other })));
  });
  // Keys have no spaces.
  return [...Map.groupBy(pairs, ({ key, other }) => `${key} ${other}`).values()].map((same) => ({
    ...same[0]!,
    by: same.length,
  }));
}

/** Of so many hashtags that are most often beside one, those are chosen that are beside it more than beside others. */
const CANDIDATES = 200;

/** Of each of the two hashtags so many newest posts are looked through for those that have both. */
const LOOKED_THROUGH = 100;
/** As many authors of such posts say whether the viewer may see that the two go together. */
const AUTHORS = 10;

const having = (key: string, other: string) => `(SELECT one.author_id FROM (
      SELECT post_id, author_id FROM post.post_hashtag WHERE key = ${key}
      ORDER BY published_at DESC, post_id DESC LIMIT ${LOOKED_THROUGH}) one
    WHERE EXISTS (SELECT FROM post.post_hashtag two WHERE two.key = ${other} AND two.post_id = one.post_id)
    LIMIT ${AUTHORS})`;

/** Candidates are one range scan over the index (key, post_count desc, other); counts of each are looked up by their key. */
export const RELATED = statement(
  'pair_related',
  `SELECT wanted.key AS "key!", related.other, ARRAY(
    ${having('wanted.key', 'related.other')} UNION ${having('related.other', 'wanted.key')}) AS "authorIds!"
  FROM unnest($1::text[]) AS wanted(key)
  JOIN post.hashtag own ON own.key = wanted.key
  CROSS JOIN LATERAL (
    SELECT p.other, p.post_count::float8 / (own.post_count + h.post_count - p.post_count) AS jaccard, p.post_count
    FROM (SELECT other, post_count FROM post.hashtag_pair WHERE key = wanted.key ORDER BY post_count DESC, other LIMIT ${CANDIDATES}) p
    JOIN post.hashtag h ON h.key = p.other
    ORDER BY jaccard DESC, p.post_count DESC, p.other LIMIT $2) AS related
  ORDER BY wanted.key, related.jaccard DESC, related.post_count DESC, related.other`,
);

/**
 * Hashtags that go with each of these, the closest first. By the Jaccard index, posts with both over posts with either: what is beside
 * everything, such as #love, has so many posts of its own that it is close to nothing (for tags: "Flickr Tag Recommendation
 * based on Collective Knowledge", WWW 2008).
 */
export function listRelated(
  executor: Executor,
  keys: readonly string[],
  limit: number,
): Promise<(RelatedHashtag & { key: string })[]> {
  return query(executor, RELATED, [keys, limit]);
}
