import { type Connection, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import type { UserModel } from '#entities/entities.model.ts';
import { findVisiblePeople } from '#entities/entities.visibility.ts';
import type { Context } from '../context.ts';
import type { ListedLiker } from './like.repository.ts';

const KIND = 'likers';

/**
 * People who like a post and whom the viewer may see, most recent like first.
 *
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
 */
export function pageOfLikers(postId: bigint, args: PageArgs, context: Context): Promise<Connection<UserModel>> {
  const page = pageArgs(args, `${KIND}:${postId}`, 1);
  return visiblePage<ListedLiker, UserModel>({
    page,
    read: (from, limit) => context.loaders.likerLists.load({ parent: postId, from, direction: page.direction, limit }),
    sortKeyOf: ({ id }) => [id],
    async present(likers) {
      const ids = likers.map(({ userId }) => userId);
      const visible = new Map((await findVisiblePeople(ids, context)).map((person) => [person.id, person]));
      return ids.map((id) => visible.get(id) ?? null);
    },
  });
}
