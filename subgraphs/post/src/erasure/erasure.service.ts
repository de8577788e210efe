import { type ErasureStep, findErased, noteErased } from '@tintype/events';
import type { Idempotency } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import type pg from 'pg';
import type { PostPublisher } from '#post/post.publisher.ts';
import { removePosts } from '#post/remove-posts.ts';
import { incomingKey } from '#upload/upload.rules.ts';
import { emptyPosts, endUploads, listLeftPosts, listOpenUploads, listSaying } from './erasure.repository.ts';

type Deps = {
  pool: pg.Pool;
  idempotency: Pick<Idempotency, 'erase'>;
  store: Pick<ObjectStore, 'remove'>;
  publisher: PostPublisher;
};

/** Each may take counts of thirty hashtags and ninety pairs with it. */
const POSTS_AT_ONCE = 50;

/**
 * What this subgraph has of a person whose account is deleted. A post that somebody was writing meanwhile is found: either its row is
 * there when posts are looked for, or the media worker, which gets every new post, finds its author erased (`removeLate`).
 */
export function createErasureSteps({ pool, idempotency, store, publisher }: Deps): ErasureStep[] {
  return [
    {
      name: 'mark',
      async next(userId) {
        await noteErased(pool, 'post', userId);
        return 0;
      },
    },
    {
      name: 'posts',
      most: POSTS_AT_ONCE,
      async next(userId, limit) {
        const ids = await listLeftPosts(pool, userId, limit);
        if (ids.length > 0) await transaction(pool, (tx) => removePosts(tx, publisher, userId, ids));
        return ids.length;
      },
    },
    {
      name: 'texts',
      async next(userId, limit) {
        const ids = await listSaying(pool, userId, limit);
        if (ids.length > 0) await transaction(pool, (tx) => emptyPosts(tx, userId, ids));
        return ids.length;
      },
    },
    {
      name: 'uploads',
      async next(userId, limit) {
        const uploads = await listOpenUploads(pool, userId, limit);
        // The rows last: what is interrupted between the two is found again.
        for (const { objectKey } of uploads) await store.remove(incomingKey(objectKey));
        const ids = uploads.map((upload) => upload.id);
        if (ids.length > 0) await endUploads(pool, userId, ids);
        return uploads.length;
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

export type RemoveLate = (authorId: bigint, postId: bigint) => Promise<boolean>;

/** Removes a new post whose author is erased. @returns whether it did */
export function createRemoveLate({ pool, publisher }: Pick<Deps, 'pool' | 'publisher'>): RemoveLate {
  return async (authorId, postId) => {
    if (!(await findErased(pool, 'post', [authorId])).has(authorId)) return false;
    await transaction(pool, async (tx) => {
      await removePosts(tx, publisher, authorId, [postId]);
      await emptyPosts(tx, authorId, [postId]);
    });
    return true;
  };
}
