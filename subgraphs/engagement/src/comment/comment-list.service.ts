import { type Connection, connection, encodeCursor, type PageArgs, pageArgs } from '@tintype/graphql';
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
/** Pages are read again for those whose authors the viewer does not see; so many times, then the page is short. */
const READS = 5;

export function createCommentListService(deps: { pool: Executor }): CommentListService {
  const { pool } = deps;

  const page = async (list: List, postId: bigint, args: PageArgs, context: Context) => {
    const { loaders, viewer } = context;
    const asked = pageArgs(args, list.kind, list.placeOf({ id: 0n, pinnedMs: 0n, likeCount: 0n }).length);
    const rows: { place: bigint[]; comment: CommentModel }[] = [];
    let after = asked.after;
    for (let read = 1; read <= READS && rows.length <= asked.first; read++) {
      const limit = asked.first + 1;
      const part = { postId, viewerId: viewer?.userId ?? NOBODY, after, limit };
      const listed = await list.read(pool, part);
      const comments = await Promise.all(listed.map(({ id }) => loaders.comments.load(id)));
      const relations = await Promise.all(comments.map((one) => one && loaders.relations.load(one.authorId)));
      for (const [index, comment] of comments.entries()) {
        const shown = comment && isShown(comment, relations[index] ?? null, viewer?.userId);
        if (shown) rows.push({ place: list.placeOf(listed[index]!), comment });
      }
      if (listed.length < limit) break;
      after = list.placeOf(listed.at(-1)!);
    }
    return connection(
      rows,
      asked,
      ({ comment }) => comment,
      ({ place }) => encodeCursor(list.kind, place),
    );
  };

  return {
    ofPost: (postId, order, args, context) => page(LISTS[order], postId, args, context),
    replies: (parentId, args, context) => page(LISTS.REPLIES, parentId, args, context),
  };
}
