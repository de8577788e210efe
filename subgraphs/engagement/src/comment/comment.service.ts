import type { Remember, SubgraphClient } from '@tintype/graphql';
import { findMentioned, findRelations } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { transaction } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { compileFilter } from '#comment-settings/comment-filter.rules.ts';
import { findDisabled, findWords } from '#comment-settings/comment-settings.repository.ts';
import type { PostModel } from '#entities/entities.model.ts';
import type {
  ApproveCommentErrorCode,
  ContentRestriction,
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
  countRecentComments,
  deleteReplies,
  eraseComments,
  findComments,
  insertComment,
  listCommentsOf,
  lockComment,
  markDeleted,
  mayDelete,
  setApproved,
  setPinned,
  setRestriction,
  updateText,
} from './comment.repository.ts';
import type { CheckedText } from './comment.rules.ts';
import { mayApprove } from './comment.visibility.ts';

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
  /**
   * Restricts who sees a comment, by decision of a moderator.
   *
   * @returns whether it exists, and no decision that is as new was in effect
   */
  restrict(id: bigint, restriction: ContentRestriction, decisionId: bigint): Promise<boolean>;
  /** Deletes the replies of a deleted comment, page by page. Can run twice. */
  removeReplies(parentId: bigint, signal: AbortSignal): Promise<void>;
  /** Deletes a person's newest comments and clears their texts. @returns how many it found */
  removeOfUser(userId: bigint, limit: number): Promise<number>;
  /**
   * Approves a comment that waits for this person, so that everybody sees it. Repeats change nothing.
   *
   * @param editedAt of the text that the person has read, null if it was not edited
   */
  approve(userId: bigint, id: bigint, editedAt: Date | null): Promise<CommentOutcome<ApproveCommentErrorCode>>;
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
  /** Whether an account is in its first days. */
  isNew(userId: bigint): boolean;
}): CommentService {
  const { pool, ids, publisher, client, isNew } = deps;

  /**
   * Looks up mentions, filtered words and restrictions. Comments by the author of the post are never hidden. A reply to
   * a hidden comment is hidden like it.
   */
  const resolveText = async (
    identity: Identity,
    postAuthorId: bigint,
    parent: CommentModel | null,
    checked: CheckedText,
  ): Promise<CommentText> => {
    const isOwn = identity.viewer!.userId === postAuthorId;
    const [mentionedIds, words, relations] = await Promise.all([
      findMentioned(client, checked.mentions, identity),
      isOwn ? [] : findWords(pool, postAuthorId),
      findRelations(client, [postAuthorId], identity),
    ]);
    const isFiltered = compileFilter(words)(checked.text) || isFilteredParent(parent);
    const isRestricted = relations.get(String(postAuthorId))?.restrictedBy || parent?.needsApproval || false;
    return {
      text: checked.text,
      mentionedIds,
      hashtags: checked.hashtags,
      isHidden: isFiltered || isRestricted,
      needsApproval: isRestricted && !isFiltered,
    };
  };

  /** A reply to a filtered comment is hidden like it. Replies to comments that moderators hide are left out anyway. */
  const isFilteredParent = (parent: CommentModel | null) =>
    parent?.isHidden === true && !parent.needsApproval && parent.restriction === 'NONE';

  /** Whether somebody would answer a comment that waits for their approval. */
  const awaits = (parent: CommentModel | null, userId: bigint) => parent !== null && mayApprove(parent, userId);

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
      if (awaits(parent, authorId)) return { error: 'COMMENT_NOT_APPROVED' };
      const text = await resolveText(by, post.authorId, parent, checked);
      return transaction(pool, async (tx): Promise<CommentOutcome<CreateCommentErrorCode>> => {
        if (isNew(authorId) && (await countRecentComments(tx, authorId)) >= NEW_ACCOUNT_LIMITS.comments)
          return { error: 'TOO_MANY_COMMENTS' };
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
      const [parent] = known.parentId === null ? [] : await findComments(pool, [known.parentId]);
      const text = await resolveText(by, known.postAuthorId, parent ?? null, checked);
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

    restrict: (id, restriction, decisionId) =>
      transaction(pool, async (tx) => {
        const before = await lockComment(tx, id);
        if (!before) return false;
        const [parent] = before.parentId === null ? [] : await findComments(tx, [before.parentId]);
        const words = before.authorId === before.postAuthorId ? [] : await findWords(tx, before.postAuthorId);
        const isFiltered = compileFilter(words)(before.text) || isFilteredParent(parent ?? null);
        const isHidden = restriction !== 'NONE' || isFiltered || before.needsApproval;
        const after = await setRestriction(tx, before, { restriction, decisionId, isHidden });
        if (!after) return false;
        await publisher.edited(tx, before, after);
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

    approve: (userId, id, editedAt) =>
      transaction(pool, async (tx): Promise<CommentOutcome<ApproveCommentErrorCode>> => {
        const before = await lockComment(tx, id);
        if (!before) return { error: 'COMMENT_NOT_FOUND' };
        if (before.postAuthorId !== userId) return { error: 'COMMENT_NOT_OWNED' };
        if (!before.needsApproval) return { comment: before };
        if (before.editedAt?.getTime() !== editedAt?.getTime()) return { error: 'COMMENT_EDITED' };
        const parent = before.parentId === null ? null : await lockComment(tx, before.parentId);
        if (awaits(parent, userId)) return { error: 'COMMENT_NOT_APPROVED' };
        const comment = await setApproved(tx, before);
        await publisher.edited(tx, before, comment);
        return { comment };
      }),

    pin: (userId, id) =>
      transaction(pool, async (tx): Promise<CommentOutcome<PinCommentErrorCode>> => {
        const found = await lockPinnable(tx, userId, id);
        if ('error' in found) return found;
        if (found.comment.needsApproval) return { error: 'COMMENT_NOT_APPROVED' };
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
