import { type Executor, query } from '@tintype/postgres';
import type { CollectionName, Documents } from '#index-store/documents.ts';
import { engagementOf, hashtagPopularity, postPopularity, userPopularity } from './popularity.rules.ts';

/** A document as the facts say, or null where there is none to find any more. */
export type Change<Name extends CollectionName> = { id: string; document: Documents[Name] | null };

/** Facts of documents, held until the transaction ends: `dirty` ones that nobody else holds, or all behind a key in its order. */
export type Part = { dirty: number } | { after: string; first: number };

type AccountRow = {
  id: bigint;
  username: string;
  displayName: string;
  isPrivate: boolean;
  deleted: boolean;
  followers: number;
  posts: number;
  recentEngagement: bigint;
};

type PostRow = {
  id: bigint;
  authorId: bigint;
  caption: string;
  hashtags: string[];
  publishedMs: bigint;
  gone: boolean;
  isPrivate: boolean;
  likeCount: number;
  commentCount: number;
  shareCount: number;
};

const ACCOUNTS = `SELECT a.user_id AS id, a.username, a.display_name AS "displayName", a.is_private AS "isPrivate", a.deleted,
    a.follower_count AS followers, a.post_count AS posts, a.recent_engagement AS "recentEngagement"
  FROM search.account a`;

const POSTS = `SELECT p.post_id AS id, p.author_id AS "authorId", p.caption, p.hashtags, p.published_ms AS "publishedMs",
    p.deleted OR coalesce(a.deleted, true) AS gone, coalesce(a.is_private, true) AS "isPrivate",
    p.like_count AS "likeCount", p.comment_count AS "commentCount", p.share_count AS "shareCount"
  FROM search.post p LEFT JOIN search.account a ON a.user_id = p.author_id`;

const HASHTAGS = 'SELECT h.key AS id, h.post_count AS "postCount" FROM search.hashtag h';

type Reader = { [Name in CollectionName]: (tx: Executor, part: Part) => Promise<Change<Name>[]> };

const READ: Reader = {
  async users(tx, part) {
    const rows = await read<AccountRow>(tx, 'users', ACCOUNTS, 'a', 'user_id', 'bigint', part);
    return rows.map(({ id, username, displayName, isPrivate, deleted, ...counts }) => {
      const popularity = userPopularity({ ...counts, recentEngagement: Number(counts.recentEngagement) });
      const document = { id: String(id), username, displayName, isPrivate, popularity };
      return { id: String(id), document: deleted ? null : document };
    });
  },
  async posts(tx, part) {
    const rows = await read<PostRow>(tx, 'posts', POSTS, 'p', 'post_id', 'bigint', part);
    return rows.map(({ id, authorId, caption, hashtags, isPrivate, gone, ...row }) => {
      const publishedMs = Number(row.publishedMs);
      const popularity = postPopularity(engagementOf(row), publishedMs);
      const ids = { id: String(id), authorId: String(authorId) };
      return { id: ids.id, document: gone ? null : { ...ids, caption, hashtags, isPrivate, publishedMs, popularity } };
    });
  },
  async hashtags(tx, part) {
    type Row = { id: string; postCount: bigint };
    const rows = await read<Row>(tx, 'hashtags', HASHTAGS, 'h', 'key', 'text', part);
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

function read<Row>(tx: Executor, name: string, select: string, alias: string, key: string, type: string, part: Part) {
  if ('dirty' in part) {
    const text = `${select} WHERE ${alias}.dirty ORDER BY ${alias}.${key} LIMIT $1 FOR NO KEY UPDATE OF ${alias} SKIP LOCKED`;
    return query<Row>(tx, `search_dirty_${name}`, text, [part.dirty]);
  }
  const text = `${select} WHERE ${alias}.${key} > $1::${type} ORDER BY ${alias}.${key} LIMIT $2 FOR NO KEY UPDATE OF ${alias}`;
  return query<Row>(tx, `search_walk_${name}`, text, [part.after, part.first]);
}

const CLEAN: Record<CollectionName, string> = {
  users: 'UPDATE search.account SET dirty = false WHERE user_id = ANY($1::bigint[])',
  posts: 'UPDATE search.post SET dirty = false WHERE post_id = ANY($1::bigint[])',
  hashtags: 'UPDATE search.hashtag SET dirty = false WHERE key = ANY($1::text[])',
};

export async function markIndexed(tx: Executor, collection: CollectionName, ids: readonly string[]): Promise<void> {
  await query(tx, `search_clean_${collection}`, CLEAN[collection], [ids]);
}

const TOTAL: Record<CollectionName, string> = {
  users: 'SELECT count(*)::int AS total FROM search.account',
  posts: 'SELECT count(*)::int AS total FROM search.post',
  hashtags: 'SELECT count(*)::int AS total FROM search.hashtag',
};

/** How many facts of a collection there are, tombstones among them. */
export async function countFacts(executor: Executor, collection: CollectionName): Promise<number> {
  const [row] = await query<{ total: number }>(executor, `search_total_${collection}`, TOTAL[collection], []);
  return row!.total;
}

const WAITING = `SELECT (SELECT count(*) FROM search.account WHERE dirty)::int AS users,
  (SELECT count(*) FROM search.hashtag WHERE dirty)::int AS hashtags, (SELECT count(*) FROM search.post WHERE dirty)::int AS posts`;

/** How many documents of each collection wait to be indexed. */
export async function countWaiting(executor: Executor): Promise<Record<CollectionName, number>> {
  const [row] = await query<Record<CollectionName, number>>(executor, 'search_waiting', WAITING, []);
  return row!;
}
