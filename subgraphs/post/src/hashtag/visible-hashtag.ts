import { can } from '@tintype/policy';
import type { Context } from '../context.ts';
import { pageOfHashtag } from './hashtag-list.service.ts';

/** Up to so many posts a count says exactly which of them the viewer may see; beyond, one more or less tells nothing. */
const COUNTED = 10;
/** Pages, each of some hundred posts, that are looked through for one that the viewer may see. */
const MAX_PAGES = 20;

/** The newest posts with a hashtag: how many of them the viewer may see, and whether there are no others. */
async function lookAtNewest(key: string, { loaders }: Context): Promise<{ seen: number; areAll: boolean }> {
  const newest = await loaders.hashtagLists.recent.load({ parent: key, after: null, limit: COUNTED + 1 });
  const relations = await Promise.all(newest.slice(0, COUNTED).map(({ authorId }) => loaders.relations.load(authorId)));
  const seen = relations.filter((relation) => relation && can('posts.view', relation)).length;
  return { seen, areAll: newest.length <= COUNTED };
}

/** Whether a post that the viewer may see has this hashtag: otherwise it is as if there were none. */
export async function isHashtagShown(key: string, context: Context): Promise<boolean> {
  const { seen, areAll } = await lookAtNewest(key, context);
  if (seen > 0 || areAll) return seen > 0;
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { edges, pageInfo } = await pageOfHashtag(key, 'recent', { first: 1, after }, context);
    if (edges.length > 0) return true;
    if (!pageInfo.hasNextPage) return false;
    after = pageInfo.endCursor ?? null;
  }
  return false;
}

/** How many posts have a hashtag, without those that only others may see where that could be noticed. */
export async function countShown(key: string, context: Context): Promise<number> {
  const { seen, areAll } = await lookAtNewest(key, context);
  if (areAll) return seen;
  if (!(await isHashtagShown(key, context))) return 0;
  return (await context.loaders.hashtags.load(key))?.postCount ?? 0;
}
