import type { SubgraphClient } from '@tintype/graphql';
import { findAccounts } from '@tintype/graphql/internal';
import type { Executor } from '@tintype/postgres';
import type { PersonView } from './person.model.ts';
import { addPeople, findViews } from './person.repository.ts';

export type PersonService = {
  /** How the viewer stands to people. Those without an account are left out. */
  views(viewerId: bigint | null, ids: readonly bigint[]): Promise<Map<string, PersonView>>;
  /** Adds the missing rows of these people, if they have accounts. */
  ensure(ids: readonly bigint[]): Promise<void>;
};

/** People are known from account events. If somebody's event has not arrived yet, the user subgraph is asked once. */
export function createPersonService(deps: { pool: Executor; client: SubgraphClient }): PersonService {
  const { pool, client } = deps;

  const views: PersonService['views'] = async (viewerId, ids) => {
    let found = await findViews(pool, viewerId, ids);
    const unknown = ids.filter((id) => !found.has(id));
    if (unknown.length > 0) {
      const accounts = await findAccounts(client, unknown);
      if (accounts.length > 0) {
        await addPeople(pool, accounts);
        found = await findViews(pool, viewerId, ids);
      }
    }
    return new Map([...found].map(([id, view]) => [String(id), view]));
  };

  return {
    views,
    async ensure(ids) {
      await views(null, ids);
    },
  };
}
