import type { Context } from '../context.ts';
import type { PostModel } from './post.model.ts';
import { isVisible } from './post.rules.ts';

/** The post, if the viewer may see it. */
export async function findVisible(id: bigint, { loaders }: Context): Promise<PostModel | null> {
  const post = await loaders.posts.load(id);
  return post && isVisible(post, await loaders.relations.load(post.authorId)) ? post : null;
}
