import { RequestError } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Context } from './node.context.ts';
import { type FoundNode, OWNERS, referenceOf } from './node.rules.ts';

const MAX_NODES = 100;

/** The object with this global ID, if it exists and is visible to the viewer. */
async function find(id: string, { loaders }: Context): Promise<FoundNode> {
  const reference = referenceOf(id);
  if (!reference) return null;
  const { type, ...keys } = reference;
  const typename = await loaders[OWNERS[type]].load(id);
  return typename ? { __typename: typename, ...keys } : null;
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
