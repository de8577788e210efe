import { RequestError, requireScopes } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Context } from './node.context.ts';
import { type FoundNode, OWNED, referenceOf } from './node.rules.ts';

const MAX_NODES = 100;

/**
 * The object with this global ID, if it exists and is visible to the viewer.
 *
 * @throws RequestError INSUFFICIENT_SCOPE
 */
async function find(id: string, { loaders, viewer }: Context): Promise<FoundNode> {
  const reference = referenceOf(id);
  if (!reference) return null;
  const scopes = OWNED[reference.type];
  if (viewer && scopes !== undefined) requireScopes(viewer, scopes, `Query.node of a ${reference.type}`);
  if (reference.type === 'Hashtag') {
    const { type, key } = reference;
    return (await loaders.hashtags.load(key)) && { __typename: type, id, key };
  }
  if (reference.type === 'Notification') {
    const typename = await loaders.notifications.load(id);
    return typename && { __typename: typename, id };
  }
  const { type, owner } = reference;
  return (await loaders.entitiesOf(owner).load(id)) && { __typename: type, id };
}

export const nodeResolvers = {
  Query: {
    node: (_, { id }, context) => find(id, context),
    nodes(_, { ids }, context) {
      if (ids.length > MAX_NODES) {
        throw new RequestError('BAD_USER_INPUT', `The argument ids can have at most ${MAX_NODES} IDs.`);
      }
      // One promise for each, so that an owner that is unavailable takes away only its own objects.
      return ids.map((id) => find(id, context));
    },
  },
  Node: { __resolveType: (node) => node?.__typename },
} satisfies CompleteResolvers;
