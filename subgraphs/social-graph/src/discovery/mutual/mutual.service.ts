import { type Connection, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import { can, type Relation } from '@tintype/policy';
import type { PersonModel } from '#person/person.model.ts';
import { findVisiblePeople } from '#person/person-visibility.ts';
import type { Loaders } from '../../loaders.ts';

const KIND = 'mutualFollowers';

/**
 * People whom the viewer follows and who follow the other person, without those who are hidden from the viewer. Empty
 * for visitors, and if the viewer may not see the other person's followers.
 *
 * @param relation of the viewer to the other person
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
 */
export function pageOfMutuals(
  args: PageArgs,
  relation: Relation,
  { mutualLists, people }: Pick<Loaders, 'mutualLists' | 'people'>,
): Promise<Connection<PersonModel>> {
  return visiblePage({
    page: pageArgs(args, `${KIND}:${relation.userId}`, 1),
    read: async (from, limit) =>
      can('connections.view', relation)
        ? mutualLists.load({ parent: relation.userId, from, direction: 'forward', limit })
        : [],
    sortKeyOf: ({ userId }) => [userId],
    present: (rows) =>
      findVisiblePeople(
        rows.map(({ userId }) => userId),
        people,
      ),
  });
}
