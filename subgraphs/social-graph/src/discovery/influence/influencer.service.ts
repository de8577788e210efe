import { type Connection, type Loader, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import { can } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import { parseHashtagName } from '@tintype/text';
import type { PersonModel, PersonView } from '#person/person.model.ts';
import { type Influencer, listInfluencers } from './topic.repository.ts';

export type InfluencerService = {
  /**
   * People who post with a hashtag and whose posts the viewer may see. Those whom most of the others follow come first.
   *
   * @param name of the hashtag, with or without #, in any case
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(name: string, args: PageArgs, people: Loader<bigint, PersonView>): Promise<Connection<PersonModel>>;
};

const KIND = 'influencers';

export function createInfluencerService(deps: { pool: Executor }): InfluencerService {
  const { pool } = deps;
  return {
    page(name, args, people) {
      const key = parseHashtagName(name);
      return visiblePage<Influencer, PersonModel>({
        page: pageArgs(args, `${KIND}:${key}`, 2),
        read: async (after, limit) =>
          key === null ? [] : listInfluencers(pool, key, after && { score: after[0]!, personId: after[1]! }, limit),
        sortKeyOf: ({ score, personId }) => [score, personId],
        async present(rows) {
          const views = await Promise.all(rows.map(({ personId }) => people.load(personId)));
          return rows.map(({ personId }, index) => {
            const relation = views[index]?.relation;
            return relation && !relation.blocks && can('posts.view', relation) ? { id: personId } : null;
          });
        },
      });
    },
  };
}
