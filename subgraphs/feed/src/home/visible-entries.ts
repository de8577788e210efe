import { SubgraphError } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import type { Context } from '../context.ts';
import type { FindVisible } from './home.service.ts';
import { postOf } from './item.rules.ts';

export type VisibleEntries = {
  /** @throws SubgraphError if the post subgraph is unavailable */
  find: FindVisible;
  /** Whether shares were left out because the engagement subgraph is unavailable. */
  readonly lacksShares: boolean;
};

/**
 * Timelines are updated by events, which may be late. So the owners are asked on each read whether the viewer may see a
 * post or share. Posts of muted people are left out no matter who shared them, and so are shares by muted people.
 */
export function createVisibleEntries({ loaders }: Pick<Context, 'loaders'>, log: Log): VisibleEntries {
  let lacksShares = false;

  const isShareVisible = async (shareId: bigint): Promise<boolean> => {
    try {
      const share = await loaders.visibleShares.load(shareId);
      return share !== null && !share.sharerMuted;
    } catch (error) {
      if (!(error instanceof SubgraphError)) throw error;
      if (!lacksShares)
        log.warn({ error: error.message }, 'A home feed has no shares, because they could not be checked.');
      lacksShares = true;
      return false;
    }
  };

  return {
    find: (entries) =>
      Promise.all(
        entries.map(async (entry) => {
          const [post, isShown] = await Promise.all([
            loaders.visiblePosts.load(postOf(entry)),
            entry.sharedPostId == null || isShareVisible(entry.postId),
          ]);
          return post !== null && !post.authorMuted && isShown;
        }),
      ),
    get lacksShares() {
      return lacksShares;
    },
  };
}
