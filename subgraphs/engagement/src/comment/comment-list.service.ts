import { type Connection, type PageArgs, pageArgs, shownPage } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { CommentOrder } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import type { CommentModel } from './comment.model.ts';
import { isShown } from './comment.view.ts';
import { type ListedComment, listNewest, listReplies, listTop } from './comment-list.repository.ts';

export type CommentListService = {
  /** Comments of a post that the viewer may see. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  ofPost(postId: bigint, order: CommentOrder, args: PageArgs, context: Context): Promise<Connection<CommentModel>>;
  replies(parentId: bigint, args: PageArgs, context: Context): Promise<Connection<CommentModel>>;
};

type List = {
  /** Kind of its cursors. */
  kind: string;
  read: typeof listTop;
  placeOf(comment: ListedComment): bigint[];
};

const LISTS: Record<CommentOrder | 'REPLIES', List> = {
  NEWEST: { kind: 'commentsNewest', read: listNewest, placeOf: ({ id }) => [id] },
  TOP: {
    kind: 'commentsTop',
    read: listTop,
    placeOf: ({ pinnedMs, likeCount, id }) => [pinnedMs, likeCount, id],
  },
  REPLIES: { kind: 'replies', read: listReplies, placeOf: ({ id }) => [id] },
};
/** Nobody has this id: a visitor wrote nothing. */
const NOBODY = 0n;

export function createCommentListService(deps: { pool: Executor }): CommentListService {
  const { pool } = deps;

  const page = (list: List, postId: bigint, args: PageArgs, { loaders, viewer }: Context) =>
    shownPage({
      kind: list.kind,
      page: pageArgs(args, list.kind, list.placeOf({ id: 0n, pinnedMs: 0n, likeCount: 0n }).length),
      read: (after, limit) => list.read(pool, { postId, viewerId: viewer?.userId ?? NOBODY, after, limit }),
      placeOf: list.placeOf,
      async show(listed) {
        const comments = await Promise.all(listed.map(({ id }) => loaders.comments.load(id)));
        const relations = await Promise.all(comments.map((one) => one && loaders.relations.load(one.authorId)));
        return comments.map((comment, index) =>
          comment && isShown(comment, relations[index] ?? null, viewer?.userId) ? comment : null,
        );
      },
    });

  return {
    ofPost: (postId, order, args, context) => page(LISTS[order], postId, args, context),
    replies: (parentId, args, context) => page(LISTS.REPLIES, parentId, args, context),
  };
}
