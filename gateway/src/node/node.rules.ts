import { type IdType, parseGlobalId, parseHashtagId, typeOfGlobalId } from '@tintype/ids';
import { NODE_OWNERS } from '@tintype/schema/node-owners';

/** The types of nodes in the graph. */
export type NodeTypename = keyof typeof NODE_OWNERS;
export type NodeOwner = (typeof NODE_OWNERS)[NodeTypename];

/** Types whose objects their owner finds by their global ID. */
type EntityType = Exclude<Extract<IdType, NodeTypename>, 'Hashtag'>;

/** What a global ID says about an object. That of a notification does not say which type of notification it is. */
export type NodeReference =
  | { type: EntityType; id: string; owner: NodeOwner }
  | { type: 'Hashtag'; id: string; key: string }
  | { type: 'Notification'; id: string };

/** A node is looked up while the rest of its list is answered: null if it is not there. */
export type FoundNode = { __typename: NodeTypename; id: string; key?: string } | null;

/**
 * The scopes that apps of third parties need for objects that only their owner sees: those of the lists in which the
 * objects are. Null if no such app may have them.
 */
export const OWNED: Readonly<Partial<Record<NodeReference['type'], readonly string[] | null>>> = {
  Collection: ['read:account'],
  Notification: ['read:notifications'],
  PushSubscription: null,
};

/** The object that a global ID belongs to, if there is one; null for any other text. */
export function referenceOf(id: string): NodeReference | null {
  const type = typeOfGlobalId(id);
  if (type === 'Hashtag') {
    const key = parseHashtagId(id);
    return key === null ? null : { type, id, key };
  }
  if (type === null || parseGlobalId(type, id) === null) return null;
  if (type === 'Notification') return { type, id };
  return isEntityType(type) ? { type, id, owner: NODE_OWNERS[type] } : null;
}

function isEntityType(type: Exclude<IdType, 'Hashtag'>): type is EntityType {
  return Object.hasOwn(NODE_OWNERS, type);
}
