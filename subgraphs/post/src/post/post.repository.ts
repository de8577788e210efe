import type { PostAudience } from '@tintype/policy';
import {
  DESCENDING,
  type Direction,
  EDGE_MS,
  type Executor,
  type KeysetRead,
  keysOf,
  query,
  startOf,
  statement,
  statementFor,
} from '@tintype/postgres';
import type { ContentRestriction, PostState } from '#generated/graphql.ts';
import type { PostModel } from './post.model.ts';

const COLUMNS = `id, author_id AS "authorId", caption, mentioned_ids AS "mentionedIds!", audience, state, restriction, failure_reason AS "failureReason",
  created_at AS "createdAt", published_at AS "publishedAt"`;

type PostStates = { audience: PostAudience; state: PostState; restriction: ContentRestriction };

/** The authors of a list, and whether the viewer may see their posts for close friends. */
export type ListAuthor = { id: bigint; showsCloseFriends: boolean };

const AUTHORS = 'unnest($1::bigint[], $6::boolean[]) AS author(id, shows_close_friends)';
/** Who sees restricted posts and posts for close friends, as in `isVisible`. `$5`: the viewer. */
const LISTED = `(restriction = 'NONE' OR (restriction = 'HIDDEN' AND author_id = $5))
      AND (audience = 'EVERYONE' OR author.shows_close_friends)`;

const POST_BY_ID = statement(
  'post_by_id',
  `SELECT ${COLUMNS} FROM post.post WHERE id = ANY(${keysOf('$1')}) AND deleted_at IS NULL`,
).narrow<PostStates>();

export function findPosts(executor: Executor, ids: readonly bigint[]): Promise<PostModel[]> {
  return query(executor, POST_BY_ID, [ids]);
}

/** One range scan over the index (id). */
export const PUBLISHED_AFTER = statement(
  'post_published_after',
  `SELECT ${COLUMNS} FROM post.post
  WHERE id > $1 AND state = 'PUBLISHED' AND audience = 'EVERYONE' AND deleted_at IS NULL ORDER BY id LIMIT $2`,
).narrow<PostStates>();

/** Published posts of all authors that are for everyone, ordered by id. */
export function listPublishedAfter(executor: Executor, after: bigint, limit: number): Promise<PostModel[]> {
  return query(executor, PUBLISHED_AFTER, [after, limit]);
}

const POST_INSERT = statement(
  'post_insert',
  `INSERT INTO post.post (id, author_id, caption, state, mentioned_ids, audience)
   VALUES ($1, $2, $3, 'PROCESSING', $4, $5)
   RETURNING ${COLUMNS}`,
).narrow<PostStates>();

export async function insertPost(
  tx: Executor,
  post: Pick<PostModel, 'id' | 'authorId' | 'caption' | 'audience'> & { mentionedIds: readonly bigint[] },
): Promise<PostModel> {
  const { id, authorId, caption, mentionedIds, audience } = post;
  const [inserted] = await query(tx, POST_INSERT, [id, authorId, caption, mentionedIds, audience]);
  return inserted!;
}

/** The sort key of a published post in its author's list. */
export type ListKey = { publishedMs: bigint; id: bigint };

/**
 * For each author one range scan over the index (author_id, published_at desc, id desc) of posts that are not deleted.
 */
export const LIST_PUBLISHED = statementFor('post_list', ['forward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT listed.* FROM ${AUTHORS}
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM post.post
    WHERE author_id = author.id AND deleted_at IS NULL AND ${LISTED}
      AND (published_at, id) ${comparison} (to_timestamp($2::numeric / 1000), $3)
    ORDER BY published_at ${order}, id ${order} LIMIT $4
  ) AS listed
  ORDER BY "publishedAt" ${order}, id ${order}`;
});

/**
 * Published posts: for each author up to `limit`, all beside the same key. The newest comes first, or last if read
 * backward.
 */
export function listPublished(
  executor: Executor,
  authors: readonly ListAuthor[],
  from: ListKey | null,
  direction: Direction,
  limit: number,
  viewerId: bigint,
): Promise<PostModel[]> {
  const { publishedMs, id } = from ?? { publishedMs: EDGE_MS[direction], id: DESCENDING[direction].edge };
  const list = LIST_PUBLISHED(direction).narrow<PostStates>();
  const [authorIds, showCloseFriends] = columnsOf(authors);
  return query(executor, list, [authorIds, publishedMs, id, limit, viewerId, showCloseFriends]);
}

/**
 * One range scan for each author over the primary key (author_id, id). If published posts are excluded, the scan uses
 * the index of unpublished posts, which finds a few failed posts among thousands.
 */
const listInStates = (where: string) => (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT listed.* FROM ${AUTHORS}
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM post.post
    WHERE author_id = author.id AND id ${comparison} $2 AND state = ANY($3) ${where}
      AND deleted_at IS NULL AND ${LISTED}
    ORDER BY id ${order} LIMIT $4
  ) AS listed
  ORDER BY id ${order}`;
};

const POST_LIST_CREATED = statementFor('post_list_created', ['forward'], listInStates(''));
const POST_LIST_UNPUBLISHED = statementFor(
  'post_list_unpublished',
  ['forward'],
  listInStates(`AND state <> 'PUBLISHED'`),
);

/**
 * Posts in these states: for each author up to `limit`, all beside the same id. The last created comes first, or last
 * if read backward.
 */
export function listCreated(
  executor: Executor,
  authors: readonly ListAuthor[],
  states: readonly PostState[],
  read: KeysetRead,
  viewerId: bigint,
): Promise<PostModel[]> {
  const list = states.includes('PUBLISHED') ? POST_LIST_CREATED(read.direction) : POST_LIST_UNPUBLISHED(read.direction);
  const [authorIds, showCloseFriends] = columnsOf(authors);
  const values = [authorIds, startOf(read), states, read.limit, viewerId, showCloseFriends] as const;
  return query(executor, list.narrow<PostStates>(), values);
}

function columnsOf(authors: readonly ListAuthor[]): readonly [bigint[], boolean[]] {
  return [authors.map(({ id }) => id), authors.map(({ showsCloseFriends }) => showsCloseFriends)];
}

export type Published = { publishedAt: Date } & Pick<PostModel, 'caption' | 'mentionedIds' | 'audience'>;

const POST_PUBLISH = statement(
  'post_publish',
  `UPDATE post.post SET state = 'PUBLISHED', published_at = date_trunc('milliseconds', clock_timestamp())
   WHERE author_id = $1 AND id = $2 AND state = 'PROCESSING' AND deleted_at IS NULL
   RETURNING published_at AS "publishedAt!", caption, mentioned_ids AS "mentionedIds!", audience`,
).narrow<Pick<Published, 'audience'>>();

/** @returns what the published event needs, or null if the post was not PROCESSING any more */
export async function markPublished(tx: Executor, authorId: bigint, id: bigint): Promise<Published | null> {
  const [row] = await query(tx, POST_PUBLISH, [authorId, id]);
  return row ?? null;
}

const POST_FAIL = statement(
  'post_fail',
  `UPDATE post.post SET state = 'FAILED', failure_reason = $3
   WHERE author_id = $1 AND id = $2 AND state = 'PROCESSING' AND deleted_at IS NULL RETURNING id`,
);

/** @returns whether the post was still PROCESSING */
export async function markFailed(tx: Executor, authorId: bigint, id: bigint, reason: string): Promise<boolean> {
  const rows = await query(tx, POST_FAIL, [authorId, id, reason]);
  return rows.length > 0;
}

const POST_DELETE = statement(
  'post_delete',
  `WITH locked AS (
     SELECT id FROM post.post WHERE author_id = $1 AND id = ANY($2) AND deleted_at IS NULL ORDER BY id FOR UPDATE)
   UPDATE post.post p SET deleted_at = now() FROM locked WHERE p.author_id = $1 AND p.id = locked.id AND p.deleted_at IS NULL
   RETURNING p.id, p.published_at AS "publishedAt", p.audience`,
).narrow<Pick<PostModel, 'audience'>>();

/** Marks posts as deleted, in the order of their ids to avoid deadlocks. @returns those that were not deleted before */
export function markDeleted(
  tx: Executor,
  authorId: bigint,
  ids: readonly bigint[],
): Promise<Pick<PostModel, 'id' | 'publishedAt' | 'audience'>[]> {
  return query(tx, POST_DELETE, [authorId, ids]);
}

const POST_EXISTS = statement('post_exists', 'SELECT 1 FROM post.post WHERE author_id = $1 AND id = $2');

export async function postExists(executor: Executor, authorId: bigint, id: bigint): Promise<boolean> {
  return (await query(executor, POST_EXISTS, [authorId, id])).length > 0;
}

const POST_RESTRICT = statement(
  'post_restrict',
  `UPDATE post.post SET restriction = $2, restriction_id = $3
   WHERE id = $1 AND restriction_id < $3 AND deleted_at IS NULL RETURNING id`,
);

/** @returns whether the post exists, and no decision that is as new was in effect */
export async function setRestriction(
  executor: Executor,
  id: bigint,
  restriction: ContentRestriction,
  decisionId: bigint,
): Promise<boolean> {
  return (await query(executor, POST_RESTRICT, [id, restriction, decisionId])).length > 0;
}
