import type { Outbox } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import { createGroupCommit } from './group-commit.ts';
import type { LikeChange } from './like.model.ts';
import type { PendingStore } from './pending.store.ts';

export type LikeLog = {
  /** Resolves when the word is on disk in the log; the tables follow. @throws LogFullError */
  append(change: LikeChange): Promise<void>;
};

/** One statement of so many rows takes some 15 ms: longer ones would make everyone wait for everyone. */
const MAX_ITEMS = 500;
/** A second or two of the most that a process takes in. */
const MAX_WAITING = 10_000;

/**
 * The write path of likes. A word is one row of the outbox, which is the log from which the table is made; one statement commits those
 * of many requests.
 */
export function createLikeLog(deps: { pool: Executor; outbox: Outbox; pending: PendingStore }): LikeLog {
  const { pool, outbox, pending } = deps;
  const append = createGroupCommit<LikeChange>({
    async commit(changes) {
      await outbox.append(pool, changes.map(toEvent));
      await pending.put(changes);
    },
    maxItems: MAX_ITEMS,
    maxWaiting: MAX_WAITING,
  });
  return { append };
}

function toEvent({ id, userId, target, liked }: LikeChange) {
  const data: EngagementEvents['tintype.engagement.like.created.v1'] = {
    likeId: String(id),
    userId: String(userId),
    postId: String(target.postId),
    authorId: String(target.postAuthorId),
    commentId: target.isComment ? String(target.id) : null,
    ownerId: String(target.ownerId),
  };
  const type = liked ? 'tintype.engagement.like.created.v1' : 'tintype.engagement.like.deleted.v1';
  return { type, subject: `${userId}:${target.id}`, data };
}
