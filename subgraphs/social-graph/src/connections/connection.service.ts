import { type Connection, connection, encodeCursor, type Loader, type PageArgs, pageArgs } from '@tintype/graphql';
import { can, type Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { PersonModel, PersonView } from '#person/person.model.ts';
import { type ListedPerson, listPeople } from './connection.repository.ts';
import { type ConnectionList, rowsToRead } from './connection.rules.ts';

const MAX_FOLLOWED_LAST = 1000;

export type ConnectionService = {
  /**
   * A page of people around one person, without those who are hidden from the viewer; empty where the viewer may not see it.
   *
   * @param relation of the viewer to the person whose list it is
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(
    list: ConnectionList,
    userId: bigint,
    args: PageArgs,
    relation: Relation,
    people: Loader<bigint, PersonView>,
  ): Promise<Connection<PersonModel>>;
  /** People whom one person followed last, newest first. */
  followedLast(userId: bigint, first: number): Promise<bigint[]>;
};

export function createConnectionService(deps: { pool: Executor }): ConnectionService {
  const { pool } = deps;

  const isShown = async (person: ListedPerson, people: Loader<bigint, PersonView>): Promise<boolean> => {
    const view = await people.load(person.userId);
    return view !== null && !view.relation.blocks && can('profile.view', view.relation);
  };

  return {
    async page(list, userId, args, relation, people) {
      const page = pageArgs(args, list, 1);
      const rows: ListedPerson[] = [];
      let after = page.after?.[0] ?? null;
      let more = can('connections.view', relation);
      while (more) {
        const limit = rowsToRead(page.first, rows.length);
        const read = await listPeople(pool, list, userId, after, limit);
        const shown = await Promise.all(read.map((person) => isShown(person, people)));
        rows.push(...read.filter((_, index) => shown[index]));
        after = read.at(-1)?.id ?? null;
        more = read.length === limit && rows.length <= page.first;
      }
      return connection(
        rows,
        page,
        (row) => ({ id: row.userId }),
        (row) => encodeCursor(list, [row.id]),
      );
    },
    async followedLast(userId, first) {
      const rows = await listPeople(pool, 'following', userId, null, Math.min(Math.max(first, 1), MAX_FOLLOWED_LAST));
      return rows.map((row) => row.userId);
    },
  };
}
