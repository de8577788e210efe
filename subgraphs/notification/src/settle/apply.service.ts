import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { CauseKey, CauseWord } from '#cause/cause.model.ts';
import { type CausePlace, listOfActor, listShownOf } from '#cause/cause.repository.ts';
import { findMentions, putComments, putMentions } from '#comment/comment.repository.ts';
import { type CommentFacts, type Mention, wordsOf } from '#comment/comment.rules.ts';
import type { LivePublisher } from '#live/live.publisher.ts';
import { lockReaders } from '#reader/reader.repository.ts';
import { findGone } from '#target/gone.repository.ts';
import type { UnreadStore } from '#unread/unread.store.ts';
import { lanesOf } from './lanes.rules.ts';
import { newestWords } from './settle.rules.ts';
import { type Outcome, type SettleService, targetsOf } from './settle.service.ts';

/** Everything here can run twice, and in any order. */
export type ApplyService = {
  words(words: readonly CauseWord[], signal: AbortSignal): Promise<void>;
  /** @param comments each once @param mentions each once per comment, of these comments only */
  comments(comments: readonly CommentFacts[], mentions: readonly Mention[], signal: AbortSignal): Promise<void>;
  /** Looks again at all that one person did for another, after something between them changed. */
  reviewPair(recipientId: bigint, actorId: bigint, signal: AbortSignal): Promise<void>;
  /** Withdraws all that is about posts and comments that are noted as gone. */
  reviewGone(targetIds: readonly bigint[], signal: AbortSignal): Promise<void>;
};

/** Rows that a statement takes in some 50 ms. */
const AT_ONCE = 1000;
/** Comments have up to 22 recipients each. */
const COMMENTS_AT_ONCE = 50;

/** What is written in transactions of a bounded size, and shown once it is committed. */
export function createApplyService(deps: {
  pool: pg.Pool;
  settling: SettleService;
  unread: UnreadStore;
  live: LivePublisher;
}): ApplyService {
  const { pool, settling, unread, live } = deps;

  const commit = async (work: (tx: pg.PoolClient) => Promise<Outcome>): Promise<void> => {
    const { readers, told } = await transaction(pool, work);
    // Both on one connection: who hears the signal finds the new count.
    await Promise.all([
      unread.publish(readers),
      live.signal(told.map(({ group, changeId }) => ({ recipientId: group.recipientId, changeId }))),
    ]);
  };

  /** Something may be noted as gone while what is about it is written: either that sees these rows, or it is seen here. */
  const lookForGone = async (about: readonly Pick<CauseWord, 'postId' | 'commentId'>[], signal: AbortSignal) => {
    const gone = await findGone(pool, targetsOf(about));
    if (gone.size > 0) await reviewGone([...gone], signal);
  };

  const review = async <Key extends CauseKey>(
    list: (tx: pg.PoolClient, after: Key | null) => Promise<Key[]>,
    signal: AbortSignal,
  ): Promise<void> => {
    for (let after: Key | null = null, length = AT_ONCE; length === AT_ONCE; ) {
      signal.throwIfAborted();
      await commit(async (tx) => {
        const keys = await list(tx, after);
        length = keys.length;
        const outcome = await settling.settle(tx, [], keys);
        after = keys.at(-1) ?? null;
        return outcome;
      });
    }
  };

  const reviewGone: ApplyService['reviewGone'] = async (targetIds, signal) => {
    for (const targetId of targetIds) {
      for (const what of ['post', 'comment'] as const) {
        const list = (tx: pg.PoolClient, after: CauseKey | null) =>
          listShownOf(tx, what, targetId, after ?? { recipientId: 0n, key: '' }, AT_ONCE);
        await review(list, signal);
      }
    }
  };

  const applyInTurn = async (words: readonly CauseWord[], signal: AbortSignal): Promise<void> => {
    for (let from = 0; from < words.length; from += AT_ONCE) {
      signal.throwIfAborted();
      const part = words.slice(from, from + AT_ONCE);
      await commit((tx) => settling.settle(tx, part, []));
      await lookForGone(part, signal);
    }
  };

  return {
    async words(said, signal) {
      const lanes = lanesOf(newestWords(said), (word) => word.recipientId);
      const ends = await Promise.allSettled(lanes.map((words) => applyInTurn(words, signal)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    },
    async comments(comments, mentions, signal) {
      const byComment = Map.groupBy(mentions, (mention) => mention.commentId);
      for (let from = 0; from < comments.length; from += COMMENTS_AT_ONCE) {
        signal.throwIfAborted();
        const part = comments.slice(from, from + COMMENTS_AT_ONCE);
        const ids = part.map((comment) => comment.id);
        await commit(async (tx) => {
          const known = await putComments(tx, part);
          await putMentions(
            tx,
            ids.flatMap((id) => byComment.get(id) ?? []),
          );
          const all = Map.groupBy(await findMentions(tx, ids), (mention) => mention.commentId);
          return settling.settle(
            tx,
            known.flatMap((comment) => wordsOf(comment, all.get(comment.id) ?? [])),
            [],
          );
        });
        await lookForGone(
          part.map(({ id, postId }) => ({ postId, commentId: id })),
          signal,
        );
      }
    },
    reviewPair: (recipientId, actorId, signal) =>
      review<CausePlace>(async (tx, after) => {
        // Locked first: what someone else is writing for the recipient is then there to be looked at.
        await lockReaders(tx, [recipientId]);
        return listOfActor(tx, recipientId, actorId, after ?? { notificationId: -1n, key: '' }, AT_ONCE);
      }, signal),
    reviewGone,
  };
}
