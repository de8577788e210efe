import {
  type Connection,
  connection,
  type Loader,
  type Page,
  type PageArgs,
  pageArgs,
  visiblePage,
} from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { PostModel } from '#entities/entities.model.ts';
import { listCommented } from './commented-posts.repository.ts';

export type CommentedService = {
  /**
   * Posts of an author on which a person commented and that the viewer may see, newest first.
   *
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(
    between: { commenterId: bigint; authorId: bigint; viewerId: bigint },
    args: PageArgs,
    visiblePosts: Loader<bigint, PostModel>,
  ): Promise<Connection<PostModel>>;
  /** An empty page. Checks the arguments like `page`. */
  none(between: Between, args: PageArgs): Connection<PostModel>;
};

/** Null if the id is malformed. */
type Between = { commenterId: bigint | null; authorId: bigint | null };

function pageBetween({ authorId, commenterId }: Between, args: PageArgs): Page {
  return pageArgs(args, `commentedPosts:${authorId}:${commenterId}`, 1);
}

export function createCommentedService(deps: { pool: Executor }): CommentedService {
  const { pool } = deps;
  return {
    page(between, args, visiblePosts) {
      const page = pageBetween(between, args);
      const { direction } = page;
      return visiblePage<bigint, PostModel>({
        page,
        read: (from, limit) => listCommented(pool, between, { from: from?.[0], direction, limit }),
        sortKeyOf: (postId) => [postId],
        present: (postIds) => Promise.all(postIds.map((id) => visiblePosts.load(id))),
      });
    },
    none: (between, args) =>
      connection<PostModel, PostModel>(
        [],
        pageBetween(between, args),
        (post) => post,
        () => '',
      ),
  };
}
