import { type Connection, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import { can, type Relation } from '@tintype/policy';
import type { PersonModel } from '#person/person.model.ts';
import { findKnownPeople, findVisiblePeople } from '#person/person-visibility.ts';
import type { Loaders } from '../loaders.ts';
import type { ConnectionList } from './connection.repository.ts';

/** Lists of people whom their owner hides or restricts. */
const HIDINGS: ReadonlySet<ConnectionList> = new Set(['blockedUsers', 'mutedUsers', 'restrictedUsers']);

/**
 * A page of people around one person, without those who are hidden from the viewer. Empty if the viewer may not see the
 * list.
 *
 * @param relation of the viewer to the owner of the list
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
 */
export function pageOfPeople(
  list: ConnectionList,
  args: PageArgs,
  relation: Relation,
  { lists, people }: Pick<Loaders, 'lists' | 'people'>,
): Promise<Connection<PersonModel>> {
  const page = pageArgs(args, `${list}:${relation.userId}`, 1);
  const { direction } = page;
  return visiblePage({
    page,
    read: async (from, limit) =>
      can('connections.view', relation) ? lists[list].load({ parent: relation.userId, from, direction, limit }) : [],
    sortKeyOf: ({ id }) => [id],
    present: (rows) =>
      (HIDINGS.has(list) ? findKnownPeople : findVisiblePeople)(
        rows.map(({ userId }) => userId),
        people,
      ),
  });
}
