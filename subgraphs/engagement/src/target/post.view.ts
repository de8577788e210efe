import { parseIdArgument } from '@tintype/graphql';
import type { Context } from '../context.ts';
import type { PostModel } from './target.model.ts';

/** The published post that an input names, if the viewer may see it: nothing is done with a post before others can see it. */
export async function publishedPost(idText: string, { loaders }: Context): Promise<PostModel | null> {
  const id = parseIdArgument(idText);
  const post = id === null ? null : await loaders.visiblePosts.load(id);
  return post?.isPublished ? post : null;
}
