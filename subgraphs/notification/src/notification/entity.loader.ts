import { createLoader, type Loader, requireGlobalId, type SubgraphClient } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { VisibleCommentsDocument } from '@tintype/schema/internal/engagement';
import { UsernamesDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';
import type { CommentModel } from './entity.model.ts';

/** Asks the user subgraph for current usernames, without people whom the viewer may not see. */
export function createUsernameLoader(client: SubgraphClient, identity: Identity): Loader<bigint, string> {
  return createLoader(async (ids) => {
    const people = ids.map((id) => ({ __typename: 'User' as const, id: globalId('User', id) }));
    const { _entities } = await client.request(UsernamesDocument, { people }, identity);
    const found = _entities.filter((one) => one !== null);
    return new Map(found.map(({ id, username }) => [String(requireGlobalId('User', id)), username]));
  });
}

/** Asks the engagement subgraph which comments the viewer may see. */
export function createVisibleCommentLoader(client: SubgraphClient, identity: Identity): Loader<bigint, CommentModel> {
  return createLoader(async (ids) => {
    const comments = ids.map((id) => ({ __typename: 'Comment' as const, id: globalId('Comment', id) }));
    const { _entities } = await client.request(VisibleCommentsDocument, { comments }, identity);
    const found = _entities.filter((one) => one?.__typename === 'Comment');
    const visible = found.map(({ id }) => requireGlobalId('Comment', id));
    return new Map(visible.map((id) => [String(id), { id }]));
  });
}
