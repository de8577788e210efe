import type { Context } from '../context.ts';
import type { FindVisible } from './home.service.ts';
import { postOf } from './item.rules.ts';

/**
 * Timelines are updated by events, which may be late. So the owners are asked on each read whether the viewer may see a post or share.
 * Posts of muted people are left out no matter who shared them, and so are shares by muted people.
 */
export function findVisibleTo({ loaders }: Pick<Context, 'loaders'>): FindVisible {
  return (entries) =>
    Promise.all(
      entries.map(async (entry) => {
        const isShare = entry.sharedPostId != null;
        const [post, share] = await Promise.all([
          loaders.visiblePosts.load(postOf(entry)),
          isShare ? loaders.visibleShares.load(entry.postId) : null,
        ]);
        if (!post || post.authorMuted) return false;
        return !isShare || (share !== null && !share.sharerMuted);
      }),
    );
}
