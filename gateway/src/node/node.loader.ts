import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { hashtagId, parseGlobalId, parseHashtagId, typeOfGlobalId } from '@tintype/ids';
import { EngagementNodesDocument } from '@tintype/schema/internal/engagement';
import { NotificationNodesDocument } from '@tintype/schema/internal/notification';
import { PostNodesDocument } from '@tintype/schema/internal/post';
import { UserNodesDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';
import type { NodeType, NodeTypename, Owner } from './node.rules.ts';

/**
 * The types of objects that exist and are visible to the viewer, by owner and global ID. All objects of a request are
 * one call to each owner, and an unavailable owner fails only its own objects.
 */
export type NodeLoaders = Readonly<Record<Owner, Loader<string, NodeTypename>>>;

export function createNodeLoaders(client: SubgraphClient): (identity: Identity) => NodeLoaders {
  return (identity) => ({
    engagement: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'Collection', 'Comment', 'Share');
      const { _entities } = await client.request(EngagementNodesDocument, { representations }, identity);
      return visible(representations, _entities);
    }),
    notification: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'PushSubscription');
      const notificationIds = ids.map((id) => parseGlobalId('Notification', id)).filter((id) => id !== null);
      const variables = { representations, notificationIds: notificationIds.map(String) };
      const { _entities, visibleNotifications } = await client.request(NotificationNodesDocument, variables, identity);
      const notifications = visibleNotifications.map(({ __typename, id }): [string, NodeTypename] => [id, __typename]);
      return new Map([...visible(representations, _entities), ...notifications]);
    }),
    post: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'Post');
      // The post subgraph has an entity for every hashtag, even if nobody uses it.
      const hashtagKeys = ids.map(parseHashtagId).filter((key) => key !== null);
      const variables = { representations, hashtagKeys };
      const { _entities, visibleHashtags } = await client.request(PostNodesDocument, variables, identity);
      const hashtags = visibleHashtags.map((key): [string, NodeTypename] => [hashtagId(key), 'Hashtag']);
      return new Map([...visible(representations, _entities), ...hashtags]);
    }),
    user: createLoader(async (ids) => {
      const representations = representationsOf(ids, 'User');
      const { _entities } = await client.request(UserNodesDocument, { representations }, identity);
      return visible(representations, _entities);
    }),
  });
}

/** The keys by which an owner finds objects of these types. */
function representationsOf<Type extends NodeType & NodeTypename>(ids: readonly string[], ...types: readonly Type[]) {
  return ids.flatMap((id) => {
    const type = types.find((one) => one === typeOfGlobalId(id));
    return type ? [{ __typename: type, id }] : [];
  });
}

function visible(
  asked: readonly { __typename: NodeTypename; id: string }[],
  entities: readonly (object | null)[],
): Map<string, NodeTypename> {
  const found = asked.filter((_one, index) => entities[index] !== null);
  return new Map(found.map(({ __typename, id }) => [id, __typename]));
}
