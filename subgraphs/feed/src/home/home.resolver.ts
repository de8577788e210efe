import { requireViewer, SubgraphError } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { Log } from '@tintype/telemetry';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { FindVisible, HomeService } from './home.service.ts';
import { findVisibleTo } from './visible-entries.ts';

/** @param deps.isStale whether Postgres is unavailable, so that timelines in Redis may be out of date */
export function createHomeResolvers(deps: { home: HomeService; isStale(): boolean; log: Log }): {
  Query: Pick<CompleteResolvers['Query'], 'homeFeed'>;
} {
  return {
    Query: {
      async homeFeed(_, args, context) {
        const checked = findVisibleTo(context);
        let isKnown = true;
        const findVisible: FindVisible = (entries) =>
          checked(entries).catch((error: unknown) => {
            if (!(error instanceof SubgraphError)) throw error;
            deps.log.warn({ error: error.message }, 'Could not check who may see the posts of a home feed.');
            isKnown = false;
            return entries.map(() => true);
          });
        const { edges, pageInfo } = await deps.home.page(requireViewer(context).userId, args, findVisible);
        return {
          // If the visibility is unknown, clients get only the cursors.
          edges: edges.map(({ cursor, node: { postId, shareIds, hashtag } }) => {
            if (!isKnown) return { cursor, node: null, share: null, shares: [], hashtag: null };
            const shares = shareIds.map((id) => ({ id: globalId('Share', id) }));
            return { cursor, node: { id: globalId('Post', postId) }, share: shares[0] ?? null, shares, hashtag };
          }),
          pageInfo,
          isStale: !isKnown || deps.isStale(),
        };
      },
    },
  };
}
