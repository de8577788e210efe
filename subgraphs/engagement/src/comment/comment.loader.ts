import { createListLoader, createLoader, type ListLoader, type ListPart, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { findDisabled } from '#comment-settings/comment-settings.repository.ts';
import type { OwnEngagement } from '#own-engagement/own-engagement.model.ts';
import type { CommentModel } from './comment.model.ts';
import { findComments } from './comment.repository.ts';
import { type CommentList, type ListedComment, listComments } from './comment-list.repository.ts';
import { findUncountedComments, type UncountedComments } from './uncounted-comment.repository.ts';

export function createCommentLoader(pool: Executor): Loader<bigint, CommentModel> {
  return createLoader(async (ids) => {
    const comments = await findComments(pool, ids);
    return new Map(comments.map((comment) => [String(comment.id), comment]));
  });
}

/** True for posts on which comments are disabled. */
export function createDisabledLoader(pool: Executor): Loader<bigint, true> {
  return createLoader(async (postIds) => {
    const disabled = await findDisabled(pool, postIds);
    return new Map(disabled.map((postId) => [String(postId), true]));
  });
}

/**
 * The viewer's comments that the counts of a post do not include. They are read only for posts that have some, which
 * hardly any page has.
 */
export function createUncountedLoader(deps: {
  pool: Executor;
  ownEngagement: Loader<bigint, OwnEngagement>;
  viewerId: bigint | null;
}): Loader<bigint, UncountedComments> {
  const { pool, ownEngagement, viewerId } = deps;
  return createLoader(async (postIds) => {
    if (viewerId === null) return new Map();
    const own = await Promise.all(postIds.map((postId) => ownEngagement.load(postId)));
    const asked = postIds.filter((_, index) => own[index]?.hasUncounted);
    return asked.length === 0 ? new Map() : findUncountedComments(pool, viewerId, asked);
  });
}

/** Comments by post, and replies by comment. */
export type CommentLists = Record<CommentList, ListLoader<bigint, ListedComment>>;

/** An id that nobody has, for visitors. */
const NOBODY = 0n;

export function createCommentLists(pool: Executor, viewerId: bigint | null): CommentLists {
  const listOf = (list: CommentList) =>
    createListLoader((parts: readonly ListPart<bigint>[], direction) =>
      listComments(pool, list, viewerId ?? NOBODY, parts, direction),
    );
  return { newest: listOf('newest'), top: listOf('top'), replies: listOf('replies') };
}
