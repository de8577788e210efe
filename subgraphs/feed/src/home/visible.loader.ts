import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import type { ViewerPass } from '@tintype/viewer';

export type VisiblePost = { id: string; authorMuted: boolean };
export type VisibleShare = { id: string; sharerMuted: boolean };

const POSTS = 'query VisiblePosts($ids: [ID!]!) { visiblePosts(ids: $ids) { id authorMuted } }';
const SHARES = 'query VisibleShares($ids: [ID!]!) { visibleShares(ids: $ids) { id sharerMuted } }';

/** Published posts that the viewer may see, asked of the post subgraph: all posts of one answer in one question. */
export function createVisiblePostLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, VisiblePost> {
  return createLoader(async (ids) => {
    const request = { query: POSTS, variables: { ids: ids.map(String) }, pass };
    const { visiblePosts } = await client.request<{ visiblePosts: VisiblePost[] }>('post', request);
    return new Map(visiblePosts.map((post) => [post.id, post]));
  });
}

/** Shares that the viewer may see. Where the engagement subgraph does not answer there are none, and feeds have their posts. */
export function createVisibleShareLoader(deps: {
  client: SubgraphClient;
  pass: ViewerPass;
  log: Log;
}): Loader<bigint, VisibleShare> {
  const { client, pass, log } = deps;
  return createLoader(async (ids) => {
    const request = { query: SHARES, variables: { ids: ids.map(String) }, pass };
    try {
      const { visibleShares } = await client.request<{ visibleShares: VisibleShare[] }>('engagement', request);
      return new Map(visibleShares.map((share) => [share.id, share]));
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'shares are left out of home feeds');
      return new Map();
    }
  });
}
