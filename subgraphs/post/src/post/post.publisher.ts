import type { Outbox } from '@tintype/events';
import type { PostEvents } from '@tintype/schema/events/post';
import type pg from 'pg';

export type PostPublisher = {
  /** Tells of a post, in the transaction that changed it and after its row was written. */
  tell<Type extends Exclude<keyof PostEvents, 'tintype.post.avatar.processed.v1'>>(
    tx: pg.PoolClient,
    type: Type,
    data: PostEvents[Type],
  ): Promise<void>;
  /** The same of many posts that were deleted. */
  deleted(tx: pg.PoolClient, posts: readonly PostEvents['tintype.post.post.deleted.v1'][]): Promise<void>;
  avatarProcessed(tx: pg.PoolClient, data: PostEvents['tintype.post.avatar.processed.v1']): Promise<void>;
};

export function createPostPublisher(outbox: Outbox): PostPublisher {
  return {
    tell: (tx, type, data) => outbox.append(tx, [{ type, subject: data.postId, data }]),
    deleted: (tx, posts) =>
      outbox.append(
        tx,
        posts.map((data) => ({ type: 'tintype.post.post.deleted.v1', subject: data.postId, data })),
      ),
    avatarProcessed: (tx, data) =>
      outbox.append(tx, [{ type: 'tintype.post.avatar.processed.v1', subject: data.userId, data }]),
  };
}
