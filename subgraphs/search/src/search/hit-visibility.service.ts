import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { Hit } from './search.model.ts';

/**
 * Whether the viewer may see each hit, according to the owners of the data, because the index may be a moment behind.
 * People whom the viewer blocks can be opened but are not found.
 */
export async function areVisible(hits: readonly Hit[], { loaders }: Pick<Context, 'loaders'>): Promise<boolean[]> {
  return Promise.all(
    hits.map(async ({ collection, document }) => {
      if (collection === 'hashtags') return (await loaders.visibleHashtags.load(document.id)) ?? false;
      const id = BigInt(document.id);
      if (collection === 'posts') return (await loaders.visiblePosts.load(id)) !== null;
      const relation = await loaders.relations.load(id);
      return relation !== null && can('profile.view', relation) && !relation.blocks;
    }),
  );
}
