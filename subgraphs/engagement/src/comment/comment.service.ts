import type { Remember, SubgraphClient } from '@tintype/graphql';
import { findMentioned } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { findDisabled, findWords } from '#comment-settings/comment-settings.repository.ts';
import type { PostModel } from '#entities/entities.model.ts';
import type {
  CreateCommentErrorCode,
  PinCommentErrorCode,
  UnpinCommentErrorCode,
  UpdateCommentErrorCode,
} from '#generated/graphql.ts';
import type { ErrorCode, StandardCode } from '../errors.ts';
import { EDITABLE_MINUTES, MAX_PINS } from '../limits.ts';
import type { CommentModel, CommentText } from './comment.model.ts';
import type { CommentPublisher } from './comment.publisher.ts';
import {
  countPins,
  deleteReplies,
  eraseComments,
  findComments,
  insertComment,
  listCommentsOf,
  lockComment,
  markDeleted,
  mayDelete,
  setPinned,
  updateText,
} from './comment.repository.ts';
import { type CheckedText, hasWord } from './comment.rules.ts';

export type CommentOutcome<Code extends ErrorCode> = { comment: CommentModel } | { error: Code & StandardCode };

export type CommentService = {
  /** @param parent a comment on the post that is not a reply itself */
  create(
    by: Identity,
    post: PostModel,
    parent: CommentModel | null,
    text: CheckedText,
    remember: Remember,
  ): Promise<CommentOutcome<CreateCommentErrorCode>>;
  update(by: Identity, id: bigint, text: CheckedText): Promise<CommentOutcome<UpdateCommentErrorCode>>;
  /** @returns whether the comment exists or existed, and was by this person or on their post */
  remove(userId: bigint, id: bigint): Promise<boolean>;
  /** Deletes the replies of a deleted comment, page by page. Can run twice. */
  removeReplies(parentId: bigint, signal: AbortSignal): Promise<void>;
  /** Deletes a person's newest comments and clears their texts. @returns how many it found */
  removeOfUser(userId: bigint, limit: number): Promise<number>;
  pin(userId: bigint, id: bigint): Promise<CommentOutcome<PinCommentErrorCode>>;
  unpin(userId: bigint, id: bigint): Promise<CommentOutcome<UnpinCommentErrorCode>>;
};

const PAGE = 500;

/**
 * A comment is written in the transaction that publishes its event, so it is visible at once. Counts change when the
 * event is applied.
 */
export function createCommentService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  publisher: CommentPublisher;
  client: SubgraphClient;
}): CommentService {
  const { pool, ids, publisher, client } = deps;

  /** Looks up mentions and filtered words. Comments by the author of the post are never hidden. */
  const resolveText = async (identity: Identity, postAuthorId: bigint, checked: CheckedText): Promise<CommentText> => {
    const isOwn = identity.viewer!.userId === postAuthorId;
    const [mentionedIds, words] = await Promise.all([
      findMentioned(client, checked.mentions, identity),
      isOwn ? [] : findWords(pool, postAuthorId),
    ]);
    return { text: checked.text, mentionedIds, hashtags: checked.hashtags, isHidden: hasWord(checked.text, words) };
  };

  /** A comment that this person may pin or unpin. */
  const lockPinnable = async (
    tx: pg.PoolClient,
    userId: bigint,
    id: bigint,
  ): Promise<CommentOutcome<UnpinCommentErrorCode>> => {
    const comment = await lockComment(tx, id);
    if (!comment) return { error: 'COMMENT_NOT_FOUND' };
    if (comment.postAuthorId !== userId) return { error: 'COMMENT_NOT_OWNED' };
    return comment.parentId === null ? { comment } : { error: 'REPLY_NOT_PINNABLE' };
  };

  return {
    async create(by, post, parent, checked, remember) {
      const authorId = by.viewer!.userId;
      if ((await findDisabled(pool, [post.id])).length > 0) return { error: 'COMMENTS_DISABLED' };
      const text = await resolveText(by, post.authorId, checked);
      return transaction(pool, async (tx): Promise<CommentOutcome<CreateCommentErrorCode>> => {
        if (parent && !(await lockComment(tx, parent.id))) return { error: 'COMMENT_NOT_FOUND' };
        const comment = await insertComment(tx, {
          ...text,
          id: ids.next(),
          postId: post.id,
          postAuthorId: post.authorId,
          parentId: parent?.id ?? null,
          authorId,
        });
        await publisher.created(tx, comment, parent?.authorId ?? null);
        await remember(tx, [String(comment.id)]);
        return { comment };
      });
    },

    async update(by, id, checked) {
      const userId = by.viewer!.userId;
      const [known] = await findComments(pool, [id]);
      if (!known) return { error: 'COMMENT_NOT_FOUND' };
      const text = await resolveText(by, known.postAuthorId, checked);
      return transaction(pool, async (tx): Promise<CommentOutcome<UpdateCommentErrorCode>> => {
        const before = await lockComment(tx, id);
        if (!before) return { error: 'COMMENT_NOT_FOUND' };
        if (before.authorId !== userId) return { error: 'COMMENT_NOT_OWNED' };
        if (Date.now() - before.createdAt.getTime() > EDITABLE_MINUTES * 60_000) return { error: 'COMMENT_TOO_OLD' };
        if (before.text === text.text) return { comment: before };
        const comment = await updateText(tx, before, text);
        await publisher.edited(tx, before, comment);
        return { comment };
      });
    },

    remove: (userId, id) =>
      transaction(pool, async (tx) => {
        const comment = await lockComment(tx, id);
        if (!comment) return mayDelete(tx, id, userId);
        if (comment.authorId !== userId && comment.postAuthorId !== userId) return false;
        await markDeleted(tx, comment);
        await publisher.deleted(tx, [comment]);
        return true;
      }),

    async removeReplies(parentId, signal) {
      for (let length = PAGE; length === PAGE; ) {
        signal.throwIfAborted();
        length = await transaction(pool, async (tx) => {
          const replies = await deleteReplies(tx, parentId, PAGE);
          await publisher.deleted(tx, replies);
          return replies.length;
        });
      }
    },

    async removeOfUser(userId, limit) {
      const ids = await listCommentsOf(pool, userId, limit);
      if (ids.length > 0) {
        await transaction(pool, async (tx) => publisher.deleted(tx, await eraseComments(tx, ids)));
      }
      return ids.length;
    },

    pin: (userId, id) =>
      transaction(pool, async (tx): Promise<CommentOutcome<PinCommentErrorCode>> => {
        const found = await lockPinnable(tx, userId, id);
        if ('error' in found) return found;
        if ((await countPins(tx, found.comment)) >= MAX_PINS) return { error: 'TOO_MANY_PINS' };
        return { comment: await setPinned(tx, found.comment, true) };
      }),

    unpin: (userId, id) =>
      transaction(pool, async (tx) => {
        const found = await lockPinnable(tx, userId, id);
        return 'error' in found ? found : { comment: await setPinned(tx, found.comment, false) };
      }),
  };
}
