import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { hashtagId, parseHashtagId, typeOfGlobalId } from '@tintype/ids';
import { EngagementNodesDocument } from '@tintype/schema/internal/engagement';
import { NotificationNodesDocument } from '@tintype/schema/internal/notification';
import { PostNodesDocument } from '@tintype/schema/internal/post';
import { UserNodesDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';
import type { NodeType, Owner } from './node.rules.ts';

/**
 * By owner and global ID: true for objects that exist and are visible to the viewer. All objects of a request are one question to each
 * owner, and an owner that is unavailable fails only its own objects.
 */
export type NodeLoaders = Readonly<Record<Owner, Loader<string, true>>>;

export function createNodeLoaders(client: SubgraphClient): (identity: Identity) => NodeLoaders {
  return (identity) => ({
    engagement: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'Collection', 'Comment', 'Share');
      const { _entities } = await client.request(EngagementNodesDocument, { representations }, identity);
      return visible(representations, _entities);
    }),
    notification: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'Notification', 'PushSubscription');
      const { _entities } = await client.request(NotificationNodesDocument, { representations }, identity);
      return visible(representations, _entities);
    }),
    post: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'Post');
      // The post subgraph has an entity for every hashtag, also for one that nobody uses.
      const hashtagKeys = ids.map(parseHashtagId).filter((key) => key !== null);
      const variables = { representations, hashtagKeys };
      const { _entities, visibleHashtags } = await client.request(PostNodesDocument, variables, identity);
      const hashtags = visibleHashtags.map((key): [string, true] => [hashtagId(key), true]);
      return new Map([...visible(representations, _entities), ...hashtags]);
    }),
    user: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'User');
      const { _entities } = await client.request(UserNodesDocument, { representations }, identity);
      return visible(representations, _entities);
    }),
  });
}

/** What an owner finds the objects of these types by. */
function representationsOf<Type extends NodeType>(ids: readonly string[], ...types: readonly Type[]) {
  return ids.flatMap((id) => {
    const type = types.find((one) => one === typeOfGlobalId(id));
    return type ? [{ __typename: type, id }] : [];
  });
}

function visible(asked: readonly { id: string }[], entities: readonly (object | null)[]): Map<string, true> {
  const found = asked.filter((_one, index) => entities[index] !== null);
  return new Map(found.map(({ id }) => [id, true]));
}
