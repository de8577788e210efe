import type { NewEvent, Outbox } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { type EngagementEvents, MAX_LIKE_CHANGES, type PublishedLikeChange } from '@tintype/schema/events/engagement';
import { createGroupCommit } from './group-commit.ts';
import type { LikeChange } from './like.model.ts';
import type { PendingLikeStore } from './pending-like.store.ts';

export type LikeLog = {
  /** Resolves when the change is committed to the log. The tables are updated later. @throws LogFullError */
  append(change: LikeChange): Promise<void>;
};

/** As many as a process accepts in one or two seconds at most. */
const MAX_WAITING = 10_000;

/**
 * The write path of likes. The outbox is the log from which the table is built. The changes of concurrent requests are
 * committed together as one event, so that one change costs little in the outbox, the relay and the stream.
 */
export function createLikeLog(deps: {
  pool: Executor;
  outbox: Outbox<EngagementEvents>;
  pending: PendingLikeStore;
}): LikeLog {
  const { pool, outbox, pending } = deps;
  const append = createGroupCommit<LikeChange>({
    async commit(changes) {
      await outbox.append(pool, [toLikeEvent(changes)]);
      await pending.put(changes);
    },
    maxItems: MAX_LIKE_CHANGES,
    maxWaiting: MAX_WAITING,
  });
  return { append };
}

/** @param changes at most MAX_LIKE_CHANGES */
export function toLikeEvent(
  changes: readonly LikeChange[],
): NewEvent<EngagementEvents, 'tintype.engagement.like.recorded.v1'> {
  return {
    type: 'tintype.engagement.like.recorded.v1',
    subject: 'likes',
    data: { changes: changes.map(toData) },
  };
}

function toData({ id, userId, target, liked }: LikeChange): PublishedLikeChange {
  return {
    likeId: String(id),
    liked,
    userId: String(userId),
    postId: String(target.postId),
    commentId: target.isComment ? String(target.id) : null,
    authorId: String(target.postAuthorId),
    targetAuthorId: String(target.targetAuthorId),
  };
}
