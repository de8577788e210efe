import { type Executor, query, statement } from '@tintype/postgres';
import type { AccountProjection, PostProjection } from '#projection/projection.model.ts';

/** The state before an owner was asked. Its answer overwrites only rows that no event has changed since. */
export type Known = { id: bigint; version: bigint };

/** The owner's answer, or null if it does not have the object any more. */
export type Refreshed<Projection> = { id: bigint; version: bigint; current: Projection | null };

const SEARCH_KNOWN_ACCOUNTS = statement(
  'search_known_accounts',
  'SELECT user_id AS id, version FROM search.account WHERE user_id > $1 ORDER BY user_id LIMIT $2',
);

export function listKnownAccounts(executor: Executor, after: bigint, first: number): Promise<Known[]> {
  return query(executor, SEARCH_KNOWN_ACCOUNTS, [after, first]);
}

const SEARCH_KNOWN_POSTS = statement(
  'search_known_posts',
  'SELECT post_id AS id, version FROM search.post WHERE post_id > $1 ORDER BY post_id LIMIT $2',
);

export function listKnownPosts(executor: Executor, after: bigint, first: number): Promise<Known[]> {
  return query(executor, SEARCH_KNOWN_POSTS, [after, first]);
}

const SEARCH_ACCOUNT_REFRESH = statement(
  'search_account_refresh',
  `INSERT INTO search.account AS a (user_id, username, display_name, is_private, deleted, version, count_due)
   SELECT id, username, display_name, is_private, deleted, version, now()
   FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::boolean[])
     AS n(id, version, username, display_name, is_private, deleted) ORDER BY id
   ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
     is_private = excluded.is_private, deleted = excluded.deleted, version = greatest(a.version, 0), dirty = true, count_due = now()
   WHERE a.version = excluded.version AND (a.username, a.display_name, a.is_private, a.deleted)
     IS DISTINCT FROM (excluded.username, excluded.display_name, excluded.is_private, excluded.deleted)
   RETURNING user_id AS id`,
);

/** @returns ids of accounts whose documents change */
export async function refreshAccounts(
  tx: Executor,
  accounts: readonly Refreshed<Omit<AccountProjection, 'userId'>>[],
): Promise<bigint[]> {
  const rows = await query(tx, SEARCH_ACCOUNT_REFRESH, [
    accounts.map(({ id }) => id),
    accounts.map(({ version }) => version),
    accounts.map(({ current }) => current?.username ?? ''),
    accounts.map(({ current }) => current?.displayName ?? ''),
    accounts.map(({ current }) => current?.isPrivate ?? true),
    accounts.map(({ current }) => current === null),
  ]);
  return rows.map(({ id }) => id);
}

const SEARCH_POST_REFRESH = statement(
  'search_post_refresh',
  `INSERT INTO search.post AS p (post_id, author_id, caption, hashtags, published_ms, deleted, version, count_due)
   SELECT id, author_id, caption, ARRAY(SELECT jsonb_array_elements_text(hashtags::jsonb)), published_ms, author_id = 0, version, now()
   FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
     AS n(id, version, author_id, caption, hashtags, published_ms) ORDER BY id
   ON CONFLICT (post_id) DO UPDATE SET caption = excluded.caption, deleted = excluded.deleted, dirty = true, count_due = now(),
     author_id = CASE WHEN excluded.deleted THEN p.author_id ELSE excluded.author_id END,
     hashtags = CASE WHEN excluded.deleted THEN p.hashtags ELSE excluded.hashtags END,
     published_ms = CASE WHEN excluded.deleted THEN p.published_ms ELSE excluded.published_ms END
   WHERE p.version = excluded.version AND CASE WHEN excluded.deleted THEN NOT p.deleted ELSE
     (p.author_id, p.caption, p.hashtags, p.published_ms, p.deleted)
     IS DISTINCT FROM (excluded.author_id, excluded.caption, excluded.hashtags, excluded.published_ms, excluded.deleted) END
   RETURNING post_id AS id`,
);

/** @returns ids of posts whose documents change */
export async function refreshPosts(
  tx: Executor,
  posts: readonly Refreshed<Omit<PostProjection, 'postId'>>[],
): Promise<bigint[]> {
  const rows = await query(tx, SEARCH_POST_REFRESH, [
    posts.map(({ id }) => id),
    posts.map(({ version }) => version),
    posts.map(({ current }) => current?.authorId ?? 0n),
    posts.map(({ current }) => current?.caption ?? ''),
    posts.map(({ current }) => JSON.stringify(current?.hashtags ?? [])),
    posts.map(({ current }) => current?.publishedMs ?? 0n),
  ]);
  return rows.map(({ id }) => id);
}

const SEARCH_POST_AUTHORS = statement(
  'search_post_authors',
  'SELECT DISTINCT author_id AS id FROM search.post WHERE post_id = ANY($1)',
);

/**
 * The authors of posts that their owner no longer has. Locking an author also locks the hashtag counts of their posts.
 */
export async function findAuthors(tx: Executor, postIds: readonly bigint[]): Promise<bigint[]> {
  return (await query(tx, SEARCH_POST_AUTHORS, [postIds])).map(({ id }) => id);
}
