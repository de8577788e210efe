import { addErasedPerson, type ErasureStep, findErasedPeople } from '@tintype/events';
import type { Idempotency } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import type { SignalPublisher } from '@tintype/redis';
import type { ObjectStore } from '@tintype/s3';
import type pg from 'pg';
import type { PostPublisher } from '#post/post.publisher.ts';
import { removePosts } from '#post/remove-posts.ts';
import { incomingKey } from '#upload/upload.rules.ts';
import {
  clearTexts,
  expireUploads,
  listDeletedWithText,
  listRemainingPosts,
  listUsableUploads,
} from './erasure.repository.ts';

type Deps = {
  pool: pg.Pool;
  idempotency: Pick<Idempotency, 'erase'>;
  store: Pick<ObjectStore, 'remove'>;
  publisher: PostPublisher;
  signals: SignalPublisher;
};

/** Deleting one post may change the counts of thirty hashtags and ninety pairs of hashtags. */
const POSTS_AT_ONCE = 50;

/**
 * The steps that remove everything of a deleted account from this subgraph. A post that is created at the same time is
 * removed, too: either its row exists when the steps list posts, or the media worker, which handles every new post,
 * calls `removeIfErased`.
 */
export function createErasureSteps({ pool, idempotency, store, publisher, signals }: Deps): ErasureStep[] {
  return [
    {
      name: 'mark',
      async next(userId) {
        await addErasedPerson(pool, 'post', userId);
        return 0;
      },
    },
    {
      name: 'posts',
      most: POSTS_AT_ONCE,
      async next(userId, limit) {
        const ids = await listRemainingPosts(pool, userId, limit);
        if (ids.length > 0) await transaction(pool, (tx) => removePosts(tx, publisher, userId, ids));
        await signals.publish(ids.map((id) => ({ subject: String(id), version: 'DELETED' })));
        return ids.length;
      },
    },
    {
      name: 'texts',
      async next(userId, limit) {
        const ids = await listDeletedWithText(pool, userId, limit);
        if (ids.length > 0) await transaction(pool, (tx) => clearTexts(tx, userId, ids));
        return ids.length;
      },
    },
    {
      name: 'uploads',
      async next(userId, limit) {
        const ids = await listUsableUploads(pool, userId, limit);
        // Update the rows last: if the step is interrupted, the next run finds the uploads again.
        for (const id of ids) await store.remove(incomingKey({ ownerId: userId, id }));
        if (ids.length > 0) await expireUploads(pool, userId, ids);
        return ids.length;
      },
    },
    {
      name: 'idempotency keys',
      async next(userId) {
        await idempotency.erase(pool, userId);
        return 0;
      },
    },
  ];
}

export type RemoveIfErased = (authorId: bigint, postId: bigint) => Promise<boolean>;

/** Removes a new post if the account of its author is erased. @returns whether it removed the post */
export function createRemoveIfErased({ pool, publisher }: Pick<Deps, 'pool' | 'publisher'>): RemoveIfErased {
  return async (authorId, postId) => {
    if (!(await findErasedPeople(pool, 'post', [authorId])).has(authorId)) return false;
    await transaction(pool, async (tx) => {
      await removePosts(tx, publisher, authorId, [postId]);
      await clearTexts(tx, authorId, [postId]);
    });
    return true;
  };
}
