import { parseGlobalId, parseHashtagId, typeOfGlobalId } from '@tintype/ids';
import type { SubgraphName } from '@tintype/schema/subgraphs';

/** Which subgraph knows whether the viewer may see an object of this type. */
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

/** What other subgraphs find an object by. */
export type NodeReference =
  | { __typename: Exclude<NodeType, 'Hashtag'>; id: string }
  | { __typename: 'Hashtag'; id: string; key: string };

/** A node is looked up while the rest of its list is answered: null if it is not there. */
export type FoundNode = NodeReference | null;

/** The object that a global ID belongs to, if there is one; null for any other text. */
export function referenceOf(id: string): NodeReference | null {
  const type = typeOfGlobalId(id);
  if (type === null || !isNodeType(type)) return null;
  if (type === 'Hashtag') {
    const key = parseHashtagId(id);
    return key === null ? null : { __typename: type, id, key };
  }
  return parseGlobalId(type, id) === null ? null : { __typename: type, id };
}

function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(OWNERS, type);
}
