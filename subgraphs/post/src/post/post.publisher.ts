import type { Outbox } from '@tintype/events';
import type { PostEvents } from '@tintype/schema/events/post';
import type pg from 'pg';

export type PostPublisher = {
  /** Call it in the transaction that changed the post, after the post was written. */
  publish<Type extends Exclude<keyof PostEvents, 'tintype.post.avatar.processed.v1'>>(
    tx: pg.PoolClient,
    type: Type,
    data: PostEvents[Type],
  ): Promise<void>;
  /** Publishes the deletion of many posts at once. */
  publishDeleted(tx: pg.PoolClient, posts: readonly PostEvents['tintype.post.post.deleted.v1'][]): Promise<void>;
  publishAvatar(tx: pg.PoolClient, data: PostEvents['tintype.post.avatar.processed.v1']): Promise<void>;
};

export function createPostPublisher(outbox: Outbox<PostEvents>): PostPublisher {
  return {
    publish: (tx, type, data) => outbox.append(tx, [{ type, subject: data.postId, data }]),
    publishDeleted: (tx, posts) =>
      outbox.append(
        tx,
        posts.map((data) => ({ type: 'tintype.post.post.deleted.v1', subject: data.postId, data })),
      ),
    publishAvatar: (tx, data) =>
      outbox.append(tx, [{ type: 'tintype.post.avatar.processed.v1', subject: data.userId, data }]),
  };
}
