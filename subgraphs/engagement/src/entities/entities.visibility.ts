import { parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { PostModel, UserModel } from './entities.model.ts';

/**
 * The people of this list who have an account, whose profile the viewer may see, and whom the viewer does not block.
 */
export async function findVisiblePeople(ids: readonly bigint[], { loaders }: Context): Promise<UserModel[]> {
  const [relations, accounts] = await Promise.all([
    Promise.all(ids.map((id) => loaders.relations.load(id))),
    Promise.all(ids.map((id) => loaders.accounts.load(id))),
  ]);
  return ids
    .filter((_, index) => {
      const relation = relations[index];
      return relation && !relation.blocks && can('profile.view', relation) && accounts[index] !== null;
    })
    .map((id) => ({ id }));
}

/**
 * The published post with this id, if the viewer may see it. Posts that are not published yet cannot be liked,
 * commented, shared or saved.
 */
export async function findPublishedPost(idText: string, { loaders }: Context): Promise<PostModel | null> {
  const id = parseGlobalId('Post', idText);
  const post = id === null ? null : await loaders.visiblePosts.load(id);
  return post?.isPublished ? post : null;
}
