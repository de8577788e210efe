import { parseGlobalId } from '@tintype/ids';
import type { Context } from '../context.ts';
import type { PostModel } from './target.model.ts';

/** The published post with this id, if the viewer may see it. Posts that are not published yet cannot be liked, commented, shared or saved. */
export async function findPublishedPost(idText: string, { loaders }: Context): Promise<PostModel | null> {
  const id = parseGlobalId('Post', idText);
  const post = id === null ? null : await loaders.visiblePosts.load(id);
  return post?.isPublished ? post : null;
}
