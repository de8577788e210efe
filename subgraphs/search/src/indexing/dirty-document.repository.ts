import { type Executor, query, type Statement, statement } from '@tintype/postgres';
import type { CollectionName, Documents } from '#search-index/documents.ts';
import { engagementOf, hashtagPopularity, postPopularity, userPopularity } from './popularity.rules.ts';

/** A document built from the projection, or null if it must not be found any more. */
export type Change<Name extends CollectionName> = { id: string; document: Documents[Name] | null };

/**
 * Locks rows until the transaction ends: `dirty` rows that nobody else holds, or, for `walk`, all rows after a key, in
 * key order.
 */
export type Part = { dirty: number } | { after: string; first: number };

const ACCOUNTS = `SELECT a.user_id AS id, a.username, a.display_name AS "displayName", a.is_private AS "isPrivate", a.deleted,
    a.follower_count AS followers, a.post_count AS posts, a.recent_engagement AS "recentEngagement"
  FROM search.account a`;

const POSTS = `SELECT p.post_id AS "id!", p.author_id AS "authorId!", p.caption AS "caption!", p.hashtags AS "hashtags!",
    p.published_ms AS "publishedMs!",
    p.deleted OR coalesce(a.deleted, true) AS "gone!", coalesce(a.is_private, true) AS "isPrivate!",
    p.like_count AS "likeCount!", p.comment_count AS "commentCount!", p.share_count AS "shareCount!"
  FROM search.post p LEFT JOIN search.account a ON a.user_id = p.author_id`;

const HASHTAGS = 'SELECT h.key AS id, h.post_count AS "postCount" FROM search.hashtag h';

/** For `dirty`, the marked rows that nobody else holds; for `walk`, the next rows after a key. Both are locked. */
function partsOf<Name extends CollectionName>(
  name: Name,
  from: { select: string; alias: string; key: string; type: 'bigint' | 'text' },
) {
  const { select, alias, key, type } = from;
  const lock = `FOR NO KEY UPDATE OF ${alias}`;
  return {
    dirty: statement(
      `search_dirty_${name}`,
      `${select} WHERE ${alias}.dirty ORDER BY ${alias}.${key} LIMIT $1 ${lock} SKIP LOCKED`,
    ),
    walk: statement(
      `search_walk_${name}`,
      `${select} WHERE ${alias}.${key} > $1::text::${type} ORDER BY ${alias}.${key} LIMIT $2 ${lock}`,
    ),
  };
}

const PARTS = {
  users: partsOf('users', { select: ACCOUNTS, alias: 'a', key: 'user_id', type: 'bigint' }),
  posts: partsOf('posts', { select: POSTS, alias: 'p', key: 'post_id', type: 'bigint' }),
  hashtags: partsOf('hashtags', { select: HASHTAGS, alias: 'h', key: 'key', type: 'text' }),
};

type Reader = { [Name in CollectionName]: (tx: Executor, part: Part) => Promise<Change<Name>[]> };

const READ: Reader = {
  async users(tx, part) {
    const rows = await read(tx, PARTS.users, part);
    return rows.map(({ id, username, displayName, isPrivate, deleted, ...counts }) => {
      const popularity = userPopularity({ ...counts, recentEngagement: Number(counts.recentEngagement) });
      const document = { id: String(id), username, displayName, isPrivate, popularity };
      return { id: String(id), document: deleted ? null : document };
    });
  },
  async posts(tx, part) {
    const rows = await read(tx, PARTS.posts, part);
    return rows.map(({ id, authorId, caption, hashtags, isPrivate, gone, ...row }) => {
      const publishedMs = Number(row.publishedMs);
      const popularity = postPopularity(engagementOf(row), publishedMs);
      const ids = { id: String(id), authorId: String(authorId) };
      return { id: ids.id, document: gone ? null : { ...ids, caption, hashtags, isPrivate, publishedMs, popularity } };
    });
  },
  async hashtags(tx, part) {
    const rows = await read(tx, PARTS.hashtags, part);
    return rows.map(({ id, postCount }) => {
      const count = Number(postCount);
      return { id, document: count > 0 ? { id, postCount: count, popularity: hashtagPopularity(count) } : null };
    });
  },
};

export function readChanges<Name extends CollectionName>(
  tx: Executor,
  collection: Name,
  part: Part,
): Promise<Change<Name>[]> {
  return READ[collection](tx, part);
}

function read<Row>(
  tx: Executor,
  parts: {
    dirty: Statement<readonly [bigint | number], Row>;
    walk: Statement<readonly [string, bigint | number], Row>;
  },
  part: Part,
): Promise<Row[]> {
  return 'dirty' in part ? query(tx, parts.dirty, [part.dirty]) : query(tx, parts.walk, [part.after, part.first]);
}

const CLEAN = {
  users: statement('search_clean_users', 'UPDATE search.account SET dirty = false WHERE user_id = ANY($1)'),
  posts: statement('search_clean_posts', 'UPDATE search.post SET dirty = false WHERE post_id = ANY($1)'),
  hashtags: statement('search_clean_hashtags', 'UPDATE search.hashtag SET dirty = false WHERE key = ANY($1)'),
};

export async function markIndexed(tx: Executor, collection: CollectionName, ids: readonly string[]): Promise<void> {
  if (collection === 'hashtags') await query(tx, CLEAN.hashtags, [ids]);
  else await query(tx, CLEAN[collection], [ids.map(BigInt)]);
}

const TOTAL = {
  users: statement('search_total_users', 'SELECT count(*)::int AS "total!" FROM search.account'),
  posts: statement('search_total_posts', 'SELECT count(*)::int AS "total!" FROM search.post'),
  hashtags: statement('search_total_hashtags', 'SELECT count(*)::int AS "total!" FROM search.hashtag'),
};

/** The number of rows in a collection's projection, including tombstones. */
export async function countProjected(executor: Executor, collection: CollectionName): Promise<number> {
  const [row] = await query(executor, TOTAL[collection], []);
  return row!.total;
}

const WAITING = statement(
  'search_waiting',
  `SELECT (SELECT count(*) FROM search.account WHERE dirty)::int AS "users!",
  (SELECT count(*) FROM search.hashtag WHERE dirty)::int AS "hashtags!", (SELECT count(*) FROM search.post WHERE dirty)::int AS "posts!"`,
);

/** How many documents of each collection are waiting to be indexed. */
export async function countWaiting(executor: Executor): Promise<Record<CollectionName, number>> {
  const [row] = await query(executor, WAITING, []);
  return row!;
}
