import { parseGlobalId, parseHashtagId, typeOfGlobalId } from '@tintype/ids';
import type { NotificationNodesQuery } from '@tintype/schema/internal/notification';
import type { SubgraphName } from '@tintype/schema/subgraphs';

/** Which subgraph knows whether the viewer may see an object with a global ID of this type. */
export const OWNERS = {
  Collection: 'engagement',
  Comment: 'engagement',
  Hashtag: 'post',
  Notification: 'notification',
  Post: 'post',
  PushSubscription: 'notification',
  Share: 'engagement',
  User: 'user',
} as const satisfies Record<string, SubgraphName>;

export type NodeType = keyof typeof OWNERS;
export type Owner = (typeof OWNERS)[NodeType];

/** The key by which other subgraphs find an object. */
export type NodeReference =
  | { type: Exclude<NodeType, 'Hashtag'>; id: string }
  | { type: 'Hashtag'; id: string; key: string };

/** The types of nodes in the graph. The global IDs of all types of notifications begin with `Notification_`. */
export type NodeTypename =
  | Exclude<NodeType, 'Notification'>
  | NotificationNodesQuery['visibleNotifications'][number]['__typename'];

/** A node is looked up while the rest of its list is answered: null if it is not there. */
export type FoundNode = { __typename: NodeTypename; id: string; key?: string } | null;

/** The object that a global ID belongs to, if there is one; null for any other text. */
export function referenceOf(id: string): NodeReference | null {
  const type = typeOfGlobalId(id);
  if (type === null || !isNodeType(type)) return null;
  if (type === 'Hashtag') {
    const key = parseHashtagId(id);
    return key === null ? null : { type, id, key };
  }
  return parseGlobalId(type, id) === null ? null : { type, id };
}

function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(OWNERS, type);
}
