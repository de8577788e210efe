import { type Connection, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import type { PostModel } from '#post/post.model.ts';
import { isVisible } from '#post/post.rules.ts';
import type { Context } from '../context.ts';
import type { HashtagOrder } from './hashtag.model.ts';

const CURSORS: Record<HashtagOrder, string> = { recent: 'hashtagRecent', top: 'hashtagTop' };

/** Posts of a hashtag that the viewer may see. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
export function pageOfHashtag(
  key: string,
  order: HashtagOrder,
  args: PageArgs,
  { loaders }: Context,
): Promise<Connection<PostModel>> {
  const page = pageArgs(args, `${CURSORS[order]}:${key}`, 2);
  return visiblePage({
    page,
    read: (from, limit) => loaders.hashtagLists[order].load({ parent: key, from, direction: page.direction, limit }),
    sortKeyOf: ({ sortKey, id }) => [sortKey, id],
    present: (listed) =>
      Promise.all(
        listed.map(async ({ id, authorId }) => {
          const [post, relation] = await Promise.all([loaders.posts.load(id), loaders.relations.load(authorId)]);
          return post && isVisible(post, relation) ? post : null;
        }),
      ),
  });
}
