import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { pageOfShares } from '#share/share-list.service.ts';

export const userResolvers: CompleteResolvers['User'] = {
  async __resolveReference(reference, { loaders }) {
    const id = requireGlobalId('User', reference.id);
    const relation = await loaders.relations.load(id);
    return relation && can('profile.view', relation) ? { id } : null;
  },
  id: ({ id }) => globalId('User', id),
  shares: ({ id }, args, context) => pageOfShares(id, args, context),
};
