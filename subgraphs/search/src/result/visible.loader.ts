import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';

const VISIBLE = 'query VisiblePosts($ids: [ID!]!) { visiblePosts(ids: $ids) { id } }';

/** Whether the viewer may see posts, asked of the post subgraph: all posts of one answer in one question. */
export function createVisiblePostLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, true> {
  return createLoader(async (ids) => {
    const request = { query: VISIBLE, variables: { ids: ids.map(String) }, pass };
    const { visiblePosts } = await client.request<{ visiblePosts: { id: string }[] }>('post', request);
    return new Map(visiblePosts.map(({ id }) => [id, true as const]));
  });
}

const HASHTAGS = 'query VisibleHashtags($keys: [String!]!) { visibleHashtags(keys: $keys) }';

/** Whether hashtags are on posts that the viewer may see, by their keys. */
export function createVisibleHashtagLoader(client: SubgraphClient, pass: ViewerPass): Loader<string, true> {
  return createLoader(async (keys) => {
    const request = { query: HASHTAGS, variables: { keys }, pass };
    const { visibleHashtags } = await client.request<{ visibleHashtags: string[] }>('post', request);
    return new Map(visibleHashtags.map((key) => [key, true as const]));
  });
}
