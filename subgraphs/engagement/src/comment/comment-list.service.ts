import { type Connection, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import type { CommentOrder } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import type { CommentModel } from './comment.model.ts';
import { isCommentVisible } from './comment.visibility.ts';
import type { CommentList, ListedComment } from './comment-list.repository.ts';

type List = {
  /** The kind of cursor. */
  kind: string;
  list: CommentList;
  sortKeyOf(comment: ListedComment): bigint[];
};

const LISTS: Record<CommentOrder | 'REPLIES', List> = {
  NEWEST: { kind: 'commentsNewest', list: 'newest', sortKeyOf: ({ id }) => [id] },
  TOP: {
    kind: 'commentsTop',
    list: 'top',
    sortKeyOf: ({ pinnedMs, likeCount, id }) => [pinnedMs, likeCount, id],
  },
  REPLIES: { kind: 'replies', list: 'replies', sortKeyOf: ({ id }) => [id] },
};

/**
 * Comments on a post, or replies to a comment, that the viewer may see.
 *
 * @param parent id of the post or comment
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
 */
export function pageOfComments(
  parent: bigint,
  order: CommentOrder | 'REPLIES',
  args: PageArgs,
  { loaders, viewer }: Context,
): Promise<Connection<CommentModel>> {
  const { kind, list, sortKeyOf } = LISTS[order];
  const page = pageArgs(args, `${kind}:${parent}`, sortKeyOf({ id: 0n, pinnedMs: 0n, likeCount: 0n }).length);
  return visiblePage({
    page,
    read: (from, limit) => loaders.commentLists[list].load({ parent, from, direction: page.direction, limit }),
    sortKeyOf,
    async present(listed) {
      const comments = await Promise.all(listed.map(({ id }) => loaders.comments.load(id)));
      const relations = await Promise.all(comments.map((one) => one && loaders.relations.load(one.authorId)));
      return comments.map((comment, index) =>
        comment && isCommentVisible(comment, relations[index] ?? null, viewer?.userId) ? comment : null,
      );
    },
  });
}
