import { isVisible } from '#post/post.rules.ts';
import type { Context } from '../context.ts';
import { pageOfHashtag } from './hashtag-list.service.ts';

/**
 * Up to this many posts are counted exactly for the viewer. Beyond that, one hidden post more or less reveals nothing.
 */
const EXACT_COUNT = 10;
/** How many pages, of about a hundred posts each, are searched for a post that the viewer may see. */
const MAX_PAGES = 20;

/** How many of the newest posts with a hashtag the viewer may see, and whether the hashtag has no other posts. */
async function countAmongNewest(key: string, { loaders }: Context): Promise<{ visible: number; isComplete: boolean }> {
  const list = loaders.hashtagLists.recent;
  const newest = await list.load({ parent: key, from: null, direction: 'forward', limit: EXACT_COUNT + 1 });
  const shown = await Promise.all(
    newest.slice(0, EXACT_COUNT).map(async ({ id, authorId }) => {
      const [post, relation] = await Promise.all([loaders.posts.load(id), loaders.relations.load(authorId)]);
      return post !== null && isVisible(post, relation);
    }),
  );
  return { visible: shown.filter(Boolean).length, isComplete: newest.length <= EXACT_COUNT };
}

/** Whether the viewer may see a post with this hashtag. If not, we answer as if the hashtag did not exist. */
export async function isHashtagVisible(key: string, context: Context): Promise<boolean> {
  const { visible, isComplete } = await countAmongNewest(key, context);
  if (visible > 0 || isComplete) return visible > 0;
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { edges, pageInfo } = await pageOfHashtag(key, 'recent', { first: 1, after }, context);
    if (edges.length > 0) return true;
    if (!pageInfo.hasNextPage) return false;
    after = pageInfo.endCursor ?? null;
  }
  return false;
}

/** How many posts have a hashtag. Small counts exclude posts that the viewer may not see. */
export async function countVisiblePosts(key: string, context: Context): Promise<number> {
  const { visible, isComplete } = await countAmongNewest(key, context);
  if (isComplete) return visible;
  if (!(await isHashtagVisible(key, context))) return 0;
  return (await context.loaders.hashtags.load(key))?.postCount ?? 0;
}
