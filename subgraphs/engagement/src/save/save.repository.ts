import { type Executor, query } from '@tintype/postgres';
import type { CollectionModel, SavedPost } from './save.model.ts';
import { nameKeyOf } from './save.rules.ts';

const COLLECTION = 'id, name, created_at AS "createdAt"';
const MAX = 2n ** 63n - 1n;

/** Those of these posts that a person saved. */
export async function findSaved(executor: Executor, userId: bigint, postIds: readonly bigint[]): Promise<bigint[]> {
  const text = 'SELECT post_id AS id FROM engagement.save WHERE user_id = $1 AND post_id = ANY($2)';
  return (await query<{ id: bigint }>(executor, 'save_find', text, [userId, postIds])).map((row) => row.id);
}

/** @returns whether it was not saved before */
export async function insertSave(
  tx: Executor,
  save: { userId: bigint; postId: bigint; postAuthorId: bigint; id: bigint },
): Promise<boolean> {
  const text = `INSERT INTO engagement.save (user_id, post_id, post_author_id, id) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING id`;
  return (await query(tx, 'save_insert', text, [save.userId, save.postId, save.postAuthorId, save.id])).length > 0;
}

/** Takes a post out of all that is saved, collections too. @returns the author of the post; null where it was not saved */
export async function deleteSave(tx: Executor, userId: bigint, postId: bigint): Promise<bigint | null> {
  const out = 'DELETE FROM engagement.collection_post WHERE user_id = $1 AND post_id = $2';
  await query(tx, 'save_uncollect', out, [userId, postId]);
  const text = `DELETE FROM engagement.save WHERE user_id = $1 AND post_id = $2 RETURNING post_author_id AS "authorId"`;
  return (await query<{ authorId: bigint }>(tx, 'save_delete', text, [userId, postId]))[0]?.authorId ?? null;
}

/** Takes posts out of all that a person saved, collections too. @returns those that were there */
export async function deleteSaves(
  tx: Executor,
  userId: bigint,
  postIds: readonly bigint[],
): Promise<{ postId: bigint; authorId: bigint }[]> {
  const out = 'DELETE FROM engagement.collection_post WHERE user_id = $1 AND post_id = ANY($2)';
  await query(tx, 'save_uncollect_all', out, [userId, postIds]);
  const text = `DELETE FROM engagement.save WHERE user_id = $1 AND post_id = ANY($2)
    RETURNING post_id AS "postId", post_author_id AS "authorId"`;
  return query(tx, 'save_delete_all', text, [userId, postIds]);
}

/** All collections of a person, with what may be left in them. */
export async function deleteCollections(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, 'collection_delete_all', 'DELETE FROM engagement.collection WHERE user_id = $1', [userId]);
  await query(tx, 'collection_empty_all', 'DELETE FROM engagement.collection_post WHERE user_id = $1', [userId]);
}

export async function putInto(
  tx: Executor,
  place: { userId: bigint; collectionId: bigint; postId: bigint; id: bigint },
): Promise<void> {
  const text = `INSERT INTO engagement.collection_post (user_id, collection_id, post_id, id) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING`;
  await query(tx, 'collection_put', text, [place.userId, place.collectionId, place.postId, place.id]);
}

/** @returns whether it was in the collection */
export async function takeOut(tx: Executor, userId: bigint, collectionId: bigint, postId: bigint): Promise<boolean> {
  const text = `DELETE FROM engagement.collection_post WHERE user_id = $1 AND collection_id = $2 AND post_id = $3
    RETURNING post_id`;
  return (await query(tx, 'collection_take', text, [userId, collectionId, postId])).length > 0;
}

/** Locks a collection, so that it is not deleted meanwhile. */
export async function lockCollection(tx: Executor, userId: bigint, id: bigint): Promise<boolean> {
  const text = 'SELECT 1 FROM engagement.collection WHERE user_id = $1 AND id = $2 FOR SHARE';
  return (await query(tx, 'collection_lock', text, [userId, id])).length > 0;
}

export async function collectionExists(executor: Executor, userId: bigint, id: bigint): Promise<boolean> {
  const text = 'SELECT 1 FROM engagement.collection WHERE user_id = $1 AND id = $2';
  return (await query(executor, 'collection_exists', text, [userId, id])).length > 0;
}

export async function countCollections(tx: Executor, userId: bigint): Promise<number> {
  const text = 'SELECT count(*)::int AS count FROM engagement.collection WHERE user_id = $1';
  return (await query<{ count: number }>(tx, 'collection_count', text, [userId]))[0]!.count;
}

/** @returns null where the person is erased @throws unique violation on name_key */
export async function insertCollection(
  tx: Executor,
  userId: bigint,
  id: bigint,
  name: string,
): Promise<CollectionModel | null> {
  const text = `INSERT INTO engagement.collection (user_id, id, name, name_key) SELECT $1::bigint, $2::bigint, $3, $4
    WHERE NOT EXISTS (SELECT FROM engagement.erased_person WHERE user_id = $1) RETURNING ${COLLECTION}`;
  return (await query<CollectionModel>(tx, 'collection_insert', text, [userId, id, name, nameKeyOf(name)]))[0] ?? null;
}

export async function findCollection(executor: Executor, userId: bigint, id: bigint): Promise<CollectionModel | null> {
  const text = `SELECT ${COLLECTION} FROM engagement.collection WHERE user_id = $1 AND id = $2`;
  return (await query<CollectionModel>(executor, 'collection_find', text, [userId, id]))[0] ?? null;
}

/** @throws unique violation on name_key */
export async function renameCollection(
  executor: Executor,
  userId: bigint,
  id: bigint,
  name: string,
): Promise<CollectionModel | null> {
  const text = `UPDATE engagement.collection SET name = $3, name_key = $4 WHERE user_id = $1 AND id = $2
    RETURNING ${COLLECTION}`;
  const rows = await query<CollectionModel>(executor, 'collection_rename', text, [userId, id, name, nameKeyOf(name)]);
  return rows[0] ?? null;
}

export async function deleteCollection(tx: Executor, userId: bigint, id: bigint): Promise<boolean> {
  const text = 'DELETE FROM engagement.collection WHERE user_id = $1 AND id = $2 RETURNING id';
  const deleted = (await query(tx, 'collection_delete', text, [userId, id])).length > 0;
  const posts = 'DELETE FROM engagement.collection_post WHERE user_id = $1 AND collection_id = $2';
  if (deleted) await query(tx, 'collection_empty', posts, [userId, id]);
  return deleted;
}

/** Each is one range scan over (owner, …, id desc). */
export const SAVE_LISTS = {
  collections: `SELECT ${COLLECTION} FROM engagement.collection WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
  saved: `SELECT post_id AS "postId", id FROM engagement.save WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
  collected: `SELECT post_id AS "postId", id FROM engagement.collection_post
    WHERE user_id = $1 AND collection_id = $4 AND id < $2 ORDER BY id DESC LIMIT $3`,
} as const;

export function listCollections(
  executor: Executor,
  userId: bigint,
  after: bigint | undefined,
  limit: number,
): Promise<CollectionModel[]> {
  return query(executor, 'collection_list', SAVE_LISTS.collections, [userId, after ?? MAX, limit]);
}

export function listSaved(
  executor: Executor,
  userId: bigint,
  collectionId: bigint | null,
  after: bigint | undefined,
  limit: number,
): Promise<SavedPost[]> {
  const values = [userId, after ?? MAX, limit];
  if (collectionId === null) return query(executor, 'save_list', SAVE_LISTS.saved, values);
  return query(executor, 'collection_posts', SAVE_LISTS.collected, [...values, collectionId]);
}
