import {
  DESCENDING,
  type Direction,
  type Executor,
  type KeysetRead,
  query,
  startOf,
  statement,
  statementFor,
} from '@tintype/postgres';
import type { CollectionModel, SavedPost } from './save.model.ts';
import { nameKeyOf } from './save.rules.ts';

const COLLECTION = 'id, name, created_at AS "createdAt"';

const SAVE_INSERT = statement(
  'save_insert',
  `INSERT INTO engagement.save (user_id, post_id, post_author_id, id) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING id`,
);

/** @returns false if it was saved before */
export async function insertSave(
  tx: Executor,
  save: { userId: bigint; postId: bigint; postAuthorId: bigint; id: bigint },
): Promise<boolean> {
  return (await query(tx, SAVE_INSERT, [save.userId, save.postId, save.postAuthorId, save.id])).length > 0;
}

const SAVE_REMOVE_FROM_COLLECTIONS = statement(
  'save_remove_from_collections',
  'DELETE FROM engagement.collection_post WHERE user_id = $1 AND post_id = $2',
);
const SAVE_DELETE = statement(
  'save_delete',
  `DELETE FROM engagement.save WHERE user_id = $1 AND post_id = $2 RETURNING post_author_id AS "authorId"`,
);

/** Unsaves a post and removes it from all collections. @returns the author of the post, or null if it was not saved */
export async function deleteSave(tx: Executor, userId: bigint, postId: bigint): Promise<bigint | null> {
  await query(tx, SAVE_REMOVE_FROM_COLLECTIONS, [userId, postId]);
  return (await query(tx, SAVE_DELETE, [userId, postId]))[0]?.authorId ?? null;
}

const SAVE_REMOVE_FROM_COLLECTIONS_ALL = statement(
  'save_remove_from_collections_all',
  'DELETE FROM engagement.collection_post WHERE user_id = $1 AND post_id = ANY($2)',
);
const SAVE_DELETE_ALL = statement(
  'save_delete_all',
  `DELETE FROM engagement.save WHERE user_id = $1 AND post_id = ANY($2)
  RETURNING post_id AS "postId", post_author_id AS "authorId"`,
);

/** Unsaves posts and removes them from all collections. @returns those that were saved */
export async function deleteSaves(
  tx: Executor,
  userId: bigint,
  postIds: readonly bigint[],
): Promise<{ postId: bigint; authorId: bigint }[]> {
  await query(tx, SAVE_REMOVE_FROM_COLLECTIONS_ALL, [userId, postIds]);
  return query(tx, SAVE_DELETE_ALL, [userId, postIds]);
}

const COLLECTION_DELETE_ALL = statement(
  'collection_delete_all',
  'DELETE FROM engagement.collection WHERE user_id = $1',
);
const COLLECTION_EMPTY_ALL = statement(
  'collection_empty_all',
  'DELETE FROM engagement.collection_post WHERE user_id = $1',
);

/** Deletes all collections of a person and their content. */
export async function deleteCollections(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, COLLECTION_DELETE_ALL, [userId]);
  await query(tx, COLLECTION_EMPTY_ALL, [userId]);
}

const COLLECTION_ADD_POST = statement(
  'collection_add_post',
  `INSERT INTO engagement.collection_post (user_id, collection_id, post_id, id) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING`,
);

export async function addToCollection(
  tx: Executor,
  added: { userId: bigint; collectionId: bigint; postId: bigint; id: bigint },
): Promise<void> {
  await query(tx, COLLECTION_ADD_POST, [added.userId, added.collectionId, added.postId, added.id]);
}

const COLLECTION_REMOVE_POST = statement(
  'collection_remove_post',
  `DELETE FROM engagement.collection_post WHERE user_id = $1 AND collection_id = $2 AND post_id = $3
  RETURNING post_id`,
);

/** @returns whether it was in the collection */
export async function removeFromCollection(
  tx: Executor,
  userId: bigint,
  collectionId: bigint,
  postId: bigint,
): Promise<boolean> {
  return (await query(tx, COLLECTION_REMOVE_POST, [userId, collectionId, postId])).length > 0;
}

const COLLECTION_LOCK = statement(
  'collection_lock',
  'SELECT 1 FROM engagement.collection WHERE user_id = $1 AND id = $2 FOR SHARE',
);

/** Locks a collection, so that it cannot be deleted concurrently. @returns whether it exists */
export async function lockCollection(tx: Executor, userId: bigint, id: bigint): Promise<boolean> {
  return (await query(tx, COLLECTION_LOCK, [userId, id])).length > 0;
}

const COLLECTION_EXISTS = statement(
  'collection_exists',
  'SELECT 1 FROM engagement.collection WHERE user_id = $1 AND id = $2',
);

export async function collectionExists(executor: Executor, userId: bigint, id: bigint): Promise<boolean> {
  return (await query(executor, COLLECTION_EXISTS, [userId, id])).length > 0;
}

const COLLECTION_COUNT = statement(
  'collection_count',
  'SELECT count(*)::int AS "count!" FROM engagement.collection WHERE user_id = $1',
);

export async function countCollections(tx: Executor, userId: bigint): Promise<number> {
  return (await query(tx, COLLECTION_COUNT, [userId]))[0]!.count;
}

const COLLECTION_INSERT = statement(
  'collection_insert',
  `INSERT INTO engagement.collection (user_id, id, name, name_key) SELECT $1::bigint, $2::bigint, $3, $4
  WHERE NOT EXISTS (SELECT FROM engagement.erased_person WHERE user_id = $1) RETURNING ${COLLECTION}`,
);

/** @returns null if the person has been erased @throws unique violation on name_key */
export async function insertCollection(
  tx: Executor,
  userId: bigint,
  id: bigint,
  name: string,
): Promise<CollectionModel | null> {
  return (await query(tx, COLLECTION_INSERT, [userId, id, name, nameKeyOf(name)]))[0] ?? null;
}

const COLLECTION_FIND = statement(
  'collection_find',
  `SELECT ${COLLECTION} FROM engagement.collection WHERE user_id = $1 AND id = $2`,
);

export async function findCollection(executor: Executor, userId: bigint, id: bigint): Promise<CollectionModel | null> {
  return (await query(executor, COLLECTION_FIND, [userId, id]))[0] ?? null;
}

const COLLECTION_FIND_MANY = statement(
  'collection_find_many',
  `SELECT ${COLLECTION} FROM engagement.collection WHERE user_id = $1 AND id = ANY($2)`,
);

/** Those of these collections that a person has. */
export function findCollections(
  executor: Executor,
  userId: bigint,
  ids: readonly bigint[],
): Promise<CollectionModel[]> {
  return query(executor, COLLECTION_FIND_MANY, [userId, ids]);
}

const COLLECTION_RENAME = statement(
  'collection_rename',
  `UPDATE engagement.collection SET name = $3, name_key = $4 WHERE user_id = $1 AND id = $2
  RETURNING ${COLLECTION}`,
);

/** @throws unique violation on name_key */
export async function renameCollection(
  executor: Executor,
  userId: bigint,
  id: bigint,
  name: string,
): Promise<CollectionModel | null> {
  const rows = await query(executor, COLLECTION_RENAME, [userId, id, name, nameKeyOf(name)]);
  return rows[0] ?? null;
}

const COLLECTION_DELETE = statement(
  'collection_delete',
  'DELETE FROM engagement.collection WHERE user_id = $1 AND id = $2 RETURNING id',
);
const COLLECTION_EMPTY = statement(
  'collection_empty',
  'DELETE FROM engagement.collection_post WHERE user_id = $1 AND collection_id = $2',
);

export async function deleteCollection(tx: Executor, userId: bigint, id: bigint): Promise<boolean> {
  const deleted = (await query(tx, COLLECTION_DELETE, [userId, id])).length > 0;
  if (deleted) await query(tx, COLLECTION_EMPTY, [userId, id]);
  return deleted;
}

/** Each is one range scan over (owner, …, id desc). */
export const SAVE_LISTS = {
  collections: statementFor(
    'collection_list',
    ['forward'],
    (direction: Direction) => `SELECT ${COLLECTION} FROM engagement.collection WHERE user_id = $1 ${pageBy(direction)}`,
  ),
  saved: statementFor(
    'save_list',
    ['forward'],
    (direction: Direction) =>
      `SELECT post_id AS "postId", id FROM engagement.save WHERE user_id = $1 ${pageBy(direction)}`,
  ),
  collected: statementFor(
    'collection_posts',
    ['forward'],
    (direction: Direction) => `SELECT post_id AS "postId", id FROM engagement.collection_post
      WHERE user_id = $1 AND collection_id = $4 ${pageBy(direction)}`,
  ),
};

function pageBy(direction: Direction): string {
  const { comparison, order } = DESCENDING[direction];
  return `AND id ${comparison} $2 ORDER BY id ${order} LIMIT $3`;
}

export function listCollections(executor: Executor, userId: bigint, read: KeysetRead): Promise<CollectionModel[]> {
  return query(executor, SAVE_LISTS.collections(read.direction), [userId, startOf(read), read.limit]);
}

export function listSaved(
  executor: Executor,
  userId: bigint,
  collectionId: bigint | null,
  read: KeysetRead,
): Promise<SavedPost[]> {
  const values = [userId, startOf(read), read.limit] as const;
  if (collectionId === null) return query(executor, SAVE_LISTS.saved(read.direction), values);
  return query(executor, SAVE_LISTS.collected(read.direction), [...values, collectionId]);
}
