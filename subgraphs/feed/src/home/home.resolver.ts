import { requireViewer } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { Log } from '@tintype/telemetry';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { HomeService } from './home.service.ts';
import { createVisibleEntries } from './visible-entries.ts';

/** @param deps.isStale whether Postgres is unavailable, so that timelines in Redis may be out of date */
export function createHomeResolvers(deps: { home: HomeService; isStale(): boolean; log: Log }): {
  Query: Pick<CompleteResolvers['Query'], 'homeFeed'>;
} {
  const { home, isStale, log } = deps;
  return {
    Query: {
      async homeFeed(_, args, context) {
        const visible = createVisibleEntries(context, log);
        const { edges, pageInfo } = await home.page(requireViewer(context).userId, args, visible.find);
        return {
          edges: edges.map(({ cursor, node: { postId, shareIds, hashtag } }) => {
            const shares = shareIds.map((id) => ({ id: globalId('Share', id) }));
            return { cursor, node: { id: globalId('Post', postId) }, share: shares[0] ?? null, shares, hashtag };
          }),
          pageInfo,
          isStale: visible.lacksShares || isStale(),
        };
      },
    },
  };
}
