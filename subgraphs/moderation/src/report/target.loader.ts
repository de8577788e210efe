import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { VisibleCommentAuthorsDocument } from '@tintype/schema/internal/engagement';
import type { Identity } from '@tintype/viewer';

/** The authors of comments that the viewer may see. */
export function createCommentAuthorLoader(client: SubgraphClient, identity: Identity): Loader<bigint, bigint> {
  return createLoader(async (ids) => {
    const comments = ids.map((id) => ({ __typename: 'Comment' as const, id: globalId('Comment', id) }));
    const { _entities } = await client.request(VisibleCommentAuthorsDocument, { comments }, identity);
    return new Map(
      _entities.flatMap((entity): [string, bigint][] => {
        if (entity?.__typename !== 'Comment') return [];
        const id = parseGlobalId('Comment', entity.id);
        const authorId = entity.author && parseGlobalId('User', entity.author.id);
        return id && authorId ? [[String(id), authorId]] : [];
      }),
    );
  });
}
