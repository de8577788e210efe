import { transaction } from '@tintype/postgres';
import type { SignalPublisher } from '@tintype/redis';
import type pg from 'pg';
import type { ActivityChange, ActivityKey } from '#activity/activity.model.ts';
import { type ActivityPosition, listActivitiesByActor, listShownByTarget } from '#activity/activity.repository.ts';
import { latestChanges } from '#activity/activity.rules.ts';
import type { UnreadStore } from '#live/unread.store.ts';
import { findMentions, putComments, putMentions } from '#projection/comment.repository.ts';
import { type CommentProjection, commentActivities, type Mention } from '#projection/comment.rules.ts';
import { findDeletedTargets } from '#projection/deleted-target.repository.ts';
import { partitionByPerson } from './partition.rules.ts';
import { lockRecipients } from './recipient.repository.ts';
import { type ReconcileResult, type ReconcileService, targetsOf } from './reconcile.service.ts';

/** Every method can run twice, and in any order. */
export type ApplyService = {
  applyChanges(changes: readonly ActivityChange[], signal: AbortSignal): Promise<void>;
  /** @param comments each once @param mentions of these comments only, each once per comment */
  applyComments(
    comments: readonly CommentProjection[],
    mentions: readonly Mention[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Checks all activities of one person for one recipient again, after their relationship changed. */
  recheckPair(recipientId: bigint, actorId: bigint, signal: AbortSignal): Promise<void>;
  /** Withdraws everything about posts and comments that are recorded as deleted. */
  withdrawDeleted(targetIds: readonly bigint[], signal: AbortSignal): Promise<void>;
};

/** A statement takes about 50 ms for this many rows. */
const BATCH_SIZE = 1000;
/** Comments have up to 22 recipients each. */
const COMMENT_BATCH_SIZE = 50;

/** Writes in transactions of a bounded size, and announces the changes once they are committed. */
export function createApplyService(deps: {
  pool: pg.Pool;
  reconciler: ReconcileService;
  unread: UnreadStore;
  signals: SignalPublisher;
}): ApplyService {
  const { pool, reconciler, unread, signals } = deps;

  const commit = async (work: (tx: pg.PoolClient) => Promise<ReconcileResult>): Promise<void> => {
    const { recipients, published } = await transaction(pool, work);
    // Both use one connection, so a client that receives the signal reads the new count.
    await Promise.all([
      unread.publish(recipients),
      signals.publish(
        published.map(({ group, changeId }) => ({ subject: String(group.recipientId), version: String(changeId) })),
      ),
    ]);
  };

  /**
   * A target may be deleted while activities about it are written. Either the deletion sees these rows, or this check
   * sees the deletion.
   */
  const withdrawDeletedMeanwhile = async (
    about: readonly Pick<ActivityChange, 'postId' | 'commentId'>[],
    signal: AbortSignal,
  ) => {
    const deleted = await findDeletedTargets(pool, targetsOf(about));
    if (deleted.size > 0) await withdrawDeleted([...deleted], signal);
  };

  const recheck = async <Key extends ActivityKey>(
    list: (tx: pg.PoolClient, after: Key | null) => Promise<Key[]>,
    signal: AbortSignal,
  ): Promise<void> => {
    for (let after: Key | null = null, length = BATCH_SIZE; length === BATCH_SIZE; ) {
      signal.throwIfAborted();
      await commit(async (tx) => {
        const keys = await list(tx, after);
        length = keys.length;
        const result = await reconciler.reconcile(tx, [], keys);
        after = keys.at(-1) ?? null;
        return result;
      });
    }
  };

  const withdrawDeleted: ApplyService['withdrawDeleted'] = async (targetIds, signal) => {
    for (const targetId of targetIds) {
      for (const what of ['post', 'comment'] as const) {
        const list = (tx: pg.PoolClient, after: ActivityKey | null) =>
          listShownByTarget(tx, what, targetId, after ?? { recipientId: 0n, key: '' }, BATCH_SIZE);
        await recheck(list, signal);
      }
    }
  };

  const applyInBatches = async (changes: readonly ActivityChange[], signal: AbortSignal): Promise<void> => {
    for (let from = 0; from < changes.length; from += BATCH_SIZE) {
      signal.throwIfAborted();
      const batch = changes.slice(from, from + BATCH_SIZE);
      await commit((tx) => reconciler.reconcile(tx, batch, []));
      await withdrawDeletedMeanwhile(batch, signal);
    }
  };

  return {
    async applyChanges(changes, signal) {
      const parts = partitionByPerson(latestChanges(changes), (change) => change.recipientId);
      const ends = await Promise.allSettled(parts.map((part) => applyInBatches(part, signal)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    },
    async applyComments(comments, mentions, signal) {
      const byComment = Map.groupBy(mentions, (mention) => mention.commentId);
      for (let from = 0; from < comments.length; from += COMMENT_BATCH_SIZE) {
        signal.throwIfAborted();
        const batch = comments.slice(from, from + COMMENT_BATCH_SIZE);
        const ids = batch.map((comment) => comment.id);
        await commit(async (tx) => {
          const known = await putComments(tx, batch);
          await putMentions(
            tx,
            ids.flatMap((id) => byComment.get(id) ?? []),
          );
          const all = Map.groupBy(await findMentions(tx, ids), (mention) => mention.commentId);
          return reconciler.reconcile(
            tx,
            known.flatMap((comment) => commentActivities(comment, all.get(comment.id) ?? [])),
            [],
          );
        });
        await withdrawDeletedMeanwhile(
          batch.map(({ id, postId }) => ({ postId, commentId: id })),
          signal,
        );
      }
    },
    recheckPair: (recipientId, actorId, signal) =>
      recheck<ActivityPosition>(async (tx, after) => {
        // The lock comes first, so that the list includes what another process is writing for the recipient.
        await lockRecipients(tx, [recipientId]);
        return listActivitiesByActor(tx, recipientId, actorId, after ?? { notificationId: -1n, key: '' }, BATCH_SIZE);
      }, signal),
    withdrawDeleted,
  };
}
