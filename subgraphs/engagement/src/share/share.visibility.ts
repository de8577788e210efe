import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { ShareModel } from './share.model.ts';

/** The share, if the viewer may see the posts of the sharer. The shared post has to be checked separately. */
export async function findVisibleShare(id: bigint, { loaders }: Context): Promise<ShareModel | null> {
  const share = await loaders.shares.load(id);
  const relation = share && (await loaders.relations.load(share.userId));
  return relation && can('posts.view', relation) ? share : null;
}
