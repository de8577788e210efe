import { type Connection, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { ShareModel } from './share.model.ts';

const KIND = 'shares';

/**
 * Shares of a person, newest first, of posts that the viewer may see; none if the viewer may not see the sharer's
 * posts.
 *
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
 */
export async function pageOfShares(
  sharerId: bigint,
  args: PageArgs,
  { loaders }: Context,
): Promise<Connection<ShareModel>> {
  const page = pageArgs(args, `${KIND}:${sharerId}`, 1);
  const relation = await loaders.relations.load(sharerId);
  const isVisible = relation !== null && can('posts.view', relation);
  return visiblePage<{ id: bigint }, ShareModel>({
    page,
    read: async (from, limit) =>
      isVisible ? loaders.shareLists.load({ parent: sharerId, from, direction: page.direction, limit }) : [],
    sortKeyOf: ({ id }) => [id],
    async present(listed) {
      const shares = await Promise.all(listed.map(({ id }) => loaders.shares.load(id)));
      const posts = await Promise.all(shares.map((share) => share && loaders.visiblePosts.load(share.postId)));
      return shares.map((share, index) => (posts[index] ? share : null));
    },
  });
}
