import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { VisibleCommentsDocument } from '@tintype/schema/internal/engagement';
import type { Identity } from '@tintype/viewer';
import type { CommentModel } from './target.model.ts';

/** Comments that the viewer may see, asked of the engagement subgraph. */
export function createVisibleCommentLoader(client: SubgraphClient, identity: Identity): Loader<bigint, CommentModel> {
  return createLoader(async (ids) => {
    const comments = ids.map((id) => ({ __typename: 'Comment' as const, id: String(id) }));
    const { _entities } = await client.request(VisibleCommentsDocument, { comments }, identity);
    const found = _entities.filter((one) => one?.__typename === 'Comment');
    return new Map(found.map(({ id }) => [id, { id: BigInt(id) }]));
  });
}
