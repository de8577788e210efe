import type { Context } from '../context.ts';
import type { Shows } from './home.service.ts';
import { postOf } from './item.rules.ts';

/**
 * Timelines follow events, which may be late: whether the viewer may see a post, or a share of one, is asked of the owners each time.
 * Posts of muted people are left out whoever shared them, and so are shares by muted people.
 */
export function shownTo({ loaders }: Pick<Context, 'loaders'>): Shows {
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
