import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { UserModel } from './target.model.ts';

/** The people of this list who have an account and whose profile the viewer may see. */
export async function findVisiblePeople(ids: readonly bigint[], { loaders }: Context): Promise<UserModel[]> {
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
