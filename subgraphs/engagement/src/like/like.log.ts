import type { Outbox } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { type EngagementEvents, type LikeWord, MAX_WORDS } from '@tintype/schema/events/engagement';
import { createGroupCommit } from './group-commit.ts';
import type { LikeChange } from './like.model.ts';
import type { PendingStore } from './pending.store.ts';

export type LikeLog = {
  /** Resolves when the word is on disk in the log; the tables follow. @throws LogFullError */
  append(change: LikeChange): Promise<void>;
};

/** A second or two of the most that a process takes in. */
const MAX_WAITING = 10_000;

/**
 * The write path of likes. The outbox is the log from which their table is made; the words of many requests are one event in it, in one
 * commit, so that a word costs next to nothing on its way through outbox, relay and stream.
 */
export function createLikeLog(deps: { pool: Executor; outbox: Outbox; pending: PendingStore }): LikeLog {
  const { pool, outbox, pending } = deps;
  const append = createGroupCommit<LikeChange>({
    async commit(changes) {
      await outbox.append(pool, [toLikeEvent(changes)]);
      await pending.put(changes);
    },
    maxItems: MAX_WORDS,
    maxWaiting: MAX_WAITING,
  });
  return { append };
}

/** @param changes at most MAX_WORDS */
export function toLikeEvent(changes: readonly LikeChange[]) {
  const data: EngagementEvents['tintype.engagement.like.recorded.v1'] = { words: changes.map(toWord) };
  return { type: 'tintype.engagement.like.recorded.v1', subject: 'likes', data };
}

function toWord({ id, userId, target, liked }: LikeChange): LikeWord {
  return {
    likeId: String(id),
    liked,
    userId: String(userId),
    postId: String(target.postId),
    commentId: target.isComment ? String(target.id) : null,
    authorId: String(target.postAuthorId),
    ownerId: String(target.ownerId),
  };
}
