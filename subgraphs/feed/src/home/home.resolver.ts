import { requireViewer, SubgraphError } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { HomeService, Shows } from './home.service.ts';
import { shownTo } from './shown.ts';

/** @param deps.isStale whether what is in Redis cannot be compared with Postgres at the moment */
export function createHomeResolvers(deps: { home: HomeService; isStale(): boolean; log: Log }): {
  Query: Pick<CompleteResolvers['Query'], 'homeFeed'>;
} {
  return {
    Query: {
      async homeFeed(_, args, context) {
        const asked = shownTo(context);
        let isKnown = true;
        const shows: Shows = (entries) =>
          asked(entries).catch((error: unknown) => {
            if (!(error instanceof SubgraphError)) throw error;
            deps.log.warn({ error: error.message }, 'who may see the posts of a home feed could not be asked');
            isKnown = false;
            return entries.map(() => true);
          });
        const { edges, pageInfo } = await deps.home.page(requireViewer(context).userId, args, shows);
        return {
          // Where nobody says who may see the posts, a client gets the places alone.
          edges: edges.map(({ cursor, node: { post, shares, hashtag } }) =>
            isKnown
              ? { cursor, node: post, share: shares[0] ?? null, shares, hashtag }
              : { cursor, node: null, share: null, shares: [], hashtag: null },
          ),
          pageInfo,
          isStale: !isKnown || deps.isStale(),
        };
      },
    },
  };
}
