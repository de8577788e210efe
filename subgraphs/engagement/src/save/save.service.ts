import type { Outbox } from '@tintype/events';
import {
  type Connection,
  connection,
  encodeCursor,
  type PageArgs,
  pageArgs,
  type Remember,
  readOf,
} from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type pg from 'pg';
import type { PostModel } from '#entities/entities.model.ts';
import type { CreateCollectionErrorCode, UpdateCollectionErrorCode } from '#generated/graphql.ts';
import type { ErrorCode, StandardCode } from '../errors.ts';
import { COLLECTIONS } from '../limits.ts';
import type { CollectionModel, SavedPost } from './save.model.ts';
import {
  addToCollection,
  collectionExists,
  countCollections,
  deleteCollection,
  deleteCollections,
  deleteSave,
  deleteSaves,
  findCollection,
  insertCollection,
  insertSave,
  listCollections,
  listSaved,
  lockCollection,
  removeFromCollection,
  renameCollection,
} from './save.repository.ts';

type CollectionOutcome<Code extends ErrorCode> = { collection: CollectionModel } | { error: Code & StandardCode };

type NotFound = { error: 'COLLECTION_NOT_FOUND' };

export type SaveService = {
  /** @param collectionId null for no collection */
  save(userId: bigint, post: PostModel, collectionId: bigint | null): Promise<NotFound | null>;
  /** Removes a post from one collection, or with null from everything saved. @returns whether it was there */
  unsave(userId: bigint, postId: bigint, collectionId: bigint | null): Promise<NotFound | { wasSaved: boolean }>;
  create(userId: bigint, name: string, remember: Remember): Promise<CollectionOutcome<CreateCollectionErrorCode>>;
  find(userId: bigint, id: bigint): Promise<CollectionModel | null>;
  rename(userId: bigint, id: bigint, name: string): Promise<CollectionOutcome<UpdateCollectionErrorCode>>;
  remove(userId: bigint, id: bigint): Promise<void>;
  /** @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  collections(userId: bigint, args: PageArgs): Promise<Connection<CollectionModel>>;
  saved(userId: bigint, collectionId: bigint | null, args: PageArgs): Promise<Connection<SavedPost>>;
  hasCollection(userId: bigint, id: bigint): Promise<boolean>;
  /** Unsaves the posts that a person saved last. @returns how many it found */
  unsaveNewest(userId: bigint, limit: number): Promise<number>;
  /** Deletes all collections of a person who has no saved posts left. */
  removeCollections(userId: bigint): Promise<void>;
};

export function createSaveService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  outbox: Outbox<EngagementEvents>;
}): SaveService {
  const { pool, ids, outbox } = deps;

  const publish = (tx: pg.PoolClient, verb: 'created' | 'deleted', userId: bigint, postId: bigint, authorId: bigint) =>
    outbox.append(tx, [toEvent(verb, userId, postId, authorId)]);

  const catchNameTaken = async (
    write: () => Promise<CollectionModel | null>,
  ): Promise<CollectionOutcome<'COLLECTION_NOT_FOUND' | 'COLLECTION_NAME_TAKEN'>> => {
    try {
      const collection = await write();
      return collection ? { collection } : { error: 'COLLECTION_NOT_FOUND' };
    } catch (error) {
      if (!isUniqueViolation(error, 'name_key')) throw error;
      return { error: 'COLLECTION_NAME_TAKEN' };
    }
  };

  return {
    save: (userId, post, collectionId) =>
      transaction(pool, async (tx) => {
        if (collectionId !== null && !(await lockCollection(tx, userId, collectionId))) {
          return { error: 'COLLECTION_NOT_FOUND' as const };
        }
        const save = { userId, postId: post.id, postAuthorId: post.authorId, id: ids.next() };
        if (await insertSave(tx, save)) await publish(tx, 'created', userId, post.id, post.authorId);
        if (collectionId !== null) await addToCollection(tx, { userId, collectionId, postId: post.id, id: ids.next() });
        return null;
      }),
    unsave: (userId, postId, collectionId) =>
      transaction(pool, async (tx) => {
        if (collectionId !== null) {
          if (!(await lockCollection(tx, userId, collectionId))) return { error: 'COLLECTION_NOT_FOUND' as const };
          return { wasSaved: await removeFromCollection(tx, userId, collectionId, postId) };
        }
        const authorId = await deleteSave(tx, userId, postId);
        if (authorId !== null) await publish(tx, 'deleted', userId, postId, authorId);
        return { wasSaved: authorId !== null };
      }),
    async create(userId, name, remember) {
      if ((await countCollections(pool, userId)) >= COLLECTIONS.number) return { error: 'TOO_MANY_COLLECTIONS' };
      return catchNameTaken(() =>
        transaction(pool, async (tx) => {
          const collection = await insertCollection(tx, userId, ids.next(), name);
          if (collection) await remember(tx, [String(collection.id)]);
          return collection;
        }),
      );
    },
    find: (userId, id) => findCollection(pool, userId, id),
    rename: (userId, id, name) => catchNameTaken(() => renameCollection(pool, userId, id, name)),
    async remove(userId, id) {
      await transaction(pool, (tx) => deleteCollection(tx, userId, id));
    },
    async collections(userId, args) {
      const page = pageArgs(args, `collections:${userId}`, 1);
      const rows = await listCollections(pool, userId, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        (row) => encodeCursor(page.kind, [row.id]),
      );
    },
    async saved(userId, collectionId, args) {
      const page = pageArgs(args, `savedPosts:${userId}:${collectionId ?? ''}`, 1);
      const rows = await listSaved(pool, userId, collectionId, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        (row) => encodeCursor(page.kind, [row.id]),
      );
    },
    hasCollection: (userId, id) => collectionExists(pool, userId, id),
    async unsaveNewest(userId, limit) {
      const saved = await listSaved(pool, userId, null, { from: undefined, direction: 'forward', limit });
      const postIds = saved.map((save) => save.postId);
      if (postIds.length > 0) {
        await transaction(pool, async (tx) => {
          const deleted = await deleteSaves(tx, userId, postIds);
          await outbox.append(
            tx,
            deleted.map(({ postId, authorId }) => toEvent('deleted', userId, postId, authorId)),
          );
        });
      }
      return postIds.length;
    },
    removeCollections: (userId) => transaction(pool, (tx) => deleteCollections(tx, userId)),
  };
}

function toEvent(verb: 'created' | 'deleted', userId: bigint, postId: bigint, authorId: bigint) {
  return {
    type: `tintype.engagement.save.${verb}.v1` as const,
    subject: `${userId}:${postId}`,
    data: { userId: String(userId), postId: String(postId), authorId: String(authorId) },
  };
}
