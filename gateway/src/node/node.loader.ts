import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { parseGlobalId, typeOfGlobalId } from '@tintype/ids';
import { VisibleNotificationsDocument } from '@tintype/schema/internal/notification';
import { VisibleHashtagsDocument } from '@tintype/schema/internal/post';
import { visibleNodesDocument } from '@tintype/schema/internal-document';
import type { Identity } from '@tintype/viewer';
import type { NodeOwner, NodeTypename } from './node.rules.ts';

/**
 * Objects that exist and are visible to the viewer. All objects of a request that one loader finds are one call to
 * their owner, and an unavailable owner fails only its own objects.
 */
export type NodeLoaders = Readonly<{
  /** By global ID. */
  entitiesOf(owner: NodeOwner): Loader<string, true>;
  /** By key. The post subgraph has an entity for every hashtag, even if nobody uses it. */
  hashtags: Loader<string, true>;
  /** The types of notifications, by global ID. */
  notifications: Loader<string, NodeTypename>;
}>;

export function createNodeLoaders(client: SubgraphClient): (identity: Identity) => NodeLoaders {
  return (identity) => {
    const entities = new Map<NodeOwner, Loader<string, true>>();
    return {
      entitiesOf(owner) {
        const loader = entities.get(owner) ?? createEntityLoader(client, owner, identity);
        entities.set(owner, loader);
        return loader;
      },
      hashtags: createLoader(async (keys) => {
        const { visibleHashtags } = await client.request(VisibleHashtagsDocument, { keys: [...keys] }, identity);
        return new Map(visibleHashtags.map((key) => [key, true]));
      }),
      notifications: createLoader(async (ids) => {
        const numbers = ids.map((id) => parseGlobalId('Notification', id)).filter((number) => number !== null);
        const variables = { notificationIds: numbers.map(String) };
        const { visibleNotifications } = await client.request(VisibleNotificationsDocument, variables, identity);
        return new Map(visibleNotifications.map(({ __typename, id }) => [id, __typename]));
      }),
    };
  };
}

function createEntityLoader(client: SubgraphClient, owner: NodeOwner, identity: Identity): Loader<string, true> {
  return createLoader(async (ids) => {
    const representations = ids.map((id) => ({ __typename: String(typeOfGlobalId(id)), id }));
    const { _entities } = await client.request(visibleNodesDocument(owner), { representations }, identity);
    return new Map(ids.filter((_id, index) => _entities[index] !== null).map((id) => [id, true]));
  });
}
