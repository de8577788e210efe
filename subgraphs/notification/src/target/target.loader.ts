import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';
import type { CommentModel, PostModel } from './target.model.ts';

const VISIBLE = 'query VisiblePosts($ids: [ID!]!) { visiblePosts(ids: $ids) { id } }';

/** Posts that the viewer may see, asked of the post subgraph: all posts of one answer in one question. */
export function createVisiblePostLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, PostModel> {
  return createLoader(async (ids) => {
    const request = { query: VISIBLE, variables: { ids: ids.map(String) }, pass };
    const { visiblePosts } = await client.request<{ visiblePosts: { id: string }[] }>('post', request);
    return new Map(visiblePosts.map(({ id }) => [id, { id: BigInt(id) }]));
  });
}

const COMMENTS = `query VisibleComments($comments: [_Any!]!) {
  _entities(representations: $comments) { ... on Comment { id } }
}`;

/** Comments that the viewer may see, asked of the engagement subgraph. */
export function createVisibleCommentLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, CommentModel> {
  return createLoader(async (ids) => {
    const comments = ids.map((id) => ({ __typename: 'Comment', id: String(id) }));
    const request = { query: COMMENTS, variables: { comments }, pass };
    const { _entities } = await client.request<{ _entities: ({ id: string } | null)[] }>('engagement', request);
    return new Map(_entities.filter((one) => one !== null).map(({ id }) => [id, { id: BigInt(id) }]));
  });
}
