import { type Connection, type PageArgs, pageArgs, shownPage } from '@tintype/graphql';
import type { PostModel } from '#post/post.model.ts';
import { isVisible } from '#post/post.rules.ts';
import type { Context } from '../context.ts';
import type { HashtagOrder } from './hashtag-list.repository.ts';

const CURSORS: Record<HashtagOrder, string> = { recent: 'hashtagRecent', top: 'hashtagTop' };

/** Posts of a hashtag that the viewer may see. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
export function pageOfHashtag(
  key: string,
  order: HashtagOrder,
  args: PageArgs,
  { loaders }: Context,
): Promise<Connection<PostModel>> {
  const kind = CURSORS[order];
  return shownPage({
    kind,
    page: pageArgs(args, kind, 2),
    read: (after, limit) => loaders.hashtagLists[order].load({ parent: key, after, limit }),
    placeOf: ({ sortKey, id }) => [sortKey, id],
    show: (listed) =>
      Promise.all(
        listed.map(async ({ id, authorId }) => {
          const [post, relation] = await Promise.all([loaders.posts.load(id), loaders.relations.load(authorId)]);
          return post && isVisible(post, relation) ? post : null;
        }),
      ),
  });
}
