import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { UserModel } from './target.model.ts';

/** Those of these people who exist and whom the viewer may know of. */
export async function shownPeople(ids: readonly bigint[], { loaders }: Context): Promise<UserModel[]> {
  const [relations, accounts] = await Promise.all([
    Promise.all(ids.map((id) => loaders.relations.load(id))),
    Promise.all(ids.map((id) => loaders.accounts.load(id))),
  ]);
  return ids
    .filter((_, index) => {
      const relation = relations[index];
      return relation && can('profile.view', relation) && accounts[index] !== null;
    })
    .map((id) => ({ id }));
}
