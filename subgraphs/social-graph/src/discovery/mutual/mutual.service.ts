import { type Connection, connection, encodeCursor, type Loader, type PageArgs, pageArgs } from '@tintype/graphql';
import { can, type Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import { rowsToRead } from '#connections/connection.rules.ts';
import type { PersonModel, PersonView } from '#person/person.model.ts';
import { listMutual } from './mutual.repository.ts';

const KIND = 'mutualFollowers';

export type MutualService = {
  /**
   * People whom the viewer follows and who follow the other, without those who are hidden from the viewer; empty for visitors and
   * where the viewer may not see the other's followers.
   *
   * @param relation of the viewer to the other
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(
    viewerId: bigint | null,
    args: PageArgs,
    relation: Relation,
    people: Loader<bigint, PersonView>,
  ): Promise<Connection<PersonModel>>;
};

export function createMutualService(deps: { pool: Executor }): MutualService {
  const { pool } = deps;

  const isShown = async (id: bigint, people: Loader<bigint, PersonView>): Promise<boolean> => {
    const view = await people.load(id);
    return view !== null && !view.relation.blocks && can('profile.view', view.relation);
  };

  return {
    async page(viewerId, args, relation, people) {
      const page = pageArgs(args, KIND, 1);
      const found: bigint[] = [];
      let after = page.after?.[0] ?? 0n;
      let more = viewerId !== null && can('connections.view', relation);
      while (viewerId !== null && more) {
        const limit = rowsToRead(page.first, found.length);
        const read = await listMutual(pool, viewerId, relation.userId, after, limit);
        const shown = await Promise.all(read.map((id) => isShown(id, people)));
        found.push(...read.filter((_, index) => shown[index]));
        after = read.at(-1) ?? after;
        more = read.length === limit && found.length <= page.first;
      }
      return connection(
        found,
        page,
        (id) => ({ id }),
        (id) => encodeCursor(KIND, [id]),
      );
    },
  };
}
