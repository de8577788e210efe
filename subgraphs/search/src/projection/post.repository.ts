import { type Executor, query, statement } from '@tintype/postgres';
import type { PostChange } from './projection.model.ts';

const SEARCH_POST_APPLY = statement(
  'search_post_apply',
  `INSERT INTO search.post AS p (post_id, author_id, caption, hashtags, published_ms, deleted, version, count_due)
   SELECT post_id, author_id, caption, ARRAY(SELECT jsonb_array_elements_text(hashtags::jsonb)), published_ms, deleted, version,
     CASE WHEN deleted THEN NULL ELSE now() END
   FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::boolean[], $7::bigint[])
     AS n(post_id, author_id, caption, hashtags, published_ms, deleted, version) ORDER BY post_id
   ON CONFLICT (post_id) DO UPDATE SET version = excluded.version, dirty = true, deleted = excluded.deleted,
     caption = CASE WHEN excluded.deleted THEN '' ELSE excluded.caption END,
     hashtags = CASE WHEN excluded.deleted THEN p.hashtags ELSE excluded.hashtags END,
     published_ms = CASE WHEN excluded.deleted THEN p.published_ms ELSE excluded.published_ms END,
     count_due = CASE WHEN excluded.deleted THEN NULL ELSE coalesce(p.count_due, now()) END
   WHERE p.version < excluded.version AND (NOT p.deleted OR excluded.deleted)
   RETURNING post_id AS "postId"`,
);

/**
 * Applies changes that are newer than the stored rows. A deleted post never returns.
 *
 * @param posts each once
 * @returns the changed posts
 */
export async function applyPosts(tx: Executor, posts: readonly PostChange[]): Promise<bigint[]> {
  const rows = await query(tx, SEARCH_POST_APPLY, [
    posts.map(({ postId }) => postId),
    posts.map(({ authorId }) => authorId),
    posts.map(({ caption }) => caption),
    posts.map(({ hashtags }) => JSON.stringify(hashtags)),
    posts.map(({ publishedMs }) => publishedMs),
    posts.map(({ deleted }) => deleted),
    posts.map(({ version }) => version),
  ]);
  return rows.map(({ postId }) => postId);
}

const SEARCH_POST_MARK = statement(
  'search_post_mark',
  `UPDATE search.post SET dirty = true WHERE author_id = ANY($1) AND NOT deleted RETURNING post_id AS "postId"`,
);

/** Marks the posts of authors whose visibility changed for indexing. @returns the posts */
export async function markPostsOf(tx: Executor, authorIds: readonly bigint[]): Promise<bigint[]> {
  const rows = await query(tx, SEARCH_POST_MARK, [authorIds]);
  return rows.map(({ postId }) => postId);
}

const SEARCH_HASHTAG_RECONCILE = statement(
  'search_hashtag_reconcile',
  `WITH changed AS (
     UPDATE search.post p SET counted = NOT p.counted FROM search.account a
     WHERE p.post_id = ANY($1) AND a.user_id = p.author_id
       AND p.counted <> (NOT p.deleted AND NOT a.deleted AND NOT a.is_private)
     RETURNING p.hashtags, p.counted
   ), deltas AS (
     SELECT key, sum(CASE WHEN counted THEN 1 ELSE -1 END) AS delta FROM changed, unnest(hashtags) AS key GROUP BY key
   )
   INSERT INTO search.hashtag AS h (key, post_count) SELECT key, delta FROM deltas WHERE delta <> 0 ORDER BY key
   ON CONFLICT (key) DO UPDATE SET post_count = h.post_count + excluded.post_count, dirty = true`,
);

/**
 * Counts each of these posts under its hashtags if everybody may see it, so that a hashtag that only private accounts
 * use is not found. The caller must have locked the authors, so that none of them becomes private in the meantime.
 */
export async function reconcileHashtags(tx: Executor, postIds: readonly bigint[]): Promise<void> {
  await query(tx, SEARCH_HASHTAG_RECONCILE, [postIds]);
}

const SEARCH_POST_TOUCH = statement(
  'search_post_touch',
  `UPDATE search.post p SET touches = touches + 1, count_due = coalesce(count_due, now() + $2 * interval '1 ms')
   FROM (SELECT post_id FROM search.post WHERE post_id = ANY($1) AND NOT deleted ORDER BY post_id FOR NO KEY UPDATE) held
   WHERE p.post_id = held.post_id`,
);

/** Schedules a refresh of the counts of these posts. */
export async function touchPosts(executor: Executor, postIds: readonly bigint[], delayMs: number): Promise<void> {
  await query(executor, SEARCH_POST_TOUCH, [postIds, delayMs]);
}
